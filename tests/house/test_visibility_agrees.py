"""What a reader may read is written as SQL and on a row: both say the same of random rows."""

import random
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from participa.authorization import Role
from participa.comments.models import Comment
from participa.comments.services import place
from participa.contributions.models import Contribution
from participa.contributions.policies import may_read
from participa.contributions.queries import visible_to
from participa.db import clock, db
from participa.debates.models import Argument
from participa.spaces.models import Component, Space, Visibility
from participa.spaces.policies import may_read_component, may_read_space
from participa.spaces.queries import readable_components, spaces_visible_to

STATES = (None, "withdrawn_at", "deleted_at", "hidden_at", "trashed_at")
SEED = 1789


@pytest.fixture
def readers(make):
    """A visitor, members with every role, an author, a coordinator; each with the spaces they belong to."""
    people = {role: make.member(f"Avec le rôle {role}") for role in Role}
    return people | {"plain": make.member(), "author": make.member(), "coordinator": make.coordinator()}


@pytest.fixture
def everything(session, make, readers):
    """Spaces of every visibility, published or not, with components and texts in every state, by chance."""
    chance = random.Random(SEED)
    for n, (visibility, published, trashed) in enumerate(product(Visibility, (True, False), (True, False))):
        space = make.space(f"Espace numéro {n}", visibility=visibility, published=published)
        if trashed:
            space.trashed_at = clock()
        for role in Role:
            if chance.random() < 0.7:
                make.role(readers[role], space, role)
        for holder in ("author", "coordinator"):
            if chance.random() < 0.3:
                make.role(readers[holder], space, chance.choice(list(Role)))
        combinations = list(product((True, False), (True, False)))
        for component_published, component_trashed in [(True, False), chance.choice(combinations)]:
            component = make.component("debates", space, published=component_published)
            if component_trashed:
                component.trashed_at = clock()
            for state in chance.sample(STATES, 1 if component_trashed or trashed else 3):
                author = readers[chance.choice(["author", "plain", Role.MODERATOR])]
                debate = make.debate(component, author)
                _put_in(debate, state)
                argument = Argument(
                    component=component,
                    author=readers[chance.choice(["author", "plain"])],
                    about=debate,
                    debate_id=debate.id,
                    side=1,
                    body="Un argument.",
                    html="<p>Un argument.</p>",
                    created_at=clock(),
                    published_at=clock(),
                    last_activity_at=clock(),
                )
                _put_in(argument, chance.choice(STATES))
                argument.restricted = chance.random() < 0.5
                session.add(argument)
                session.flush()
                answer = Comment(
                    component=component,
                    author=readers[chance.choice(["author", "plain"])],
                    body="Une réponse.",
                    html="<p>Une réponse.</p>",
                    created_at=clock(),
                    published_at=clock(),
                    last_activity_at=clock(),
                )
                place(answer, argument)
                _put_in(answer, chance.choice(STATES))
                session.add(answer)
    session.commit()
    return [None, *readers.values()]


def _put_in(contribution, state):
    if state is not None:
        setattr(contribution, state, clock())


def _actors(make, everything):
    chance = random.Random(SEED)
    spaces, components = (
        db.session.scalars(select(Space.id)).all(),
        db.session.scalars(select(Component.id)).all(),
    )
    for member in everything:
        for visitors_may_read in (True, False):
            actor = make.actor(member, visitors_may_read=visitors_may_read)
            yield actor
            yield replace(
                actor,
                previews=frozenset(chance.sample(spaces, 8)),
                previewed_components=frozenset(chance.sample(components, 12)),
            )


def test_the_condition_and_the_policy_agree_on_spaces_components_and_contributions(session, make, everything):
    spaces = session.scalars(select(Space)).all()
    components = session.scalars(select(Component).options(joinedload(Component.space))).all()
    root = aliased(Contribution, flat=True)
    texts = session.scalars(
        select(Contribution)
        .outerjoin(root, root.id == Contribution.about_id)
        .options(
            joinedload(Contribution.component).joinedload(Component.space),
            joinedload(Contribution.about),
            joinedload(Contribution.within),
        )
    ).all()
    answers = set()
    for actor in _actors(make, everything):
        listed = set(session.scalars(select(Space.id).where(spaces_visible_to(actor))))
        assert listed == {space.id for space in spaces if may_read_space(actor, space)}, actor

        listed = set(session.scalars(readable_components(actor)))
        assert listed == {component.id for component in components if may_read_component(actor, component)}, (
            actor
        )

        listed = set(session.scalars(select(Contribution.id).where(visible_to(actor))))
        assert listed == {text.id for text in texts if may_read(actor, text)}, actor
        answers.add(len(listed))
    assert len(answers) > 5, "the rows must tell readers apart"
