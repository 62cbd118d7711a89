"""Comparing texts word by word."""

from hypothesis import given
from hypothesis import strategies as st

from participa.contributions.versions import Comparison, compare


def texts(comparison: Comparison) -> tuple[list[str], list[str]]:
    """What the comparison says that both texts were."""
    before = ["".join(w for s, w in pieces if s != "+") for pieces in comparison.paragraphs]
    after = ["".join(w for s, w in pieces if s != "-") for pieces in comparison.paragraphs]
    return [line for line in before if line], [line for line in after if line]


def test_the_words_that_changed_are_found_in_their_paragraph() -> None:
    found = compare("Bonjour.\n\nÀ deux conditions claires.", "Bonjour.\n\nÀ trois conditions claires.")

    assert found.paragraphs == [
        [("=", "Bonjour.")],
        [("=", "À "), ("-", "deux "), ("+", "trois "), ("=", "conditions claires.")],
    ]
    assert (found.added, found.removed) == (1, 1)
    assert len(found.changed) == 1


words = st.lists(st.sampled_from(["un", "deux", "trois", "quatre", "\n", "\n\n"]), max_size=40).map(" ".join)


@given(words, words)
def test_both_texts_can_be_read_back_from_their_comparison(old: str, new: str) -> None:
    before, after = texts(compare(old, new))

    assert "".join(before).split() == old.split()
    assert "".join(after).split() == new.split()


def test_texts_too_long_to_compare_by_word_are_compared_whole() -> None:
    long = " ".join(f"mot{n}" for n in range(1500))

    found = compare(f"{long} fin", f"{long} autre fin")

    assert not found.by_word
    assert [sign for sign, _ in found.paragraphs[0]] == ["-", "+"]
    assert not compare("a\n" * 1500, "b\n" * 1500).by_word
