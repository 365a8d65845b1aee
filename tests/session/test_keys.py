"""API keys: what may be one, how one is called, and that it is kept as what it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.contract.people import Me, Right
from leaddesk.personal.masked import Secret
from leaddesk.session.keys import key as keys
from leaddesk.session.keys.key import LONGEST, NotAKey, holder_of, is_held_by, read_key
from leaddesk.session.tokens import PROFILE_CAP, Profile, read_profile

KEY = Secret("key-of-wagner-7f3a91c04be2")


@given(st.text(max_size=60))
def test_a_key_is_visible_ascii_or_no_key(text: str) -> None:
    """Nothing that could end a header and begin another one is ever a key."""
    try:
        key = read_key(Secret(text)).reveal()
    except NotAKey:
        return
    assert key and key == text.strip() and all(33 <= ord(sign) <= 126 for sign in key)


@pytest.mark.parametrize(
    ("length", "fits"), [(1, True), (LONGEST, True), (LONGEST + 1, False), (10_000, False)]
)
def test_a_key_has_a_length(length: int, fits: bool) -> None:
    if fits:
        assert read_key(Secret("k" * length)).reveal() == "k" * length
        return
    with pytest.raises(NotAKey) as refused:
        read_key(Secret("k" * length))
    assert refused.value.too_long and "k" * 9 not in repr(refused.value)


def test_an_entry_of_the_keyring_holds_the_longest_key() -> None:
    """Guarantee B3; the longest host name there is besides."""
    address = f"https://{'a' * 100}.example"
    entry = Profile("p", address, Secret("k" * LONGEST), is_key=True).to_text()
    assert len(entry) <= PROFILE_CAP
    found = read_profile("p", entry)
    assert found == Profile("p", address, Secret("k" * LONGEST), is_key=True)


def test_a_token_of_before_is_no_key() -> None:
    found = read_profile("p", '{"a":"https://leads.example","t":"r0"}')
    assert found is not None and not found.is_key and found.kept


def test_whoever_works_with_a_key_is_known_by_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a program that begins anew behind the lock, which has another salt."""
    before = Me.model_validate_json(holder_of(KEY).to_json())
    monkeypatch.setattr(keys, "_SALT", "another")
    assert before.by_key and is_held_by(before, KEY)
    assert not is_held_by(before, Secret("another-key"))
    assert holder_of(KEY).person.member_id != before.person.member_id
    assert KEY.reveal() not in before.to_json().decode() and before.rights == [
        Right.LEAD_READ,
        Right.LEAD_WRITE,
    ]


def test_a_person_is_held_by_no_key() -> None:
    person = holder_of(KEY).model_copy(
        update={"person": holder_of(KEY).person.model_copy(update={"urn": "urn:x"})}
    )
    assert not person.by_key and not is_held_by(person, KEY)
