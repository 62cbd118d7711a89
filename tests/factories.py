"""Makes what tests are about, with as little said as possible."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import scoped_session

from participa import text
from participa.auth.models import Member
from participa.authorization import Actor, Role
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.db import clock
from participa.debates.models import Debate
from participa.debates.questions import services as questions
from participa.debates.questions.models import Question
from participa.network.models import Centre, Network
from participa.proposals.answering.models import Answer, Standing
from participa.proposals.models import Proposal, ProposalState
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Phase, Space, SpaceKind, SpaceRole, Topic, Visibility
from participa.spaces.queries import roles_of

BODY = "Un texte assez long pour être lu, avec assez de mots pour être cherché."


class Factory:
    """Adds things to the test's session, each committed and valid by default."""

    def __init__(self, session: scoped_session[Any]) -> None:
        self.session = session
        self._numbers: dict[str, int] = {}

    def _next(self, what: str) -> int:
        self._numbers[what] = self._numbers.get(what, 0) + 1
        return self._numbers[what]

    def _keep(self, *things: Any) -> None:
        self.session.add_all(things)
        self.session.commit()

    def network(self, *, visitors_may_read: bool = True, **values: Any) -> Network:
        """The network; made once, changed afterwards."""
        network = self.session.get(Network, 1)
        if network is None:
            network = Network(
                id=1, name="Réseau d’essai", languages=["fr", "en"], visitors_may_read=visitors_may_read
            )
        network.visitors_may_read = visitors_may_read
        for name, value in values.items():
            setattr(network, name, value)
        self._keep(network)
        return network

    def centre(self, name: str | None = None, **values: Any) -> Centre:
        """A centre of the network."""
        if self.session.scalar(select(Network.id)) is None:
            self.network()
        name = name or f"Centre {self._next('centre')}"
        centre = Centre(name=name, slug=text.slugify(name), created_at=clock(), **values)
        self._keep(centre)
        self.session.execute(
            update(Network)
            .values(centre_count=Network.centre_count + 1)
            .execution_options(synchronize_session=False)
        )
        self.session.commit()
        for held in [thing for thing in self.session.identity_map.values() if isinstance(thing, Network)]:
            self.session.expunge(held)
        return centre

    def member(self, name: str | None = None, centre: Centre | None = None, **values: Any) -> Member:
        """A member with an account; without a password unless one is made by the caller."""
        n = self._next("member")
        name = name or f"Membre {n}"
        values.setdefault("email", f"{text.slugify(name)}-{n}@exemple.fr")
        member = Member(name=name, centre=centre, created_at=clock(), **values)
        self._keep(member)
        return member

    def coordinator(self, name: str = "Coordinatrice", **values: Any) -> Member:
        """A coordinator of the network."""
        return self.member(name, is_coordinator=True, **values)

    def actor(self, member: Member | None = None, *, visitors_may_read: bool = True) -> Actor:
        """The actor that policies see for this member, or for a visitor."""
        if member is None:
            return Actor(visitors_may_read=visitors_may_read)
        return Actor(
            id=member.id,
            centre_id=member.centre_id,
            is_coordinator=member.is_coordinator,
            visitors_may_read=visitors_may_read,
            roles=roles_of(member.id),
        )

    def space(
        self,
        name: str | None = None,
        *,
        visibility: Visibility = Visibility.PUBLIC,
        published: bool = True,
        phases: Iterable[tuple[str, date, date]] = (),
        **values: Any,
    ) -> Space:
        """A space, public and published."""
        if self.session.scalar(select(Network.id)) is None:
            self.network()
        name = name or f"Espace {self._next('space')}"
        values.setdefault("kind", SpaceKind.THEMATIC)
        values.setdefault("slug", text.slugify(name))
        space = Space(
            name=name,
            visibility=visibility,
            created_at=clock(),
            published_at=clock() if published else None,
            phases=[Phase(name=name, starts_on=start, ends_on=end) for name, start, end in phases],
            components=[],
            **values,
        )
        self._keep(space)
        return space

    def role(self, member: Member, space: Space, role: Role = Role.MEMBER) -> None:
        """Give a member a role in a space."""
        self._keep(SpaceRole(space_id=space.id, member_id=member.id, role=role, given_at=clock()))

    def moderator(self, space: Space, name: str = "Modératrice", **values: Any) -> Member:
        """A moderator of the space."""
        member = self.member(name, **values)
        self.role(member, space, Role.MODERATOR)
        return member

    def component(
        self,
        kind: str = "proposals",
        space: Space | None = None,
        *,
        topics: Iterable[str] = (),
        settings: dict[str, Any] | None = None,
        published: bool = True,
        **rules: Any,
    ) -> Component:
        """A component with the kind's open preset, changed by `settings` and `rules`."""
        from dataclasses import asdict

        space = space or self.space()
        registered = KINDS[kind]
        component = Component(
            kind=kind,
            space=space,
            name=str(registered.label),
            created_at=clock(),
            published_at=clock() if published else None,
            settings=asdict(registered.open_settings) | (settings or {}),
            rules={
                key: asdict(registered.open_rules) | rules
                for key in ([str(phase.id) for phase in space.phases] or ["always"])
            },
            topics=[self._topic(space, topic, n) for n, topic in enumerate(topics)],
        )
        self._keep(component)
        return component

    def _topic(self, space: Space, name: str, position: int) -> Topic:
        held = select(Topic).where(Topic.space_id == space.id, Topic.name == name)
        return self.session.scalar(held) or Topic(space_id=space.id, name=name, position=position)

    def _put(self, contribution: Contribution, author: Member, at: datetime | None) -> None:
        contribution.author = author
        contribution.centre_id = author.centre_id
        contribution.published_at = at or clock()
        contributions.put(self.session, contribution)
        self.session.commit()

    def proposal(
        self,
        component: Component | None = None,
        author: Member | None = None,
        *,
        title: str | None = None,
        body: str = BODY,
        at: datetime | None = None,
        state: str | None = None,
        **values: Any,
    ) -> Proposal:
        """A published proposal, answered when a `state` is named by its token."""
        proposal = Proposal(
            component=component or self.component("proposals"),
            title=title or f"Une proposition assez longue, numéro {self._next('proposal')}",
            body=body,
            **values,
        )
        self._put(proposal, author or self.member(), at)
        if state is not None:
            self.answer(proposal, state)
        return proposal

    def state(self, component: Component, token: str) -> ProposalState:
        """A state of a component by its token."""
        found = select(ProposalState).where(
            ProposalState.component_id == component.id, ProposalState.token == token
        )
        state: ProposalState = self.session.scalars(found).one()
        return state

    def answer(self, proposal: Proposal, token: str, body: str = "Voici pourquoi.") -> Answer:
        """A published answer, as if nobody had been told."""
        proposal.state = self.state(proposal.component, token)
        answer = Answer(
            proposal_id=proposal.id,
            standing=Standing.CURRENT,
            state_id=proposal.state.id,
            body=body,
            html=text.to_html(body),
            given_at=clock(),
            published_at=clock(),
        )
        self._keep(answer)
        return answer

    def debate(
        self,
        component: Component | None = None,
        author: Member | None = None,
        *,
        title: str | None = None,
        body: str = BODY,
        at: datetime | None = None,
        **values: Any,
    ) -> Debate:
        """An open debate."""
        debate = Debate(
            component=component or self.component("debates"),
            title=title or f"Un débat assez long, numéro {self._next('debate')} ?",
            body=body,
            **values,
        )
        self._put(debate, author or self.member(), at)
        return debate

    def question(
        self, debate: Debate, author: Member | None = None, *, body: str = "Et en zone rurale ?"
    ) -> Question:
        """A question to the guest of a debate, whether it has one or not."""
        question = Question(component=debate.component, about_id=debate.id, debate_id=debate.id, body=body)
        self._put(question, author or self.member(), None)
        questions.count(self.session, debate.id, 1)
        self.session.commit()
        return question

    def later(self, moment: datetime | None = None, **delta: float) -> datetime:
        """A moment after now."""
        return (moment or clock()) + timedelta(**delta)
