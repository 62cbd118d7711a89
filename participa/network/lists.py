"""A list of people: read from a file or a paste, checked line by line, corrected, read again."""

import csv
import difflib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_wtf.file import FileField
from sqlalchemy import func, select
from wtforms import TextAreaField
from wtforms.validators import Optional

from participa import text
from participa.auth.models import Invitation, Member
from participa.catalogues import lazy_gettext as _l
from participa.db import db
from participa.forms import Form
from participa.network.queries import centres

MOST_LINES = 500
MOST_BYTES = 512 * 1024
COLUMNS = ("email", "name", "function", "centre")
NAMES: dict[str, Any] = {
    "email": _l("Address"),
    "name": _l("Name"),
    "function": _l("Function"),
    "centre": _l("Centre"),
}
HEADINGS = {
    "email": {
        "email",
        "e-mail",
        "mail",
        "courriel",
        "adresse",
        "address",
        "adresse-electronique",
        "adresse-e-mail",
    },
    "name": {"name", "nom", "nom-complet", "full-name", "nom-affiche", "prenom-et-nom", "nom-et-prenom"},
    "function": {"function", "fonction", "poste", "job", "role", "title", "titre"},
    "centre": {"centre", "center", "structure", "organisation", "organization", "organisme"},
}
LONGEST = 120


class ListForm(Form):
    """A list of people: a file, or lines pasted."""

    file = FileField(_l("CSV file"))
    pasted = TextAreaField(_l("Or paste the lines here"), [Optional()])

    def lines(self) -> "list[Line]":
        """What was sent, read; raises UnreadableList."""
        content = self.file.data.read(MOST_BYTES + 1) if self.file.data else b""
        return read_file(content) if content else read(self.pasted.data or "")


class UnreadableList(Exception):
    """Raised when a file is not a list of people; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list, with what is wrong (by column) or why the line is passed over."""

    number: int
    email: str
    name: str
    function: str
    centre: str
    centre_id: int | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    ignored: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the person can be invited."""
        return not self.errors and self.ignored is None

    @property
    def values(self) -> tuple[str, ...]:
        """What was written, column by column."""
        return self.email, self.name, self.function, self.centre


def read_file(content: bytes) -> list[Line]:
    """Read a file of comma, semicolon or tab separated values, whatever wrote it; raises UnreadableList."""
    if len(content) > MOST_BYTES:
        raise UnreadableList(_("This file is too large for a list of people: 500 kB at most."))
    return read(decode(content))


def decode(content: bytes) -> str:
    """The characters of a file: by its byte order mark, else UTF-8, else Windows-1252 as Excel writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read(written: str) -> list[Line]:
    """Read a list whose first line may name its columns; raises UnreadableList."""
    written = written.lstrip("\ufeff").replace("\x00", "")
    first = next((line for line in written.splitlines() if line.strip()), "")
    separator = max(";\t,", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(written), delimiter=separator))
    except csv.Error as error:
        raise UnreadableList(
            _("This is not a list that can be read. Save it as CSV and try again.")
        ) from error
    numbered = [(n, row) for n, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    order = _columns(numbered[0][1]) if numbered else None
    if order is not None:
        numbered = numbered[1:]
    if not numbered:
        raise UnreadableList(_("There is nobody in this list. Write one person per line."))
    if len(numbered) > MOST_LINES:
        raise UnreadableList(
            _(
                "There are %(n)s lines; invite at most %(most)s people at a time.",
                n=len(numbered),
                most=MOST_LINES,
            )
        )
    order = order or _guess(numbered[0][1])
    return [_line(n, {name: row[at] for name, at in order.items() if at < len(row)}) for n, row in numbered]


def _columns(row: Sequence[str]) -> dict[str, int] | None:
    """Where each column is, when this line names them."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        word = text.slugify(cell)
        for name, headings in HEADINGS.items():
            if word in headings:
                found.setdefault(name, at)
    return found if "email" in found else None


def _guess(row: Sequence[str]) -> dict[str, int]:
    """Where each column is, without names: the address where the @ is, then name, function, centre."""
    email = next((at for at, cell in enumerate(row) if "@" in cell), 0)
    others = [at for at in range(len(row)) if at != email]
    return {"email": email, **dict(zip(("name", "function", "centre"), others, strict=False))}


def _line(number: int, cells: Mapping[str, str]) -> Line:
    values = {name: " ".join(text.clean(cells.get(name, "")).split()) for name in COLUMNS}
    values["email"] = values["email"].lower().removeprefix("mailto:")
    return Line(number, values["email"], values["name"], values["function"], values["centre"])


def written(lines: Sequence[Line]) -> str:
    """The list as a form carries it from one check to the next."""
    return json.dumps([[line.number, *line.values] for line in lines], ensure_ascii=False)


def corrected(carried: str, fields: Mapping[str, str]) -> list[Line]:
    """The list that a form carried, with what was corrected in its fields `<column>-<number>`."""
    try:
        rows = json.loads(carried)
        lines = [
            _line(int(number), dict(zip(COLUMNS, map(str, values), strict=True))) for number, *values in rows
        ]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise UnreadableList(_("This list was lost on the way. Load it again.")) from error
    if len(lines) > MOST_LINES:
        raise UnreadableList(_("Invite at most %(most)s people at a time.", most=MOST_LINES))
    return [
        _line(
            line.number,
            {name: fields.get(f"{name}-{line.number}", getattr(line, name)) for name in COLUMNS},
        )
        for line in lines
    ]


def check(lines: Sequence[Line]) -> list[Line]:
    """Say of each line whether it is ready, wrong or passed over; three statements whatever the length."""
    known = {text.slugify(centre.name): (centre.id, centre.name) for centre in db.session.scalars(centres())}
    emails = [line.email for line in lines]
    rows = db.session.execute(
        select(func.lower(Member.email), Member.deactivated_at.is_(None)).where(
            func.lower(Member.email).in_(emails)
        )
    )
    members = {email: active for email, active in rows if email is not None}
    invited = set(
        db.session.scalars(
            select(Invitation.email).where(
                Invitation.email.in_(emails),
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
        )
    )
    seen: dict[str, int] = {}
    checked = []
    for line in lines:
        errors: dict[str, str] = {}
        if fault := fault_of_address(line.email):
            errors["email"] = fault
        if not line.name:
            errors["name"] = _("Write the person’s name.")
        for name in ("name", "function"):
            if len(getattr(line, name)) > LONGEST:
                errors[name] = _("Write at most %(most)s characters.", most=LONGEST)
        centre = known.get(text.slugify(line.centre))
        if line.centre and centre is None:
            errors["centre"] = _unknown_centre(line.centre, known)
        ignored = None
        if line.email in members:
            ignored = (
                _("This person is already a member. The line will be ignored.")
                if members[line.email]
                else _("This person has a deactivated account: reactivate it. The line will be ignored.")
            )
        elif line.email in invited:
            ignored = _("This person is already invited. The line will be ignored.")
        elif line.email and line.email in seen:
            ignored = _("Same address as line %(number)s. The line will be ignored.", number=seen[line.email])
        seen.setdefault(line.email, line.number)
        checked.append(
            replace(
                line,
                centre=centre[1] if centre else line.centre,
                centre_id=centre[0] if centre else None,
                errors={} if ignored else errors,
                ignored=ignored,
            )
        )
    return checked


def fault_of_address(email: str) -> str | None:
    """What is wrong with an e-mail address, in a sentence, or None."""
    if not email:
        return str(_("Write an e-mail address."))
    if "@" not in email:
        return str(_("The address must contain an @ sign."))
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError:
        return str(_("This does not look like an e-mail address. Check its spelling."))
    return None


def _unknown_centre(name: str, known: Mapping[str, tuple[int, str]]) -> str:
    close = difflib.get_close_matches(text.slugify(name), known, n=1, cutoff=0.4)
    if close:
        return str(_("This centre does not exist here. The closest: %(name)s.", name=known[close[0]][1]))
    return str(_("This centre does not exist here."))
