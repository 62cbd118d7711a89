"""Merging, splitting and moving proposals gives nobody two readings of the same votes to subtract."""

from typing import Any

import pytest

from participa.authorization import Refused
from participa.proposals.forms import Draft
from participa.proposals.lineage import services
from participa.proposals.services import show_results
from participa.votes.queries import find_votable
from participa.votes.services import cast
from tests.factories import Factory

TEXT = Draft("Un texte commun assez long", "Un corps assez long pour être publié.")


@pytest.fixture
def voted(make: Factory) -> Any:
    """Two proposals voted on for, mixed or against, and another one."""
    component = make.component("proposals", settings={"ballot": "stance"})
    found = [make.proposal(component) for _ in range(2)]
    for one in found:
        votable = find_votable(one.id)
        assert votable is not None
        cast(make.member(centre=make.centre()), votable, -1)
    return found


def test_what_has_been_shown_is_not_merged(make: Factory, voted: Any) -> None:
    show_results(voted[0])
    with pytest.raises(Refused, match="results_shown"):
        services.merge(
            make.coordinator(),
            voted[0].component,
            {one.id: one.revision for one in voted},
            TEXT,
            first=voted[0].id,
        )


def test_a_vote_is_not_split_nor_moved_to_another_sort_of_vote(make: Factory, voted: Any) -> None:
    one, coordinator = voted[0], make.coordinator()
    with pytest.raises(Refused, match="split_secret"):
        services.split(coordinator, one.component, one.id, one.revision, [TEXT, TEXT])
    with pytest.raises(Refused, match="other_vote"):
        services.move(coordinator, one, make.component("proposals"))
    services.move(coordinator, one, make.component("proposals", settings={"ballot": "stance"}))
