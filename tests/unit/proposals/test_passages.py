"""An amendment is put into a text that changed underneath."""

from hypothesis import given, settings
from hypothesis import strategies as st

from participa.proposals.amendments.passages import together

BASE = "Un\nDeux\nTrois\nQuatre\nCinq"
texts = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=6).map(
    lambda lines: "\n".join(lines).strip("\n")
)


def test_changes_to_different_lines_go_together() -> None:
    made = together(BASE, "Un peu\nDeux\nTrois\nQuatre\nCinq", "Un\nDeux\nTrois\nQuatre\nCinq fois")

    assert made.text == "Un peu\nDeux\nTrois\nQuatre\nCinq fois"
    assert made.clashes == []


def test_lines_added_and_removed_on_either_side_go_together() -> None:
    made = together(BASE, "Zéro\nUn\nDeux\nTrois\nQuatre\nCinq", "Un\nDeux\nTrois\nCinq\nSix")

    assert made.text == "Zéro\nUn\nDeux\nTrois\nCinq\nSix"
    assert made.clashes == []


def test_a_line_that_both_sides_changed_is_shown_with_both() -> None:
    made = together(BASE, "Un\nDeux ans\nTrois\nQuatre\nCinq", "Un\nDeux mois\nTrois\nQuatre\nCinq")

    assert made.text == "Un\nDeux mois\nTrois\nQuatre\nCinq"
    (clash,) = made.clashes
    assert clash.theirs == [("=", "Deux "), ("+", "ans")] or ("+", "Deux ans") in clash.theirs
    assert any(sign == "+" and "mois" in words for sign, words in clash.amended)


def test_the_same_change_on_both_sides_is_no_clash() -> None:
    both = "Un\nDeux ans\nTrois\nQuatre\nCinq"

    assert together(BASE, both, both) == together(BASE, BASE, both)
    assert together(BASE, both, both).clashes == []


def test_lines_put_in_the_same_place_by_both_sides_are_a_clash() -> None:
    made = together("Un\nDeux", "Un\nici\nDeux", "Un\nlà\nDeux")

    assert made.text == "Un\nlà\nDeux"
    assert len(made.clashes) == 1


@settings(max_examples=150, deadline=None)
@given(base=texts, current=texts, amended=texts)
def test_one_side_alone_decides_where_the_other_left_the_text_as_it_was(
    base: str, current: str, amended: str
) -> None:
    assert together(base, base, amended).text.splitlines() == amended.splitlines()
    assert together(base, current, base).text.splitlines() == current.splitlines()
    assert together(base, base, amended).clashes == together(base, current, base).clashes == []
    made = together(base, current, amended)
    if not made.clashes:  # nobody's words are lost
        kept = set(made.text.splitlines())
        added = (set(current.splitlines()) | set(amended.splitlines())) - set(base.splitlines())
        assert added <= kept
