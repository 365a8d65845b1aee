import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from leaddesk.store.search.folding import fold, terms_of


def plain_fold(text: str) -> str:
    """Fold the slow and obvious way: compatibility forms, case, no combining marks."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in spread if not unicodedata.combining(char))


def test_case_accents_ligatures_and_width_do_not_matter() -> None:
    assert fold("Wärmepumpe") == fold("WARMEPUMPE") == b"warmepumpe"
    assert fold("Yıldırım-Groß, Søren Kővári ﬁ Ａｂ ℡") == b"yildirim-gross, soren kovari fi ab tel"


def test_a_letter_of_its_own_keeps_its_place() -> None:
    assert fold("Пётр 山田") == "петр 山田".encode()


@given(st.text())
def test_folding_agrees_with_the_slow_way_but_for_bare_letters_and_gaps(text: str) -> None:
    plain = plain_fold(text)
    folded = fold(text).decode("utf-8", "surrogatepass")
    for own, bare in {
        "ı": "i",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
    }.items():
        plain = plain.replace(own, bare)
    assert folded == "".join(" " if char in "\0\x1c\x1d\x1e\x1f" else char for char in plain)


@given(st.text(), st.text())
def test_the_fold_of_a_text_is_the_folds_of_its_parts(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


def test_no_character_folds_to_a_separator() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert not set(b"\0\x1c\x1d\x1e\x1f") & set(fold(every))


def test_terms_are_folded_and_the_longest_comes_first() -> None:
    assert terms_of("  Kiel WÄRME\tkie ") == (b"warme", b"kiel")


def test_a_term_within_another_adds_nothing() -> None:
    assert terms_of("pumpe Wärmepumpe warm") == (b"warmepumpe",)


def test_no_words_are_no_terms() -> None:
    assert terms_of(" \t ") == terms_of("") == ()
