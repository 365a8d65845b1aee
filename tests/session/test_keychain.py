"""macOS' keychain, made up: entries of this device, changed where they stand (guarantee B4)."""

from __future__ import annotations

import pytest

from leaddesk.session.keeper.keychain import Keychain, KeychainFailed, KeyringLocked, Query
from tests.support.other_stores import Keychains


def test_an_entry_is_changed_where_it_stands_and_keeps_what_was_allowed() -> None:
    security = Keychains(entitled=True)
    keychain = Keychain(security)
    for secret in ("first", "zweiter – ü"):
        keychain.set_password("leaddesk", "profiles", secret)
        assert keychain.get_password("leaddesk", "profiles") == secret
    assert security.added == 1


def test_what_an_unsigned_program_kept_is_found_and_forgotten_by_a_signed_one() -> None:
    security = Keychains(entitled=False)
    keychain = Keychain(security)
    keychain.set_password("leaddesk", "profiles", "before")
    security.entitled = True
    assert keychain.get_password("leaddesk", "profiles") == "before"
    keychain.set_password("leaddesk", "profiles", "after")
    assert keychain.get_password("leaddesk", "profiles") == "after"
    keychain.delete_password("leaddesk", "profiles")
    assert security.items == {}
    assert keychain.get_password("leaddesk", "profiles") is None


def test_a_person_who_says_no_is_a_locked_keyring() -> None:
    security = Keychains(entitled=True)
    keychain = Keychain(security)
    keychain.set_password("leaddesk", "profiles", "kept")
    security.denies = True
    with pytest.raises(KeyringLocked):
        keychain.get_password("leaddesk", "profiles")
    with pytest.raises(KeyringLocked):
        keychain.set_password("leaddesk", "profiles", "newer")


def test_what_could_be_written_nowhere_is_told() -> None:
    class Nowhere(Keychains):
        def add(self, query: Query) -> int:
            return -34018

    with pytest.raises(KeychainFailed):
        Keychain(Nowhere(entitled=True)).set_password("leaddesk", "profiles", "lost")
