"""Fills an empty database with the demonstration network, through the same services as everybody's acts."""

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import select

from participa import text
from participa.auth.models import Member
from participa.auth.passwords import hashed
from participa.auth.services import invitations
from participa.authorization import VISITOR, Role
from participa.comments import queries as comment_queries
from participa.comments import services as comments
from participa.comments.models import ANSWER
from participa.contributions import services as contributions
from participa.contributions.models import Contribution
from participa.contributions.queries import find_contribution
from participa.db import at_most, clock, db, set_clock, transaction
from participa.debates import services as debates
from participa.debates.forms import Draft as DebateDraft
from participa.debates.queries import find as find_debate
from participa.debates.questions import services as questions
from participa.demo.accounts import COORDINATOR, MEMBER, MODERATOR, OTHER, PASSWORD
from participa.demo.content import (
    ANSWERS,
    DEBATES,
    DRAFT,
    ENGLISH,
    INVITED,
    REPLIES,
    REPORTS,
    SPACES,
    DebateText,
    SpaceText,
)
from participa.display import upper_first
from participa.follows.services import follow
from participa.imports.machinery import Outcome
from participa.imports.republique_numerique import import_into
from participa.moderation import services as moderation
from participa.network.models import Centre, Network
from participa.proposals import queries as proposal_queries
from participa.proposals.answering.services import Given, Seen, answer
from participa.proposals.answering.states import states_of
from participa.proposals.models import Proposal
from participa.spaces.kinds import KINDS
from participa.spaces.models import Component, Space, SpaceRole
from participa.spaces.queries import find_component
from participa.spaces.translations.words import written
from participa.votes import queries as vote_queries
from participa.votes import services as votes

HERE = Path(__file__).parent
SEED = 2018
ZONES = {
    "Guyane": "America/Cayenne",
    "Martinique": "America/Martinique",
    "Guadeloupe": "America/Guadeloupe",
    "Mayotte": "Indian/Mayotte",
}
SILENT = 4
"""How many centres have no account that acts, so that the bars show who has not been heard yet."""


def load() -> Iterator[str]:
    """Load the demonstration step by step, naming each step done."""
    now = clock()
    rng = random.Random(SEED)  # noqa: S311 - the same demonstration for everybody
    try:
        centres = _centres(now)
        yield "centres"
        people = _people(centres, now)
        yield "accounts"
        components = _spaces(people, now)
        yield "spaces"
        _consultation(components)
        yield "consultation"
        _follows(components, people)
        _debates(components, people, now, rng)
        yield "debates"
        _acts(people, now, rng)
        yield "acts"
        _answers(components, people[MODERATOR.email], now)
        _what_waits(components, people, now)
        yield "what waits"
    finally:
        set_clock(now)


def _centres(now: datetime) -> list[Centre]:
    with (HERE / "centres.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    db.session.add(
        Network(
            id=1,
            name="Réseau des centres de ressources politique de la ville",
            description="Démonstration : les centres sont réels, les comptes sont des fonctions et non des personnes, "
            "les propositions viennent d’une consultation publique de 2015.",
            languages=["fr", "en"],
            visitors_may_read=True,
            centre_count=len(rows),
        )
    )
    centres = [
        Centre(
            name=row["name"],
            slug=text.slugify(row["name"]),
            territory=row["territory"],
            city=row["city"],
            time_zone=ZONES.get(row["territory"], "Europe/Paris"),
            created_at=now,
        )
        for row in rows
    ]
    db.session.add_all(centres)
    db.session.commit()
    return centres


def _people(centres: list[Centre], now: datetime) -> dict[str, Member]:
    """One or two roles in each centre; only the accounts told at start-up have a password."""
    password = hashed(PASSWORD)
    people: dict[str, Member] = {}

    def add(email: str, function: str, centre: Centre, **values: Any) -> None:
        people[email] = Member(
            email=email,
            name=function,
            centre=centre,
            created_at=now,
            **values,
        )

    add(COORDINATOR.email, "Coordinatrice du réseau", centres[0], password_hash=password, is_coordinator=True)
    add(MODERATOR.email, "Modératrice", centres[3], password_hash=password)
    add(MEMBER.email, "Chargée de mission", centres[0], password_hash=password)
    add(OTHER.email, "Chargé de mission", centres[3], password_hash=password)
    for number, centre in enumerate(centres):
        for function in (
            ("Chargée de mission", "Directeur") if number % 2 else ("Chargé de mission", "Directrice")
        ):
            email = f"{text.slugify(function)}.{centre.slug}@demo.example.org"
            if not any(p.centre is centre and p.name == function for p in people.values()):
                add(email, function, centre)
    db.session.add_all(people.values())
    db.session.commit()
    return people


def _spaces(people: dict[str, Member], now: datetime) -> dict[str, tuple[Component, Component]]:
    made: dict[str, tuple[Component, Component]] = {}
    for position, content in enumerate(SPACES):
        space = Space(
            slug=content.slug,
            kind=content.kind,
            name=content.name,
            summary=content.summary,
            description=content.description,
            html=text.to_html(content.description),
            accent=content.accent,
            visibility=content.visibility,
            position=position,
            created_at=now,
            published_at=now,
        )
        name, summary = ENGLISH[content.slug]
        space.translations = {"en": written(space, {"name": name, "summary": summary})}
        pair = (
            _component(space, "proposals", content, 0, now),
            _component(space, "debates", content, 1, now),
        )
        db.session.add_all([space, *pair])
        db.session.flush()
        for email, role in ((COORDINATOR.email, Role.ADMINISTRATOR), (MODERATOR.email, Role.MODERATOR)):
            db.session.add(SpaceRole(space_id=space.id, member_id=people[email].id, role=role, given_at=now))
        made[content.slug] = pair
    db.session.commit()
    return made


def _component(space: Space, name: str, content: SpaceText, position: int, now: datetime) -> Component:
    kind = KINDS[name]
    settings = asdict(kind.open_settings)
    if name == "proposals":
        settings |= {"ballot": "stance"} if content.stance else {"threshold_per_proposal": 30}
    french, english = {"proposals": ("Propositions", "Proposals"), "debates": ("Débats", "Debates")}[name]
    component = Component(
        space=space,
        kind=name,
        name=french,
        position=position,
        created_at=now,
        published_at=now,
        settings=settings,
        rules={"always": asdict(kind.open_rules)},
    )
    component.translations = {"en": written(component, {"name": english})}
    return component


def _consultation(components: dict[str, tuple[Component, Component]]) -> None:
    """A part of the consultation, each opinion in the space it fits; where one only supports, only supports count."""
    lines = [json.loads(line) for line in (HERE / "opinions.jsonl").read_text(encoding="utf-8").splitlines()]
    for content in SPACES:
        chosen = [line for line in lines if line["space"] == content.slug]
        for line in chosen:
            line["title"] = upper_first(line["title"])
            for said in (line, *line["arguments"]):
                said["author"]["id"] = said["author"]["id"].replace("contributeur-", "Contributeur ")
            if not content.stance:
                line["votes_nok"] = line["votes_mitige"] = 0
        outcome = Outcome()
        for _number in import_into(
            components[content.slug][0], iter(enumerate(chosen, 1)), outcome, source="demonstration"
        ):
            pass
        if outcome.broken:
            raise ValueError(f"the demonstration's own data is broken: {outcome.broken}")


def _follows(components: dict[str, tuple[Component, Component]], people: dict[str, Member]) -> None:
    """Those whom one may sign in as follow spaces, so that they are told of what happens next."""
    for account, slugs in ((MEMBER, ("sante", "vie-du-reseau")), (OTHER, ("participation-citoyenne",))):
        for slug in slugs:
            follow(db.session, people[account.email].id, space_id=components[slug][0].space_id)
    db.session.commit()


def _debates(
    components: dict[str, tuple[Component, Component]],
    people: dict[str, Member],
    now: datetime,
    rng: random.Random,
) -> None:
    everyone = _active(people)
    for age, content in reversed(list(enumerate(DEBATES, 2))):  # in the order of time, as notifications are
        component = find_component(components[content.space][1].id, content.space)
        assert component is not None
        start = now - timedelta(days=age, hours=rng.randrange(8))
        _debate(component, content, everyone, start, rng)
        if content.questions:
            _questions(component, content, people, everyone, start, rng)


def _debate(
    component: Component, content: DebateText, everyone: list[Member], start: datetime, rng: random.Random
) -> None:
    authors = iter(rng.sample(everyone, len(everyone)))
    set_clock(start)
    debate = debates.open_debate(next(authors), component, DebateDraft(content.title, content.body))
    for side, texts in ((1, content.pros), (-1, content.cons)):
        for body in texts:
            start += timedelta(minutes=rng.randrange(20, 300))
            set_clock(start)
            argument = debates.argue(next(authors), debate, side, body)
            _vote(rng.sample(everyone, rng.randrange(2, 9)), argument.id, {1: 1.0}, rng)
    for position, body in content.comments:
        start += timedelta(minutes=rng.randrange(30, 400))
        set_clock(start)
        _comment(next(authors), debate.id, position, body)


def _questions(
    component: Component,
    content: DebateText,
    people: dict[str, Member],
    everyone: list[Member],
    start: datetime,
    rng: random.Random,
) -> None:
    """One of those whom one may sign in as is the guest of a debate, and has not answered everything."""
    guest = people[OTHER.email]
    set_clock(start)
    number = db.session.scalars(
        select(Contribution.id).where(
            Contribution.component_id == component.id, Contribution.title == content.title
        )
    ).one()
    held = find_debate(component.id, number, VISITOR)
    assert held is not None
    moderator = people[MODERATOR.email]
    questions.invite(moderator, held.debate, guest, guest_from=None, guest_until=None)
    others = [one for one in everyone if one.id != guest.id]
    authors = cycle(rng.sample(others, len(others)))
    for author, (body, answered) in zip(authors, content.questions, strict=False):
        start += timedelta(minutes=rng.randrange(40, 300))
        set_clock(start)
        question = questions.ask(author, held.debate, body)
        raising = [one for one in rng.sample(others, min(6, len(others))) if one.id != author.id]
        _vote(raising, question.id, {1: 1.0}, rng)
        root = comment_queries.find_root(question.id)
        assert root is not None
        if answered:
            comments.post(guest, root, answered, nature=ANSWER)


def _comment(author: Member, contribution_id: int, position: int, body: str) -> None:
    root = comment_queries.find_root(contribution_id)
    assert root is not None
    asked = root.component.configuration.comment_positions
    comments.post(author, root, body, position=position if asked else None)


def _acts(people: dict[str, Member], now: datetime, rng: random.Random) -> None:
    """The demonstration's own accounts support and comment, so that centres show."""
    everyone = _active(people)
    found = db.session.execute(
        select(Contribution.id, Component.settings)
        .join(Component, Component.id == Contribution.component_id)
        .where(Contribution.kind == "proposal", Contribution.hidden_at.is_(None))
        .order_by(Contribution.id)
    ).all()
    moments = sorted(now - timedelta(minutes=rng.randrange(4 * 60, 46 * 60)) for _proposal in found)
    order = rng.sample(list(found), len(found))
    for number, (moment, (proposal_id, settings)) in enumerate(zip(moments, order, strict=True)):
        set_clock(moment)
        choices = {1: 0.7, 0: 0.15, -1: 0.15} if settings["ballot"] == "stance" else {1: 1.0}
        _vote(rng.sample(everyone, rng.randrange(0, 16)), proposal_id, choices, rng)
        if number % 3 == 0:
            position, body = REPLIES[number // 3 % len(REPLIES)]
            _comment(rng.choice(everyone), proposal_id, position, body)


def _answers(components: dict[str, tuple[Component, Component]], moderator: Member, now: datetime) -> None:
    """The moderators have answered what gathered most in some spaces."""
    for age, given in zip(range(len(ANSWERS), 0, -1), ANSWERS, strict=True):
        set_clock(now - timedelta(hours=age))
        tool = components[given.space][0].id
        favourite = select(Proposal.id).where(Proposal.component_id == tool)
        favourite = favourite.order_by(Proposal.support_count.desc(), Proposal.id).limit(at_most(1))
        held = proposal_queries.find(tool, db.session.scalars(favourite).one(), VISITOR)
        assert held is not None
        states = states_of(held.proposal.component).values()
        state = next(state for state in states if state.token == given.state)
        words, seen = Given(state.id, given.body), Seen(held.proposal.revision)
        answer(moderator, held.proposal, words, seen=seen, publish=True)


def _what_waits(
    components: dict[str, tuple[Component, Component]], people: dict[str, Member], now: datetime
) -> None:
    """Texts reported, people invited and a draft left aside: something to do for each account."""
    set_clock(now - timedelta(minutes=50))
    written = select(Contribution.id).where(Contribution.kind == "comment", Contribution.imported.is_(False))
    for body, reason, note in REPORTS:
        last = written.where(Contribution.body == body).order_by(Contribution.id.desc()).limit(at_most(1))
        reported = find_contribution(db.session.scalars(last).one())
        assert reported is not None
        others = [person for person in _active(people) if person.id != reported.author_id]
        for reporter in others[:2]:
            moderation.report(reporter, reported, reason, note)
    with transaction() as session:
        centre_id = people[OTHER.email].centre_id
        for age, (address, name) in enumerate(INVITED, 3):
            set_clock(now - timedelta(days=age))
            email = f"{address}@demo.example.org"
            invitations.invite(session, people[COORDINATOR.email], email, name, None, centre_id, "fr")
    set_clock(now - timedelta(minutes=30))
    target = f"/e/{DRAFT.space}/{components[DRAFT.space][0].id}/new"
    fields = {"title": DRAFT.title, "body": DRAFT.body}
    contributions.save_draft(people[MEMBER.email], "proposals.new", target, fields)


def _vote(voters: list[Member], contribution_id: int, choices: dict[int, float], rng: random.Random) -> None:
    for voter in voters:
        contribution = vote_queries.find_votable(contribution_id)
        assert contribution is not None
        if contribution.author_id != voter.id:
            value = rng.choices(list(choices), list(choices.values()))[0]
            votes.cast(voter, contribution, value)


def _active(people: dict[str, Member]) -> list[Member]:
    """Those who act, reloaded in this session."""
    quiet = {member.centre_id for member in people.values()}
    heard = sorted(centre_id for centre_id in quiet if centre_id)[:-SILENT]
    ids = [member.id for member in people.values() if member.centre_id in heard]
    return list(db.session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.id)))
