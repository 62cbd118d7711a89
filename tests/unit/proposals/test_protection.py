"""An adversary who reads every figure, and knows how they are made, works out no vote and no small centre's voice.

The adversary enumerates every electorate that would have been told the same: any number of voters in each centre and
outside of them, or, harder, nobody outside. They may also be one of the voters, and know their own vote.
"""

from collections.abc import Iterable

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from participa.proposals.results.protection import Split, Told, _may_go_on, told_of, voice_of, voices

Splits = set[Split]


def splits(fewest: int, most: int) -> list[Split]:
    return [
        (a, b, n - a - b) for n in range(fewest, most + 1) for a in range(n + 1) for b in range(n - a + 1)
    ]


SMALL = splits(1, 2)


def plus(left: Iterable[Split], right: Iterable[Split], most: Split) -> Splits:
    sums = ((a + x, b + y, c + z) for a, b, c in left for x, y, z in right)
    return {one for one in sums if all(n <= limit for n, limit in zip(one, most, strict=True))}


class Adversary:
    """Knows the split of persons, who took part, which voices were told and which centres were looked at."""

    def __init__(
        self, persons: Split, told: list[int | None], looked_at: set[int], *, all_have_a_centre: bool
    ) -> None:
        self.persons, self.told, self.closed = persons, told, all_have_a_centre
        n = sum(persons)
        self.may_be: list[list[Split]] = []
        for place, voice in enumerate(told):
            if voice is not None:
                self.may_be.append([one for one in splits(3, n) if voice_of(one) == voice])
            else:
                self.may_be.append(SMALL if place in looked_at else splits(1, n))

    def possible(self, place: int, only: list[Split], me: tuple[int, int] | None = None) -> list[Split]:
        """What a centre's voters may have said; `me` is the adversary's own place (−1 for none) and value."""
        rest: Splits = {(0, 0, 0)}
        if me is not None and me[0] == -1:
            rest = {tuple(int(value == me[1]) for value in range(3))}  # type: ignore[arg-type]
        for other, may_be in enumerate(self.may_be):
            if other != place:
                mine = me is not None and me[0] == other
                rest = plus(rest, [s for s in may_be if not mine or s[me[1]]] if me else may_be, self.persons)
        return [split for split in only if any(self._agrees(one, split) for one in rest)]

    def _agrees(self, one: Split, other: Split) -> bool:
        left = [limit - a - b for limit, a, b in zip(self.persons, one, other, strict=True)]
        return min(left) >= 0 and (not self.closed or not any(left))

    def selves(self) -> list[tuple[int, int] | None]:
        """Who the adversary may be: nobody who voted, or one voter of each place and value."""
        places = [*range(len(self.told))] if self.closed else [-1, *range(len(self.told))]
        return [None, *((place, value) for place in places for value in range(3) if self.persons[value])]

    def learns(self) -> list[str]:
        """The votes and voices of small centres that are certain."""
        found = []
        for place, voice in enumerate(self.told):
            if voice is None:
                for me in self.selves():
                    if me is None or me[0] != place:
                        heard = {voice_of(split) for split in self.possible(place, SMALL, me)}
                        if len(heard) == 1:
                            found.append(f"centre {place} says {heard}, known to {me}")
            else:
                possible = self.possible(place, self.may_be[place])
                said = {tuple(value for value in range(3) if split[value]) for split in possible}
                if len(said) == 1 and len(next(iter(said))) == 1:
                    found.append(f"all voters of centre {place} say {said}")
        return found


def looked_at(persons: Split, told: list[int | None]) -> set[int]:
    """The centres that were looked at before nothing more was told, which the adversary works out as well."""
    seen: set[int] = set()
    said = [0, 0, 0]
    for place, voice in enumerate(told):
        if not _may_go_on(persons, (said[0], said[1], said[2]), place, len(told)):
            break
        seen.add(place)
        if voice is not None:
            said[voice] += 1
    return seen


small_splits = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 3)).filter(any)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(
    centres=st.lists(small_splits, min_size=1, max_size=4),
    outside=st.tuples(*[st.integers(0, 2)] * 3),
    closed=st.booleans(),
)
def test_no_vote_and_no_small_centres_voice_can_be_worked_out(
    centres: list[Split], outside: Split, closed: bool
) -> None:
    everyone = centres if closed else [*centres, outside]
    persons: Split = tuple(sum(column) for column in zip(*everyone, strict=True))
    assume(6 <= sum(persons) <= 11)
    told = voices(persons, centres)
    if told_of(persons) == Told.EXACT:
        seen = looked_at(persons, told)
        assert Adversary(persons, told, seen, all_have_a_centre=closed).learns() == []
    else:
        assert set(told) == {None}


@given(st.tuples(*[st.integers(0, 12)] * 3))
def test_persons_are_told_so_that_each_vote_stays_open_even_to_another_voter(persons: Split) -> None:
    told = told_of(persons)
    same = [
        other
        for other in splits(sum(persons), sum(persons))
        if told_of(other) == told
        and (told != Told.EXACT or other == persons)
        and (told != Told.LARGEST or other.index(max(other)) == persons.index(max(persons)))
    ]
    for mine in range(3):
        without_me = [s for s in same if s[mine]]
        if persons[mine] and sum(persons) > 1:
            others = {value for s in without_me for value in range(3) if s[value] - (value == mine) > 0}
            assert len(others) >= 2


def test_a_unanimous_vote_tells_only_which_value_is_the_largest() -> None:
    assert told_of((9, 0, 0)) == told_of((8, 0, 1)) == told_of((7, 1, 1)) == Told.LARGEST
    assert told_of((6, 1, 2)) == Told.EXACT
    assert told_of((3, 1, 1)) == Told.NOTHING


def test_a_centre_has_a_voice_from_three_voters_on_and_a_tie_is_mixed() -> None:
    centres = [(5, 1, 0), (2, 0, 2), (0, 1, 4), (2, 0, 0), (0, 0, 1), (1, 0, 0), (1, 1, 0)]
    told = voices((30, 8, 20), centres)
    assert told == [0, 1, 2, None, None, None, None]
    assert voice_of((1, 1, 1)) == 1


def test_nothing_more_is_told_where_a_voice_would_leave_one_vote_open_to_a_sum() -> None:
    # Five of one centre say three for and two against; the last one, alone in theirs, can only be the third against.
    assert voices((3, 0, 3), [(3, 0, 2), (0, 0, 1)]) == [None, None]


def test_who_is_looked_at_first_changes_from_one_proposal_to_the_next() -> None:
    centres = [(3, 0, 1), (0, 0, 1), (0, 1, 0), (1, 0, 3)]
    told = [voices((4, 2, 4), centres, start) for start in range(5)]
    assert told[4] == told[0]
    assert {tuple(one) for one in told} != {tuple(told[0])}
