"""Every kind of page passes axe and fits, on wide and narrow screens, in the light and in the dark."""

import pytest

from tests.browser.conftest import Live, Visitor
from tests.browser.looking import walk


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_can_be_used_on_every_screen(live: Live, visit: Visitor, width: int, dark: bool) -> None:
    walk(live, visit, width=width, dark=dark)
