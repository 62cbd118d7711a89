"""The page where a front page is furnished, the same for a space and for the network."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.ordering import STEPS
from participa.spaces.blocks import services
from participa.spaces.blocks.forms import block_form
from participa.spaces.blocks.images import images
from participa.spaces.blocks.kinds import BLOCKS, Place, of_place, offered
from participa.web import found


def furnish(place: Place, here: str, front: str, **frame: Any) -> ResponseReturnValue:
    """The blocks of a page, to order, add to, set up, look at and put in force.

    `here` is the address of this page, `front` that of the page being furnished.
    """
    if request.method == "POST":
        return _act(place, here)
    blocks = of_place(place, draft=True)
    held = {block["kind"] for block in blocks}
    return render_template(
        "blocks/edit.html",
        place=place,
        here=here,
        front=front,
        blocks=[(block["id"], BLOCKS[block["kind"]]) for block in blocks],
        offered=[kind for kind in offered(place) if kind.repeats or kind.name not in held],
        changing=place.blocks_draft is not None,
        moved=request.args.get("moved", ""),
        way=request.args.get("way", ""),
        **frame,
    )


def _act(place: Place, here: str) -> ResponseReturnValue:
    act, name = request.form.get("act", ""), request.form.get("block", "")
    if act in STEPS:
        rank = services.move_block(place, name, STEPS[act])
        if rank is not None:
            kind = next(block["kind"] for block in of_place(place, draft=True) if block["id"] == name)
            flash(
                _("“%(block)s” is now number %(rank)s.", block=BLOCKS[kind].label, rank=rank + 1), "success"
            )
        return redirect(f"{here}?{urlencode({'moved': name, 'way': act})}#b-{quote(name)}", 303)
    if act == "add":
        return _add(place, here)
    if act == "order":
        services.order_blocks(place, request.form.get("order", "").split(",")[: services.MOST])
    elif act == "remove" and services.remove_block(place, name):
        flash(_("The block is off the page. Give up the changes to have it back."), "success")
    elif act == "publish" and services.publish_blocks(member(), place):
        flash(_("The page is in force."), "success")
    elif act == "discard" and services.discard_blocks(place):
        flash(_("The changes are given up; the page in force stays."), "success")
    return redirect(here, 303)


def _add(place: Place, here: str) -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind not in {each.name for each in offered(place)}:
        abort(400)
    name = services.add_block(place, kind)
    if name is None:
        flash(_("This block is on the page already, or the page has as many as it may."), "error")
        return redirect(here, 303)
    if BLOCKS[kind].asked or BLOCKS[kind].has_image:
        return redirect(f"{here}/{name}", 303)
    return redirect(f"{here}?moved={name}#b-{name}", 303)


def tell(place: Place, name: str, here: str, **frame: Any) -> ResponseReturnValue:
    """What one block shows; its image is sent from the same page."""
    block = found(next((each for each in of_place(place, draft=True) if each["id"] == name), None))
    kind = BLOCKS[block["kind"]]
    if not kind.asked and not kind.has_image:
        abort(404)
    form = block_form(place, block)
    if form.validate_on_submit():
        settings = form.settings()
        image = images.take(place, block.get("settings", {}).get("image")) if kind.has_image else None
        if image is None or not image.refusal:
            if image is not None:
                settings["image"] = image.id
            merge = {
                "compared": form.against(block),
                "revision": block.get("revision", 1),
                "action": request.path,
                "back": here,
            }
            revision = int(form.revision.data or 0)
            services.tell_block(place, name, settings, revision=revision, merge=merge)
            flash(_("The block is set up. Look at the page, then put it in force."), "success")
            return redirect(f"{here}?moved={name}#b-{name}", 303)
        flash(image.refusal, "error")
    return render_template(
        "blocks/tell.html",
        place=place,
        here=here,
        kind=kind,
        form=form,
        image=images.find(place, block.get("settings", {}).get("image")) if kind.has_image else None,
        accept=images.accept,
        **frame,
    )
