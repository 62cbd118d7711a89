"""One stroke per centre."""

import re

from participa import display


def test_as_many_strokes_are_lit_as_centres_take_part() -> None:
    drawn = str(display.strokes(11, 19))
    whole, lit = re.findall(r"M0 6h(\d+)", drawn)
    assert ((int(whole) + 2) // 6, (int(lit) + 2) // 6) == (19, 11)
    assert 'class="bar"' not in drawn


def test_no_stroke_is_lit_when_nobody_takes_part() -> None:
    assert 'class="on"' not in display.strokes(0, 19)


def test_never_more_strokes_than_centres() -> None:
    assert display.strokes(25, 19) == display.strokes(19, 19)


def test_beyond_forty_centres_a_plain_bar_keeps_the_share() -> None:
    drawn = str(display.strokes(30, 60))
    assert 'class="bar"' in drawn
    assert re.findall(r"M0 6h(\d+)", drawn) == ["112", "56"]
    assert 'class="bar"' not in display.strokes(30, 40)


def test_the_pulse_lights_the_very_centres_that_spoke() -> None:
    rects = re.findall(r"<rect[^>]*>", str(display.pulse_of([True, False, True])))
    assert ['class="on"' in rect for rect in rects] == [True, False, True]


def test_the_pulse_of_many_centres_is_a_bar() -> None:
    rects = re.findall(r'width="([\d.]+)" height', str(display.pulse_of([True] * 30 + [False] * 30)))
    assert rects == ["186.7", "93.35"]


def test_the_wordmark_carries_one_dash_per_centre() -> None:
    assert 'd="M0 2h112"' in display.wordmark_strokes(19)
    assert 'class="bar"' in display.wordmark_strokes(0)
