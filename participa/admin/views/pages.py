"""The pages that the coordination writes."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from participa.admin import queries
from participa.admin.views import bp
from participa.admin.views.merging import merge
from participa.auth.session import member as myself
from participa.catalogues import lazy_gettext as _l
from participa.errors import Conflict
from participa.forms import Between, BodyField, Form, LineField, RevisionField
from participa.network import menu, pages
from participa.network.models import Network, StaticPage
from participa.network.pages import PageDraft, Place
from participa.network.queries import the_network
from participa.network.texts import LONGEST
from participa.ordering import STEPS
from participa.spaces.blocks.forms import HrefField
from participa.web import LANGUAGES, found

PLACES = {
    Place.FOOTER: _l("At the foot of every page"),
    Place.MENU: _l("In the menu"),
    Place.HELP_SPACES: _l("As help, on the pages of spaces"),
    Place.HELP_PROPOSALS: _l("As help, on those of proposals"),
    Place.HELP_DEBATES: _l("As help, on those of debates"),
    Place.HELP_MODERATION: _l("As help, on those of moderators"),
    Place.NOWHERE: _l("Nowhere: by its address, and in the list of pages"),
}


class PageForm(Form):
    """A page in each of the network's languages; `page_form` adds their fields."""

    topic = LineField(
        _l("Topic"), [Between(0, 60)], description=_l("Pages of one topic are listed together.")
    )
    href = HrefField(
        _l("Address, for a link"),
        [Between(0, 300)],
        description=_l(
            "Leads there instead of to a page: leave the texts empty. A web address, or a path such as /spaces."
        ),
    )
    place = RadioField(
        _l("Where it is linked from"),
        choices=[SelectChoice(place.value, label) for place, label in PLACES.items()],
        default=Place.FOOTER.value,
    )
    published = BooleanField(_l("Published"), default=True)
    revision = RevisionField()

    codes: tuple[str, ...] = ()

    def draft(self) -> PageDraft:
        """What was typed; a language left empty is not written."""
        titles = {code: self[f"title_{code}"].data or "" for code in self.codes}
        texts = {code: self[f"text_{code}"].data or "" for code in self.codes}
        return PageDraft(
            {code: title for code, title in titles.items() if title},
            {code: source for code, source in texts.items() if source.strip()},
            self.topic.data or "",
            Place(self.place.data),
            bool(self.published.data),
            self.href.data or "",
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Want a text in the first language, or an address, and not both."""
        fine = super().validate(extra_validators)
        text = self[f"text_{self.codes[0]}"]
        written = any(self[f"text_{code}"].data for code in self.codes)
        if self.href.data and written:
            self.href.errors = [_("A page has a text, or an address where it leads: empty one of them.")]
        elif not self.href.data and not text.data and not text.errors:
            text.errors = [_("Write something here.")]
        return fine and not self.href.errors and not text.errors


def page_form(network: Network, page: StaticPage | None) -> PageForm:
    """The form of a page, with a title and a text in each language; the first one's are wanted."""
    fields: dict[str, Any] = {"codes": tuple(network.languages)}
    for n, code in enumerate(network.languages):
        least = 0 if n else 2
        fields[f"title_{code}"] = LineField(
            _l("Title (%(language)s)", language=LANGUAGES[code]), [Between(least, 120)]
        )
        fields[f"text_{code}"] = BodyField(
            _l("Text (%(language)s)", language=LANGUAGES[code]),
            [Between(0, LONGEST)],
            description=_l("In Markdown: ## for a heading, - for a list, **bold**, [words](address)."),
        )
    shape = type("PageForm", (PageForm,), fields)
    data = {}
    if page is not None:
        data = {f"title_{code}": title for code, title in page.titles.items()}
        data |= {f"text_{code}": source for code, source in page.texts.items()}
        data |= {
            "topic": page.topic,
            "place": str(page.place),
            "href": page.href,
            "published": page.published_at is not None,
            "revision": page.revision,
        }
    form: PageForm = shape(data=data or None)
    return form


@bp.get("/pages")
def static_pages() -> ResponseReturnValue:
    """The pages that the coordination writes, in their order."""
    network = found(the_network())
    held = pages.all_pages()
    return render_template(
        "admin/pages.html",
        pages=held,
        title_of=lambda page: pages.title_in(page.titles, network.languages[0], list(network.languages)),
        languages=network.languages,
        places=PLACES,
        full=len(held) >= pages.MOST,
        menu=menu.menu_of(network),
        counts=queries.counts(),
    )


@bp.post("/menu")
def arrange_menu() -> ResponseReturnValue:
    """Move an entry of the menu, hide it or show it, as the button pressed says."""
    key, act = request.form.get("entry", ""), request.form.get("act", "")
    if act in STEPS:
        menu.arrange(myself(), key, step=STEPS[act])
    elif act in ("hide", "show") and (entry := menu.arrange(myself(), key, shown=act == "show")):
        flash(
            _("“%(entry)s” is in the menu again.", entry=entry.label)
            if entry.shown
            else _("“%(entry)s” is no longer in the menu; its pages stay where they are.", entry=entry.label),
            "success",
        )
    return redirect(url_for(".static_pages", _anchor="menu"), 303)


@bp.route("/pages/new", methods=["GET", "POST"])
def new_page() -> ResponseReturnValue:
    """Write a new page."""
    network = found(the_network())
    form = page_form(network, None)
    if form.validate_on_submit():
        page = pages.add_page(myself(), form.draft())
        flash(_("The page is written."), "success")
        return _after(page)
    return render_template("admin/page.html", form=form, page=None)


@bp.route("/pages/<slug>", methods=["GET", "POST"])
def edit_page(slug: str) -> ResponseReturnValue:
    """Change a page, or its place among the others as the button pressed says."""
    network, page = found(the_network()), found(pages.find_page(slug))
    step = STEPS.get(request.form.get("act", ""))
    if step is not None:
        pages.step_page(myself(), page, step)
        return redirect(url_for(".static_pages"), 303)
    form = page_form(network, page)
    if form.validate_on_submit():
        try:
            pages.edit_page(myself(), page, form.draft(), revision=int(form.revision.data or 0))
        except Conflict as stale:
            theirs: StaticPage = stale.context["page"]
            held = [(f"title_{code}", theirs.titles.get(code, "")) for code in form.codes]
            held += [(f"text_{code}", theirs.texts.get(code, "")) for code in form.codes]
            kept = {name: form[name].data or "" for name in ("topic", "href", "place")}
            if form.published.data:
                kept["published"] = "y"
            raise merge(
                form, url_for(".edit_page", slug=slug), theirs.revision, held, kept=kept, long=True
            ) from None
        flash(_("Saved."), "success")
        return _after(page)
    return render_template("admin/page.html", form=form, page=page)


def _after(page: StaticPage) -> ResponseReturnValue:
    """The page once it is saved; the list for a link, which has none."""
    there = url_for(".static_pages") if page.href else url_for("network.page", slug=page.slug)
    return redirect(there, 303)
