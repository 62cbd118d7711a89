"""What the pages of centres and members show of what people write."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, raiseload

from participa.authorization import Actor
from participa.catalogues import lazy_gettext as _l
from participa.contributions.models import Authorship, Contribution, ContributionKind
from participa.contributions.queries import listed_to, shown, with_place
from participa.db import at_most, db
from participa.display import excerpt
from participa.network.activity import Glance, Place, Writing, provide
from participa.network.models import Centre
from participa.paging import Page, page_of
from participa.spaces.models import Component, Space
from participa.spaces.queries import hiding_counts, readable_components, which_hide
from participa.web import address_of

LATEST = 500
"""How many of someone's latest texts say where they write."""
ANSWERED = 50
"""How many of a centre's latest proposals and debates say who answers it."""

KIND_LABELS: dict[str, Any] = {
    ContributionKind.PROPOSAL: _l("Proposal"),
    ContributionKind.DEBATE: _l("Debate"),
    ContributionKind.COMMENT: _l("Comment"),
    ContributionKind.ARGUMENT: _l("Argument"),
    ContributionKind.QUESTION: _l("Question"),
    ContributionKind.AMENDMENT: _l("Amendment"),
}
GROUPS: dict[str, tuple[ContributionKind, ...]] = {
    "proposals": (ContributionKind.PROPOSAL, ContributionKind.AMENDMENT),
    "debates": (ContributionKind.DEBATE,),
    "messages": (ContributionKind.COMMENT, ContributionKind.ARGUMENT, ContributionKind.QUESTION),
}


class WhatPeopleWrite:
    """Contributions of every kind as the network's pages want them."""

    def writings(
        self, actor: Actor, who: Mapping[str, int], kind: str | None, key: str | None
    ) -> Page[Writing]:
        """What they wrote and `actor` may read, the latest first; one statement."""
        query = with_place(select(Contribution)).where(_by(who), listed_to(actor))
        query = query.options(joinedload(Contribution.about), raiseload("*"))
        if kind in GROUPS:
            query = query.where(Contribution.kind.in_(GROUPS[kind]))
        page = page_of(query, (Contribution.published_at, Contribution.id), key)
        hiding = which_hide(found.component for found in page.items if found.title is not None)
        return Page([_writing(found, hiding) for found in page.items], page.previous, page.next)

    def places(self, actor: Actor, who: Mapping[str, int]) -> Sequence[Place]:
        """The spaces of their latest texts, the most frequented first; one statement."""
        latest = (
            select(Contribution.component_id, Contribution.published_at)
            .where(_by(who), listed_to(actor))
            .order_by(Contribution.published_at.desc(), Contribution.id.desc())
            .limit(at_most(LATEST))
            .subquery()
        )
        count, last = func.count().label("count"), func.max(latest.c.published_at)
        rows = db.session.execute(
            select(Space, count, last)
            .join(Component, Component.space_id == Space.id)
            .join(latest, latest.c.component_id == Component.id)
            .group_by(Space.id)
            .order_by(count.desc(), Space.position, Space.id)
        )
        return [Place(space, n, at) for space, n, at in rows]

    def glances(self, actor: Actor, centre_ids: Sequence[int]) -> Mapping[int, Glance]:
        """When each centre last wrote and how many others answered its latest texts; one statement."""
        last = (
            select(Contribution.published_at)
            .where(Contribution.centre_id == Centre.id, listed_to(actor))
            .correlate(Centre)
            .order_by(Contribution.published_at.desc(), Contribution.id.desc())
            .limit(at_most(1))
            .scalar_subquery()
        )
        text = aliased(Contribution, flat=True)
        texts = (
            select(text.id)
            .where(text.centre_id == Centre.id, text.about_id.is_(None), shown(text))
            .where(text.component_id.in_(readable_components(actor)))
            .correlate(Centre)
            .order_by(text.published_at.desc(), text.id.desc())
            .limit(at_most(ANSWERED))
            .lateral()
        )
        participations = _participations()
        answered = (
            select(func.count(participations.c.centre_id.distinct()))
            .select_from(texts.join(participations, participations.c.about_id == texts.c.id))
            .where(participations.c.centre_id != Centre.id, participations.c.n > 0)
            .where(participations.c.component_id.not_in(hiding_counts()))
            .correlate(Centre)
            .scalar_subquery()
        )
        rows = db.session.execute(select(Centre.id, last, answered).where(Centre.id.in_(centre_ids)))
        return {centre_id: Glance(at, n or 0) for centre_id, at, n in rows}


def _by(who: Mapping[str, int]) -> ColumnElement[bool]:
    """What a centre's people wrote, or a member under their own name, alone or with others."""
    if "author_id" not in who:
        return Contribution.centre_id == who["centre_id"]
    member_id = who["author_id"]
    with_others = select(Authorship.contribution_id).where(
        Authorship.member_id == member_id, Authorship.accepted_at.is_not(None)
    )
    return or_(
        and_(Contribution.author_id == member_id, Contribution.official.is_(False)),
        Contribution.id == any_(func.array(with_others.scalar_subquery())),
    )


def _participations() -> Any:
    """The table of participations, which belongs to votes, higher up."""
    return Contribution.metadata.tables["participations"].alias()


def _writing(found: Contribution, hiding: set[int]) -> Writing:
    message = found.title is None
    return Writing(
        title=found.title or excerpt(found.html, 110),
        href=address_of(found),
        kind=KIND_LABELS[found.kind],
        at=found.published_at,
        space=found.component.space,
        author=found.signer,
        extract="" if message else excerpt(found.html, 160),
        about=found.about.title if found.about else None,
        centre_count=None if message or found.component_id in hiding else found.centre_count,
        is_message=message,
    )


provide(WhatPeopleWrite())
