"""Members are told apart, signed in or not."""

from tests.factories import Factory


def test_two_members_without_a_session_are_two(make: Factory) -> None:
    one, other = make.member(), make.member()
    assert one != other
    assert len({one, other, one}) == 2
