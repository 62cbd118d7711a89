"""Bringing a file into a list of proposals: send, match, check, correct, watch, read what became of it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.authorization import authorize
from participa.catalogues import ngettext
from participa.imports import columns, policies, queries, services
from participa.imports.files import MOST_BYTES, UnreadableFile, read
from participa.imports.forms import FileForm, corrections_of, match_form
from participa.imports.models import Fate, Import, Line, Stage
from participa.imports.spaces import views as spaces
from participa.paging import page_of
from participa.spaces.models import Component
from participa.spaces.queries import find_component
from participa.web import TAKING_FILES, actor, found

bp = Blueprint("imports", __name__, url_prefix="/e/<slug>/<component('proposals'):component_id>/import")
BLUEPRINTS = (bp, spaces.bp)
TAKING_FILES.add("imports.new")

MODEL = {
    "fr": "\ufeffnuméro;titre;texte;sujet;date\r\n",
    "en": "\ufeffnumber,title,text,topic,date\r\n",
}


def _component(slug: str, component_id: int) -> Component:
    component = found(find_component(component_id, slug))
    authorize(policies.may_import(actor(), component))
    return component


def _import(slug: str, component_id: int, import_id: int, *, changing: bool = False) -> Import:
    run = found(queries.find_import(_component(slug, component_id), import_id))
    if changing:
        authorize(policies.may_change(actor(), run))
    return run


def _address(run: Import, endpoint: str = "imports.show", **more: Any) -> str:
    component = run.component
    return url_for(endpoint, slug=component.space.slug, component_id=component.id, import_id=run.id, **more)


@bp.route("", methods=["GET", "POST"])
def new(slug: str, component_id: int) -> ResponseReturnValue:
    """Send a file; the page lists those brought in before."""
    component = _component(slug, component_id)
    form = FileForm()
    if form.validate_on_submit():
        with form.file.data.stream as sent:
            content = sent.read(MOST_BYTES + 1)
        try:
            table = read(content)
        except UnreadableFile as error:
            form.file.errors = [str(error)]
        else:
            name = (form.file.data.filename or "").rpartition("/")[2][-120:]
            run = services.start(member(), component, name, form.source.data or "", table)
            run.component = component
            return redirect(_address(run), 303)
    page = page_of(
        queries.imports_of(component), (Import.created_at, Import.id), request.args.get("page"), size=20
    )
    return render_template("imports/new.html", form=form, page=page, **_frame(component))


def _frame(component: Component) -> dict[str, Any]:
    return {
        "component": component,
        "space": component.space,
        "list_href": f"/e/{component.space.slug}/{component.id}",
        "fields": columns.FIELDS,
    }


@bp.get("/model.csv")
def model(slug: str, component_id: int) -> ResponseReturnValue:
    """Give an empty file with the names of its columns."""
    _component(slug, component_id)
    language = member().language if member().language in MODEL else "fr"
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": "attachment; filename=propositions.csv",
    }
    return MODEL[language], 200, headers


@bp.get("/<key:import_id>")
def show(slug: str, component_id: int, import_id: int) -> ResponseReturnValue:
    """Where an import is: its columns to match, its lines to correct, how far it is, what became of it."""
    run = _import(slug, component_id, import_id)
    if run.stage is Stage.MATCHING or ("columns" in request.args and run.stage is not Stage.RUNNING):
        return _match_page(run)
    return _lines_page(run)


def _headings(lines: list[Line], *, named: bool) -> list[str]:
    width = max(len(line.cells) for line in lines)
    first = lines[0].cells if named else []
    return [
        first[at][:60] if at < len(first) and first[at] else str(_("Column %(number)s", number=at + 1))
        for at in range(width)
    ]


def _match_page(run: Import) -> str:
    lines = list(queries.first_lines(run.id))
    headings = _headings(lines, named=run.named)
    form = match_form(run, headings)
    if request.method == "POST":
        form.validate()
    return render_template(
        "imports/match.html",
        run=run,
        form=form,
        headings=headings,
        lines=lines[1:] if run.named else lines[:5],
        act=_address(run, "imports.match"),
        back=_address(run) if run.stage is not Stage.MATCHING else None,
        discard=_address(run, "imports.discard"),
        **_frame(run.component),
    )


@bp.post("/<key:import_id>/columns")
def match(slug: str, component_id: int, import_id: int) -> ResponseReturnValue:
    """Settle which column is what, and check every line."""
    run = _import(slug, component_id, import_id, changing=True)
    form = match_form(run, _headings(list(queries.first_lines(run.id)), named=run.named))
    if not form.validate_on_submit():
        return _match_page(run)
    services.match(run, form.answers(), named=bool(form.named.data))
    return redirect(_address(run), 303)


def _lines_page(run: Import) -> str:
    counts = queries.counts(run.id)
    page = queries.wrong_lines(run.id, request.args.get("page"))
    place = services.place_of(run)
    used = [name for name, at in zip(columns.FIELDS, run.matching, strict=True) if at >= 0]
    wrong = []
    for line in page.items:
        said = columns.said(line.cells, run.matching)
        faults = columns.faults(said, place)
        wrong.append(
            (
                line.number,
                [
                    (
                        str(columns.FIELDS[name]),
                        f"{name}-{line.number}",
                        getattr(said, name),
                        faults.get(name),
                    )
                    for name in used
                ],
                None if faults else _("This line could not be written. Check it again."),
            )
        )
    return render_template(
        "imports/show.html",
        run=run,
        page=page,
        wrong=wrong,
        ready=counts.get(Fate.READY, 0),
        added=counts.get(Fate.ADDED, 0),
        known=counts.get(Fate.KNOWN, 0),
        repeated=counts.get(Fate.REPEATED, 0),
        faulty=counts.get(Fate.WRONG, 0),
        used=[str(columns.FIELDS[name]) for name in used],
        here=_address(run),
        acts={name: _address(run, f"imports.{name}") for name in ("correct", "run", "discard")},
        change=_address(run, columns=1),
        **_frame(run.component),
    )


@bp.post("/<key:import_id>/lines")
def correct(slug: str, component_id: int, import_id: int) -> ResponseReturnValue:
    """Correct lines and check them again."""
    run = _import(slug, component_id, import_id, changing=True)
    services.correct(run, corrections_of(request.form))
    left = queries.counts(run.id).get(Fate.WRONG, 0)
    flash(
        ngettext("%(num)s line is still to correct.", "%(num)s lines are still to correct.", left)
        if left
        else _("No line is left to correct."),
        "warning" if left else "success",
    )
    return redirect(_address(run), 303)


@bp.post("/<key:import_id>/run")
def run(slug: str, component_id: int, import_id: int) -> ResponseReturnValue:
    """Have the lines that are ready written."""
    wanted = _import(slug, component_id, import_id)
    services.run(member(), wanted)
    return redirect(_address(wanted), 303)


@bp.post("/<key:import_id>/discard")
def discard(slug: str, component_id: int, import_id: int) -> ResponseReturnValue:
    """Forget a file; what came in stays."""
    gone = _import(slug, component_id, import_id, changing=True)
    services.discard(gone)
    flash(_("The file is forgotten. What it brought in stays."), "success")
    return redirect(url_for("imports.new", slug=slug, component_id=component_id), 303)
