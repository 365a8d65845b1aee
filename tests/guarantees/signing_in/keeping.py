"""B1 and B3: which keyrings may hold a token, and that whatever is kept there fits into the smallest.

The smallest is Windows' with 1,280 UTF-16 units; what would be longer stays in memory and is told.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from unittest.mock import patch

from leaddesk.personal.masked import Secret
from leaddesk.session import keyring_backends, keyring_vault
from leaddesk.session.keeper import book
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_backends import choose_backend, is_vetted
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote
from tests.guarantees.figure import Figure
from tests.session.test_keyring_vault import REFUSED, FakeKeyring

ADDRESS = "https://api.example"
WINDOWS_UNITS, LONGEST = 1_280, 10_000
STEP = 97


async def vetted(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Offer every unvetted keyring, and have the environment name one; with ``planted`` nobody looks."""
    findings: list[str] = []
    look = (lambda _backend: True) if planted else is_vetted
    with patch.object(book, "is_vetted", look):
        for name, kind in REFUSED.items():
            vault = KeyringVault(KeyringBook(kind), seconds=30)
            await vault.store(Profile("p", ADDRESS, Secret("token")))
            if vault.note is not VaultNote.REFUSED:
                findings.append(f"{name}: {vault.note}")
    named = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    ours = dict.fromkeys(keyring_backends.VETTED, ((FakeKeyring.__module__, "FakeKeyring"),))
    with patch.dict(os.environ, named), patch.dict(keyring_backends.VETTED, ours):
        if type(choose_backend()) is not FakeKeyring:
            findings.append("the environment chose")
    kept = len(REFUSED) + 1
    return Figure("vetted stores: {found} of {looked} others taken", kept, tuple(findings), enough=11)


async def fits(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Keep tokens of every length; with ``planted`` there is no limit to what is written."""
    every = 1 if os.environ.get("FULL") == "1" else STEP
    lengths, findings, fake = range(1, LONGEST + 1, every), list[str](), FakeKeyring()
    vault = KeyringVault(KeyringBook(lambda: fake), seconds=30)
    ours = dict.fromkeys(keyring_backends.VETTED, ((FakeKeyring.__module__, "FakeKeyring"),))
    cap = LONGEST * 2 if planted else keyring_vault.PROFILE_CAP
    with patch.dict(keyring_backends.VETTED, ours), patch.object(keyring_vault, "PROFILE_CAP", cap):
        for length in lengths:
            profile = Profile("p", ADDRESS, Secret("x" * length))
            await vault.store(profile)
            units = [len(text.encode("utf-16-le")) // 2 for text in fake.entries.values()]
            if max(units, default=0) > WINDOWS_UNITS:
                findings.append(f"{length}: {max(units)} units")
            whole = await vault.load(ADDRESS) == profile
            told = vault.note is VaultNote.TOO_LARGE or await vault.reread(profile) == profile
            if not whole and not told:
                findings.append(f"{length}: lost")
    return Figure("fits: {found} of {looked:,} lengths lost or too long", len(lengths), tuple(findings))
