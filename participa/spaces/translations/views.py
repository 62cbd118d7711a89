"""The page where what a space or the network says is written again in another language."""

from collections.abc import Sequence
from typing import Any

from babel import Locale
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participa.auth.session import member
from participa.catalogues import language
from participa.forms import Between, BodyField, Compared, Form, LineField, RevisionField
from participa.spaces.translations import services
from participa.spaces.translations.words import Part, Place, Row, Word, is_behind, sections_of
from participa.spaces.views.frame import bp, shaped_space
from participa.wording import languages, other_languages


class TranslationForm(Form):
    """The words of each part in one language; its fields come from the parts."""

    revision = RevisionField()

    def said(self, parts: Sequence[Part]) -> dict[str, dict[str, str]]:
        """The words that were written, by the key of the part and the name of the word."""
        return {
            part.key: {
                word.name: words for word in part.words if (words := self[field_of(part, word)].data or "")
            }
            for part in parts
        }

    def against(self, parts: Sequence[Part], code: str) -> tuple[list[Compared], dict[str, str]]:
        """The words that differ from those in force, for the merge page, and the others as they are."""
        compared, same = [], {}
        for part in parts:
            for word in part.words:
                field = self[field_of(part, word)]
                yours, theirs = field.data or "", _in_force(part.row, word, code)
                if yours == theirs:
                    same[field.name] = yours
                else:
                    compared.append(Compared(field.name, field.label.text, yours, theirs, bool(word.html)))
        return compared, same


def field_of(part: Part, word: Word) -> str:
    """The name of the field of a word."""
    return f"{part.key}-{word.name}"


def _in_force(row: Row, word: Word, code: str) -> str:
    words: str = row.translations.get(code, {}).get(word.name, "")
    return words


def _form(place: Place, parts: Sequence[Part], code: str) -> TranslationForm:
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"revision": place.revision}
    for part in parts:
        for word in part.words:
            shape = BodyField if word.html or word.longest >= 500 else LineField
            name = field_of(part, word)
            fields[name] = shape(part.label_of(word), [Between(0, word.longest)])
            data[name] = _in_force(part.row, word, code)
    form: TranslationForm = type("OneTranslationForm", (TranslationForm,), fields)(data=data)
    return form


def write_again(place: Place, code: str, here: str, **frame: Any) -> ResponseReturnValue:
    """What a place says in one language, beside what it says in the network's first; `frame` goes to the template."""
    if code not in other_languages():
        abort(404)
    sections = sections_of(place)
    parts = [part for section in sections for part in section.parts]
    form = _form(place, parts, code)
    if form.validate_on_submit():
        compared, kept = form.against(parts, code)
        merge = {
            "compared": compared,
            "kept": kept,
            "revision": place.revision,
            "action": here,
            "back": here,
        }
        revision = int(form.revision.data or 0)
        services.translate(member(), place, code, parts, form.said(parts), revision=revision, merge=merge)
        flash(_("The translation is saved."), "success")
        return redirect(here, 303)
    missing = sum(not _in_force(part.row, word, code) for part in parts for word in part.words)
    return render_template(
        "translations/edit.html",
        form=form,
        sections=sections,
        field_of=field_of,
        is_behind=is_behind,
        code=code,
        first=languages()[0],
        names={each: Locale(each).get_display_name(language()) for each in languages()},
        missing=missing,
        here=here,
        **frame,
    )


@bp.route("/e/<slug>/translation/<code>", methods=["GET", "POST"])
def translation(slug: str, code: str) -> ResponseReturnValue:
    """What a space says, written again in another of the network's languages."""
    space = shaped_space(slug)
    return write_again(space, code, url_for("spaces.translation", slug=slug, code=code), space=space)
