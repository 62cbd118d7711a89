"""Shaping the states and the templates of a component; each function is one act and one transaction."""

from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from participa import text
from participa.audit.services import record
from participa.auth.models import Member
from participa.db import at_most, clock, transaction
from participa.events import AnySession
from participa.ordering import advance, last_position, move
from participa.proposals.answering.forms import StateDraft
from participa.proposals.answering.models import Answer, AnswerTemplate, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.models import Component


def add_state(editor: Member, component: Component, draft: StateDraft) -> ProposalState:
    """Add a state at the end of the list."""
    with transaction() as session:
        _change(session, component)
        tokens = set(
            session.scalars(select(ProposalState.token).where(ProposalState.component_id == component.id))
        ) | {"discussed", "withdrawn", "voting"}
        base = text.slugify(draft.name_en, 40) or "state"
        token = next(
            name for n in range(1, 10_000) if (name := base if n == 1 else f"{base}-{n}") not in tokens
        )
        state = ProposalState(
            component_id=component.id,
            token=token,
            position=last_position(session, ProposalState, ProposalState.component_id == component.id),
            **draft._asdict(),
        )
        session.add(state)
        session.flush()
        _record(session, editor, component, state, "proposal_state.added")
    return state


def change_state(
    editor: Member,
    component: Component,
    state: ProposalState,
    draft: StateDraft,
    *,
    revision: int,
    merge: dict[str, Any],
) -> None:
    """Rename a state, or change what it means; what it was given to follows. Raises Conflict when it is stale."""
    with transaction() as session:
        _change(session, component)
        advance(session, state, revision, merge)
        for name, value in draft._asdict().items():
            setattr(state, name, value)
        _record(session, editor, component, state, "proposal_state.changed")


def move_state(editor: Member, component: Component, state: ProposalState, step: int) -> None:
    """Move a state one place up (−1) or down (+1)."""
    with transaction() as session:
        _change(session, component)
        if move(session, offered(component), state.id, step):
            _record(session, editor, component, state, "proposal_state.moved", step=step)


def delete_state(
    editor: Member, component: Component, state: ProposalState, replacement: ProposalState | None
) -> int | None:
    """Delete a state, putting `replacement` where it is in use; gives how many proposals changed.

    None, and nothing done, when it is in use and nothing replaces it. The history of answers keeps it, so a
    state that was ever used is only retired. Nobody is told: no moderator has answered anything anew.
    """
    with transaction() as session:
        _change(session, component)
        session.execute(select(ProposalState.id).where(ProposalState.id == state.id).with_for_update())
        held = _replace(session, editor, state, replacement)
        if held is None:
            return None
        _record(session, editor, component, state, "proposal_state.removed", proposals=held)
        if session.scalar(select(Answer.id).where(Answer.state_id == state.id).limit(at_most(1))) is None:
            session.delete(state)
        else:
            state.retired_at = clock()
    return held


def _replace(
    session: AnySession, editor: Member, state: ProposalState, replacement: ProposalState | None
) -> int | None:
    proposals: Any = Proposal.__table__
    answers: Any = Answer.__table__
    current = [Answer.state_id == state.id, Answer.standing == Standing.CURRENT]
    pending = [Answer.state_id == state.id, Answer.standing == Standing.PENDING]
    templates = [AnswerTemplate.state_id == state.id]
    if replacement is None:
        in_use = (
            session.scalar(select(proposals.c.id).where(proposals.c.state_id == state.id).limit(at_most(1)))
            or session.scalar(select(Answer.id).where(*pending).limit(at_most(1)))
            or session.scalar(select(AnswerTemplate.id).where(*templates).limit(at_most(1)))
        )
        return None if in_use else 0
    kept = ("body", "html", "cost", "cost_report", "execution_period")
    old = [
        row.proposal_id
        for row in session.execute(
            update(Answer).where(*current).values(standing=Standing.PAST).returning(Answer.proposal_id)
        )
    ]
    if old:  # the answers stay as they were written; the same ones follow, under the other state
        newest = (
            select(func.max(Answer.id)).where(Answer.proposal_id.in_(old)).where(Answer.state_id == state.id)
            .where(Answer.standing == Standing.PAST).group_by(Answer.proposal_id)
        )  # fmt: skip
        session.execute(
            insert(Answer).from_select(
                ["proposal_id", "standing", "state_id", *kept, "given_at", "given_by_id", "published_at"],
                select(
                    answers.c.proposal_id,
                    literal(Standing.CURRENT, type_=answers.c.standing.type),
                    literal(replacement.id),
                    *(answers.c[name] for name in kept),
                    literal(clock(), type_=answers.c.given_at.type),
                    literal(editor.id),
                    literal(clock(), type_=answers.c.published_at.type),
                ).where(answers.c.id.in_(newest)),
            )
        )
    changed = session.execute(
        update(proposals).where(proposals.c.state_id == state.id).values(state_id=replacement.id)
    )
    session.execute(update(Answer).where(*pending).values(state_id=replacement.id))
    session.execute(update(AnswerTemplate).where(*templates).values(state_id=replacement.id))
    return int(changed.rowcount)  # type: ignore[attr-defined]


def offered(component: Component) -> Any:
    """The states of a component that are offered, in order."""
    return (
        select(ProposalState)
        .where(ProposalState.component_id == component.id, ProposalState.retired_at.is_(None))
        .order_by(ProposalState.position, ProposalState.id)
    )


def _change(session: AnySession, component: Component) -> None:
    """Take the component's next revision, under its lock: processes read its states anew."""
    session.execute(
        update(Component)
        .where(Component.id == component.id)
        .values(revision=Component.revision + 1)
        .execution_options(synchronize_session=False)
    )


def _record(
    session: AnySession, editor: Member, component: Component, thing: Any, action: str, **details: Any
) -> None:
    record(session, editor, action, thing, space_id=component.space_id, component=component.id, **details)


# ── Templates ────────────────────────────────────────────────────────────────────────────────────


def name_taken(session: AnySession, component: Component, name: str, own_id: int | None) -> bool:
    """Whether another template of the component has this name."""
    found = select(AnswerTemplate.id).where(
        AnswerTemplate.component_id == component.id,
        AnswerTemplate.name == name,
        AnswerTemplate.id.is_distinct_from(own_id),
    )
    return session.scalar(found) is not None


def add_template(editor: Member, component: Component, name: str, state_id: int, body: str) -> bool:
    """Add a template; false when another one has that name."""
    with transaction() as session:
        session.execute(select(Component.id).where(Component.id == component.id).with_for_update())
        if name_taken(session, component, name, None):
            return False
        template = AnswerTemplate(component_id=component.id, name=name, state_id=state_id, body=body)
        session.add(template)
        session.flush()
        _record(session, editor, component, template, "answer_template.added")
    return True


def change_template(
    editor: Member,
    component: Component,
    template: AnswerTemplate,
    name: str,
    state_id: int,
    body: str,
    *,
    revision: int,
    merge: dict[str, Any],
) -> bool:
    """Change a template; false when another one has that name. Raises Conflict when it is stale."""
    with transaction() as session:
        session.execute(select(Component.id).where(Component.id == component.id).with_for_update())
        if name_taken(session, component, name, template.id):
            return False
        advance(session, template, revision, merge)
        template.name, template.state_id, template.body = name, state_id, body
        _record(session, editor, component, template, "answer_template.changed")
    return True


def delete_template(editor: Member, component: Component, template: AnswerTemplate) -> None:
    """Delete a template; the answers made from it stay."""
    with transaction() as session:
        _record(session, editor, component, template, "answer_template.removed")
        session.execute(delete(AnswerTemplate).where(AnswerTemplate.id == template.id))
