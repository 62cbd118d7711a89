from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from participa.auth import throttle
from participa.auth.models import SignInFailure
from participa.db import clock
from participa.errors import TooManyTries


def tries(gate: throttle.Gate, most: int = 200) -> int:
    """How many tries in a row a gate lets through at one moment."""
    for n in range(most):
        try:
            throttle.take_turns(gate)
        except TooManyTries:
            return n
    return most


def wait_of(gate: throttle.Gate) -> int:
    with pytest.raises(TooManyTries) as told:
        throttle.take_turns(gate)
    return told.value.seconds


def test_waits_grow_up_to_a_quarter_of_an_hour(session: Any, at: Any) -> None:
    gate = throttle.account("ada@exemple.fr")
    assert tries(gate) == gate.free

    waits = []
    for _ in range(12):
        waits.append(wait_of(gate))
        at(clock() + timedelta(seconds=waits[-1]))
        throttle.take_turns(gate)

    assert waits[:4] == [4, 8, 16, 32]
    assert waits == sorted(waits)
    assert waits[-1] == throttle.LONGEST


def test_a_refused_try_does_not_make_the_wait_longer(session: Any, at: Any) -> None:
    gate = throttle.account("ada@exemple.fr")
    tries(gate)

    assert {wait_of(gate) for _ in range(5)} == {4}
    at(clock() + timedelta(seconds=3))
    assert wait_of(gate) == 1


def test_a_refusal_at_one_gate_counts_at_none(session: Any) -> None:
    account, address = throttle.account("ada@exemple.fr"), throttle.address("192.0.2.1")
    tries(account)

    for _ in range(3):
        with pytest.raises(TooManyTries):
            throttle.take_turns(account, address)

    assert session.get(SignInFailure, address.row) is None


def test_a_good_try_forgets_the_account_and_gives_its_turn_back_to_the_address(session: Any) -> None:
    account, address = throttle.account("ada@exemple.fr"), throttle.address("192.0.2.1")
    throttle.take_turns(account, address)
    throttle.take_turns(account, address)

    throttle.let_in(account, address)

    rows = dict(session.execute(select(SignInFailure.key, SignInFailure.count)).all())
    assert rows == {address.row: 1}


def test_a_day_without_a_try_forgets(session: Any, at: Any) -> None:
    gate = throttle.account("ada@exemple.fr")
    tries(gate)

    at(clock() + timedelta(days=1, minutes=1))

    assert tries(gate) == gate.free


def test_the_case_of_an_address_makes_no_second_counter(session: Any) -> None:
    tries(throttle.account("ada@exemple.fr"))

    assert tries(throttle.account("ADA@exemple.FR")) == 0


def test_neighbours_in_one_subscribers_block_count_together() -> None:
    assert throttle.network_of("2001:db8:1:2::1") == throttle.network_of("2001:db8:1:2:ffff::9")
    assert throttle.network_of("2001:db8:1:2::1") != throttle.network_of("2001:db8:1:3::1")
    assert throttle.network_of("192.0.2.7") == "192.0.2.7"
    assert throttle.network_of("unix:") == "unix:"


def test_the_table_tells_nobodys_address(session: Any) -> None:
    throttle.take_turns(throttle.account("ada@exemple.fr"), throttle.address("192.0.2.1"))

    for key in session.scalars(select(SignInFailure.key)):
        assert "ada" not in key
        assert "192" not in key


def test_old_counters_are_removed_and_young_ones_stay(session: Any, at: Any) -> None:
    throttle.take_turns(throttle.account("old@exemple.fr"))
    at(clock() + timedelta(hours=20))
    throttle.take_turns(throttle.account("young@exemple.fr"))
    at(clock() + timedelta(hours=5))

    throttle.purge()

    assert session.scalar(select(func.count()).select_from(SignInFailure)) == 1
