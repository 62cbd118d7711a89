"""The network's settings and the texts at the foot of the page."""

from babel import Locale
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from participa.admin import queries
from participa.admin.forms import NetworkForm, TextForm
from participa.admin.views import bp
from participa.admin.views.merging import merge
from participa.auth.session import member as myself
from participa.errors import Conflict
from participa.network import services, texts
from participa.network.models import Network
from participa.network.queries import the_network
from participa.web import LANGUAGES, found


@bp.route("/network", methods=["GET", "POST"])
def network() -> ResponseReturnValue:
    """Change the network's settings, or set it up the first time."""
    current = the_network()
    form = NetworkForm(obj=current).offer(current)
    if form.validate_on_submit():
        if current is None:
            services.set_up(form.draft(), myself())
        else:
            _change(form)
        flash(_("Settings saved."), "success")
        return redirect(url_for(".network"))
    return render_template(
        "admin/network.html", form=form, texts=_texts(current), pages=texts.PAGES, counts=queries.counts()
    )


def _change(form: NetworkForm) -> None:
    try:
        services.change_settings(myself(), form.draft(), int(form.revision.data or 0))
    except Conflict as stale:
        theirs: Network = stale.context["network"]
        kept = {"languages": form.languages.data, "time_zone": form.time_zone.data}
        if form.visitors_may_read.data:
            kept["visitors_may_read"] = "y"
        raise merge(
            form,
            url_for(".network"),
            theirs.revision,
            [("name", theirs.name), ("description", theirs.description)],
            kept=kept,
        ) from None


def _texts(current: Network | None) -> list[texts.FooterText]:
    languages = current.languages if current else list(LANGUAGES)
    return [texts.text_of(current, page, language) for page in texts.PAGES for language in languages]


@bp.route("/network/texts/<page>/<language>", methods=["GET", "POST"])
def text(page: str, language: str) -> ResponseReturnValue:
    """Write one of the texts, in one language; an empty one puts the default back."""
    current = found(the_network())
    if page not in texts.PAGES or language not in LANGUAGES:
        abort(404)
    shown = texts.text_of(current, page, language)
    form = TextForm(data={"source": shown.source, "revision": current.revision})
    if form.validate_on_submit():
        source = form.source.data or ""
        try:
            services.change_text(myself(), page, language, source, int(form.revision.data or 0))
        except Conflict as stale:
            theirs: Network = stale.context["network"]
            raise merge(
                form,
                url_for(".text", page=page, language=language),
                theirs.revision,
                [("source", texts.text_of(theirs, page, language).source)],
                long=True,
            ) from None
        flash(_("Text saved."), "success")
        return redirect(url_for("network.text", page=page))
    return render_template(
        "admin/text.html",
        form=form,
        shown=shown,
        title=texts.PAGES[page],
        language_name=Locale(language).get_display_name(get_locale()),
    )


@bp.post("/network/texts/<page>/<language>/reset")
def reset_text(page: str, language: str) -> ResponseReturnValue:
    """Put a text back to its default."""
    current = found(the_network())
    if page not in texts.PAGES or language not in LANGUAGES:
        abort(404)
    services.change_text(myself(), page, language, "", current.revision)
    flash(_("The default text is back."), "success")
    return redirect(url_for(".network"))
