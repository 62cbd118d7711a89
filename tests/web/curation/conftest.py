"""What the tests of curating have in common."""

import pytest


@pytest.fixture
def space(make):
    """A space with a list of proposals that offers topics, and a list of debates."""
    space = make.space("Santé")
    make.component("proposals", space, topics=["Prévention", "Soins"])
    make.component("debates", space)
    return space


@pytest.fixture
def moderator(make, space):
    """Its moderator."""
    return make.moderator(space)


@pytest.fixture
def browser(moderator, sign_in):
    """The moderator's browser."""
    return sign_in(moderator)
