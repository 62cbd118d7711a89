"""Writes that hold for every kind of contribution: publishing, versions, text index, drafts."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache, reduce
from typing import Any

from sqlalchemy import ColumnElement, Text, bindparam, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.auth.session import fingerprint
from participa.contributions.events import TextChanged, VisibilityChanged
from participa.contributions.models import Contribution, Draft, Part, SearchDocument, Version
from participa.db import at_most, clock, transaction
from participa.errors import Conflict
from participa.events import AnySession, Happening, announce


def put(session: AnySession, contribution: Contribution) -> None:
    """Add a new contribution to the transaction: its HTML, dates, first version and words to search."""
    now = clock()
    contribution.html = text.to_html(contribution.body)
    for name in ("published_at", "created_at", "last_activity_at"):
        if getattr(contribution, name) is None:
            setattr(contribution, name, now if name == "published_at" else contribution.published_at)
    session.add(contribution)
    session.flush()
    session.add(
        Version(
            contribution_id=contribution.id,
            number=1,
            title=contribution.title,
            body=contribution.body,
            editor_id=contribution.author_id,
            at=contribution.published_at,
        )
    )
    index_words(session, contribution)
    announce(session, TextChanged(contribution))


def put_many(session: AnySession, texts: Sequence[Contribution]) -> None:
    """Add new contributions, whose dates are given, as `put` does, in as few statements as there are tables.

    Nobody is told of them: what follows texts, such as the vectors of similarity, is asked for by the caller.
    """
    for contribution in texts:
        contribution.html = text.to_html(contribution.body)
        contribution.created_at = contribution.last_activity_at = contribution.published_at
    session.add_all(texts)
    session.flush()
    if not texts:
        return
    versions = [
        {
            "contribution_id": contribution.id,
            "number": 1,
            "title": contribution.title,
            "body": contribution.body,
            "editor_id": contribution.author_id,
            "at": contribution.published_at,
        }
        for contribution in texts
    ]
    session.execute(insert(Version), versions)
    for stems, tongue in (("french", True), ("english", False)):
        rows = [_words_of(each) for each in texts if (each.language == "fr") is tongue]
        if rows:
            session.execute(_indexing(stems), rows)


def revise(
    session: AnySession,
    contribution: Contribution,
    editor: Member,
    *,
    revision: int,
    body: str,
    title: str | None = None,
    reason: str = "",
    **merge: Any,
) -> bool:
    """Change the text and keep the version; false when nothing changed.

    Raises Conflict, carrying `merge` for the merge page, when `revision` is no longer the current one.
    """
    current = session.execute(
        select(Contribution.revision, Contribution.title, Contribution.body)
        .where(Contribution.id == contribution.id)
        .with_for_update(key_share=True)
    ).one()
    if current.revision != revision:
        raise Conflict(contribution=current, title=title, body=body, revision=current.revision, **merge)
    if (contribution.title, contribution.body) == (title, body):
        return False
    contribution.title, contribution.body = title, body
    contribution.html = text.to_html(body)
    contribution.edited_at = clock()
    contribution.revision = revision + 1
    keep_version(session, contribution, editor, Part.TEXT, body, title=title, reason=reason)
    index_words(session, contribution)
    announce(session, TextChanged(contribution))
    return True


def keep_version(
    session: AnySession,
    contribution: Contribution,
    editor: Member,
    part: Part,
    body: str,
    *,
    title: str | None = None,
    reason: str = "",
) -> None:
    """Keep what a part of a contribution, which the act has locked, says from now on."""
    last = select(func.max(Version.number)).where(
        Version.contribution_id == contribution.id, Version.part == part
    )
    session.add(
        Version(
            contribution_id=contribution.id,
            part=part,
            number=(session.scalar(last) or 0) + 1,
            title=title,
            body=body,
            editor_id=editor.id,
            at=clock(),
            reason=reason,
        )
    )


def index_words(session: AnySession, contribution: Contribution) -> None:
    """Write what search finds the contribution by: title first, stems and whole words, accents folded."""
    stems = "french" if contribution.language == "fr" else "english"
    session.execute(_indexing(stems), _words_of(contribution))


def _words_of(contribution: Contribution) -> dict[str, Any]:
    return {
        "number": contribution.id,
        "component": contribution.component_id,
        "tongue": contribution.language,
        "moment": contribution.published_at,
        "title": text.to_words(contribution.title or ""),
        "body": text.to_words(text.to_plain(contribution.html)[:100_000]),
    }


@cache
def _indexing(stems: str) -> Any:
    """The statement of `index_words`, made once for each language."""
    table: Any = SearchDocument.__table__
    language: ColumnElement[str] = literal_column(f"'{stems}'")
    simple: ColumnElement[str] = literal_column("'simple'")
    parts: list[ColumnElement[Any]] = []
    for name, weight in (("title", "'A'"), ("body", "'B'")):  # PostgreSQL's "char", which no parameter is
        words = func.fold(bindparam(name, type_=Text))
        for configuration in (language, simple):
            vector = func.to_tsvector(configuration, words)
            parts.append(func.setweight(vector, literal_column(weight)))
    values = {
        "contribution_id": bindparam("number", type_=table.c.contribution_id.type),
        "component_id": bindparam("component", type_=table.c.component_id.type),
        "language": bindparam("tongue", type_=table.c.language.type),
        "published_at": bindparam("moment", type_=table.c.published_at.type),
        "vector": reduce(lambda one, other: one.op("||")(other), parts),
    }
    insert = upsert(table).values(values)
    return insert.on_conflict_do_update(
        index_elements=[table.c.contribution_id],
        set_={"vector": insert.excluded.vector, "language": insert.excluded.language},
    )


def touch(session: AnySession, contribution_id: int, **changes: int) -> None:
    """Note activity on a contribution and add `changes` to its counters, in the act's own transaction."""
    values: dict[str, Any] = {name: getattr(Contribution, name) + n for name, n in changes.items()}
    session.execute(
        update(Contribution)
        .where(Contribution.id == contribution_id)
        .values(last_activity_at=func.greatest(Contribution.last_activity_at, clock()), **values)
        .execution_options(synchronize_session=False)
    )


def remove(author: Member, contribution: Contribution, action: str) -> None:
    """Delete one's own comment or argument, recorded as `action`; a stub stays where something answers it.

    What it is about is locked first, as in every act.
    """
    with transaction() as session:
        session.execute(
            select(Contribution.id)
            .where(Contribution.id.in_([contribution.about_id, contribution.within_id]))
            .order_by(Contribution.id)
            .with_for_update(key_share=True)
        )
        gone = session.execute(
            update(Contribution)
            .where(
                Contribution.id == contribution.id,
                Contribution.deleted_at.is_(None),
                Contribution.hidden_at.is_(None),
            )
            .values(deleted_at=clock())
            .returning(Contribution.id)
        ).first()
        if gone is not None:
            record(session, author, action, contribution, space_id=contribution.component.space_id)
            announce(session, VisibilityChanged(contribution, shown=False))


def tell(
    session: AnySession, actor: Member, contribution: Contribution, kind: str, html: str = "", **details: Any
) -> None:
    """Record an act on a proposal or debate, and announce it to those who follow; mails quote `html`."""
    space_id = contribution.component.space_id
    record(session, actor, kind, contribution, space_id=space_id, **details)
    announce(
        session,
        Happening(
            kind=kind,
            actor_id=actor.id,
            space_id=space_id,
            contribution_id=contribution.id,
            about_id=contribution.id,
            details={**details, "html": html} if html else details,
        ),
    )


def save_draft(
    author: Member,
    form: str,
    target: str,
    fields: dict[str, Any],
    *,
    draft_id: int | None = None,
    revision: int = 0,
) -> Draft:
    """Keep what `author` is writing; raises Conflict when another tab saved a newer text of the same draft."""
    with transaction() as session:
        if draft_id is None:
            same = (Draft.author_id == author.id, Draft.form == form, Draft.target == target)
            held = session.scalar(
                select(Draft)
                .where(*same, Draft.fields == fields, Draft.claim_hash.is_(None))
                .limit(at_most(1))
            )
            if held is not None:  # the button, pressed while the form was saving itself
                return held
            draft = Draft(author_id=author.id, form=form, target=target, fields=fields, saved_at=clock())
            session.add(draft)
            session.flush()
            return draft
        changed = session.execute(
            update(Draft)
            .where(Draft.id == draft_id, Draft.author_id == author.id, Draft.revision == revision)
            .values(fields=fields, target=target, revision=revision + 1, saved_at=clock())
            .returning(Draft.id)
        ).first()
        found = session.get(Draft, draft_id, populate_existing=True)
        if changed is None and found is not None and found.author_id == author.id:
            raise Conflict(draft=found, fields=fields)
        if found is None:  # published or thrown away in another tab: what is typed here is still kept
            return save_draft(author, form, target, fields)
        return found


def discard_draft(session: AnySession, author: Member, draft_id: int | None) -> None:
    """Remove a draft that became a contribution or was thrown away."""
    if draft_id is not None:
        session.execute(delete(Draft).where(Draft.id == draft_id, Draft.author_id == author.id))


def discard(author: Member, draft_id: int) -> None:
    """Throw a draft away."""
    with transaction() as session:
        discard_draft(session, author, draft_id)


CLAIMABLE = timedelta(days=7)
"""How long a text posted after the session expired waits for its writer."""


CONTINUED = ("draft_id", "draft_revision")
"""The fields by which a form says which draft, as it stood at which revision, its text continues."""


def keep_text(
    author_id: int | None, form: str, target: str, fields: dict[str, Any], *, token: str | None = None
) -> Draft:
    """Keep a text that could not be posted; with `token`, it waits until someone who holds it signs in."""
    with transaction() as session:
        continued = None if token or author_id is None else _continue(session, author_id, form, fields)
        if continued is not None:
            return continued
        draft = Draft(
            author_id=author_id,
            claim_hash=fingerprint(token) if token else None,
            form=form,
            target=target,
            fields=fields,
            saved_at=clock(),
        )
        session.add(draft)
    return draft


def _continue(session: AnySession, author_id: int, form: str, fields: dict[str, Any]) -> Draft | None:
    """Put the text into the author's draft that it continues, unless that one has changed since."""
    number, revision = (int(str(fields.pop(name, "0"))[:9]) for name in CONTINUED)
    return session.scalar(
        update(Draft)
        .where(
            Draft.id == number, Draft.author_id == author_id, Draft.form == form, Draft.revision == revision
        )
        .where(Draft.claim_hash.is_(None))
        .values(fields=fields, revision=revision + 1, saved_at=clock())
        .returning(Draft)
        .execution_options(populate_existing=True)
    )


def claim_drafts(member_id: int, tokens: list[str]) -> tuple[list[Draft], list[str]]:
    """Give a member the texts of these tokens, each once; those kept for another member stay.

    Gives the drafts in the order they were written, and the tokens that still wait.
    """
    hashes = {fingerprint(token): token for token in tokens}
    with transaction() as session:
        waiting = session.scalars(
            select(Draft)
            .where(Draft.claim_hash.in_(hashes), Draft.saved_at > clock() - CLAIMABLE)
            .order_by(Draft.id)
            .with_for_update()
        ).all()
        mine = [draft for draft in waiting if draft.author_id in (None, member_id)]
        others = [hashes[draft.claim_hash] for draft in waiting if draft not in mine and draft.claim_hash]
        taken = [_take_up(session, draft, member_id) for draft in mine]
    return taken, others


def _take_up(session: AnySession, draft: Draft, member_id: int) -> Draft:
    fields = dict(draft.fields)
    continued = _continue(session, member_id, draft.form, fields)
    if continued is not None:
        session.delete(draft)
        return continued
    draft.author_id, draft.claim_hash, draft.fields = member_id, None, fields
    return draft


def purge_drafts() -> None:
    """Remove the texts that nobody claimed in time."""
    with transaction() as session:
        session.execute(
            delete(Draft).where(Draft.claim_hash.is_not(None), Draft.saved_at < clock() - CLAIMABLE)
        )
