"""New passwords: long enough, not among the most frequent, not made of what everybody knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.choosing.rule import (
    LONGEST,
    SHORTEST,
    Weakness,
    WeakPassword,
    check_password,
    drawn_password,
)
from leaddesk.server.identity.passwords import Credential, Passwords

ABOUT = ("Nordwind Solar AG", "Ada Lund", "ada.lundqvist@nordwind.example")


def weakness(password: str, *, second_factor: bool = False) -> Weakness | None:
    try:
        check_password(Secret(password), ABOUT, second_factor=second_factor)
    except WeakPassword as weak:
        assert len(password) < 8 or password not in f"{weak} {weak!r}"
        return weak.weakness
    return None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",  # words may be common, their sequence is not
        "ganz ohne ziffern und zeichen",
        "Übermäßig große Füße",
        "x" + "🦊 fährt nach Kiel",
        "kein_Wort-über.Ada-Lund",
        "8472 9315 6027 1",
    ],
)
def test_what_is_long_and_nobodys_guess_is_taken(password: str) -> None:
    assert weakness(password) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Tr0ub4dor&3-a.b", None),
        ("Tr0ub4dor&3-a.", Weakness.TOO_SHORT),
        ("kiel fährt weg" + "\u0301", Weakness.TOO_SHORT),  # a letter and its accent are one character
        ("x7" * 101, Weakness.TOO_LONG),
        ("sechzehn\nzeichen", Weakness.NOT_TEXT),
        ("passwordpassword", Weakness.COMMON),
        ("Password Password", Weakness.COMMON),
        ("PASSWORD1234567", Weakness.COMMON),
        ("starwars-football", Weakness.COMMON),
        ("123456789012345", Weakness.GUESSABLE),
        ("qwertzuiopasdfghjkl", Weakness.GUESSABLE),
        ("zyxwvutsrqponml", Weakness.GUESSABLE),
        ("aaaaaaaaaaaaaaaaaaaa", Weakness.GUESSABLE),
        ("Kiel7Kiel7Kiel7Kiel7", Weakness.GUESSABLE),
        ("Nordwind2026!!!!", Weakness.GUESSABLE),
        ("leaddesk-nordwind-1", Weakness.GUESSABLE),
        ("ada.lundqvist.2026", Weakness.GUESSABLE),
    ],
)
def test_what_is_short_common_or_known_is_not(password: str, why: Weakness | None) -> None:
    assert weakness(password) is why


def test_beside_a_second_factor_eight_are_enough_and_common_ones_still_common() -> None:
    assert weakness("fuchs+9q", second_factor=True) is None
    assert weakness("fuchs+9", second_factor=True) is Weakness.TOO_SHORT
    assert weakness("baseball", second_factor=True) is Weakness.COMMON
    assert weakness("nicholas", second_factor=True) is Weakness.COMMON  # only in the list


@given(st.text(max_size=LONGEST + 20))
def test_any_text_is_taken_or_refused(password: str) -> None:
    if weakness(password) is None:
        assert len(password) >= SHORTEST / 18  # one character may stand for eighteen (NFKC)


def test_a_drawn_one_is_taken_and_never_the_same() -> None:
    drawn = [drawn_password() for _ in range(200)]
    for one in drawn:
        check_password(one, ABOUT)
    assert len({one.reveal() for one in drawn}) == 200


@pytest.mark.parametrize("hashed_before", [False, True])
async def test_a_password_is_the_same_however_a_keyboard_writes_it(hashed_before: bool) -> None:
    composed, decomposed = (
        "Gr\u00fc\u00dfe aus K\u00f6ln am Rhein",
        "Gru\u0308\u00dfe aus Ko\u0308ln am Rhein",
    )
    passwords = Passwords(memory_kib=64, passes=1)
    for kept, typed in ((composed, decomposed), (decomposed, composed)):
        credential = Credential(Secret(kept))
        if hashed_before:
            passwords.use_up(credential)
        assert await passwords.matches(credential, Secret(typed))
        assert not await passwords.matches(credential, Secret(typed + "."))
    passwords.close()
