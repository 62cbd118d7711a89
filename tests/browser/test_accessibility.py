"""Every kind of page passes axe on a wide light screen; the long checks try all its states, on other screens too."""

from tests.browser.conftest import Live, Visitor
from tests.browser.looking import walk


def test_every_page_can_be_used_by_everybody(live: Live, visit: Visitor) -> None:
    walk(live, visit, width=1280, dark=False, each_kind_once=True)
