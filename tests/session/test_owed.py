"""What a keyring owes: each by itself, nothing that never was there, and nothing lost (guarantees B2, B7)."""

from __future__ import annotations

import pytest
from keyring.errors import KeyringLocked

from leaddesk.personal.masked import Secret
from leaddesk.session.keeper import book as books
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.tokens import Profile, only_named
from leaddesk.session.vault import VaultNote
from tests.session.test_keyring_vault import ADDRESS, FakeKeyring, fake, profile  # noqa: F401 - a fixture


class Stubborn(FakeKeyring):
    """Answers with an error for some entries only."""

    def __init__(self) -> None:
        super().__init__()
        self.stubborn: set[str] = set()

    def delete_password(self, service: str, username: str) -> None:
        if username in self.stubborn:
            raise RuntimeError("an error of this entry")
        super().delete_password(service, username)


@pytest.fixture
def stubborn(fake: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> Stubborn:  # noqa: F811
    monkeypatch.setattr(books, "is_vetted", lambda _backend: True)
    monkeypatch.setattr(books, "would_prompt", lambda _backend: False)
    return Stubborn()


async def test_an_entry_that_cannot_be_removed_holds_up_no_other(stubborn: Stubborn) -> None:
    vault = KeyringVault(KeyringBook(lambda: stubborn), seconds=30)
    for name in ("p", "q", "r"):
        await vault.store(profile(name))
    stubborn.stubborn = {"p"}
    await vault.remove(profile("p"))
    await vault.remove(profile("q"))
    assert vault.doomed == {"p"} and vault.note is VaultNote.NO_SERVICE
    await vault.store(profile("r", "t1"))
    assert await vault.reread(profile("r")) == profile("r", "t1"), "a token waited behind a removal"
    assert ("leaddesk/q", "q") not in stubborn.entries
    assert await vault.names() == ("r",), "nobody finds it any more"
    stubborn.stubborn.clear()
    await vault.settle()
    assert vault.doomed == set() and {user for _, user in stubborn.entries} == {"profiles", "r"}


@pytest.mark.parametrize("ill", ["absent", "locked"])
async def test_what_no_keyring_ever_took_is_not_said_to_be_in_one(stubborn: Stubborn, ill: str) -> None:
    stubborn.failure = KeyringLocked()
    vault = KeyringVault(KeyringBook(lambda: stubborn if ill == "locked" else None), seconds=30)
    await vault.store(profile())
    await vault.remove(profile())
    assert await vault.put_aside(Secret("key")) is None
    assert vault.doomed == set()


async def test_what_may_have_been_taken_before_an_error_is_removed(stubborn: Stubborn) -> None:
    stubborn.failure = RuntimeError("after it was written, or before")
    vault = KeyringVault(KeyringBook(lambda: stubborn), seconds=30)
    await vault.store(profile())
    await vault.remove(profile())
    assert vault.doomed == {"p"}


async def test_what_others_made_may_be_there(stubborn: Stubborn) -> None:
    """A process that begins anew, and a later start, know an entry by its name alone, or read it."""
    stubborn.entries["leaddesk", "profiles"] = '["q"]'
    stubborn.entries["leaddesk/q", "q"] = Profile("q", ADDRESS, Secret("t")).to_text()
    vault = KeyringVault(KeyringBook(lambda: stubborn), seconds=30)
    assert await vault.load(ADDRESS) is not None
    stubborn.failure = KeyringLocked()
    await vault.remove(only_named("p"))
    await vault.store(profile("q", "t1"))
    await vault.remove(only_named("q"))
    assert vault.doomed == {"p", "q"}
    stubborn.failure = None
    await vault.settle()
    assert vault.doomed == set() and stubborn.entries == {}
