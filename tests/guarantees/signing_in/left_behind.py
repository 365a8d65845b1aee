"""B7, its other half: what a keyring did not remove at a sign-out goes once it is well, whoever works then.

A real Secret Service on a bus of its own is locked, stopped, or answers everything with an error while
somebody signs out; somebody else signs in; then it is well again.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from leaddesk.desk.account import keeping
from leaddesk.desk.account.keeping import Keeping
from leaddesk.session.keyring_vault import KeyringVault
from tests.desk.conftest import Office, Town
from tests.support.secret_service import ILLS, Service, secret_service

PAUSE, LONGEST, PATIENCE = 0.05, 0.4, 60.0
PLANTED_PATIENCE = 1.0


async def removals(town: Town, rounds: int, *, planted: bool = False) -> list[str]:
    """Sign out while the keyring is ill in turn; with ``planted`` nobody tries again. Gives what is wrong."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        service = stack.enter_context(secret_service(folder, environment, bare=True))
        service.start()
        for name, seconds in (("FIRST_PAUSE", PAUSE), ("LONGEST_PAUSE", LONGEST)):
            stack.enter_context(patch.object(keeping, name, seconds))
        chance = random.Random(rounds)
        found = [
            await _one(town, service, ILLS[number % len(ILLS)], chance, planted=planted)
            for number in range(rounds)
        ]
    return [finding for finding in found if finding]


async def _one(town: Town, service: Service, ill: str, chance: random.Random, *, planted: bool) -> str:
    vault = KeyringVault()
    work = asyncio.create_task(asyncio.sleep(0) if planted else Keeping(vault).run())
    leaving, staying = await _office(town, vault), await _office(town, vault)
    await leaving.sign_in("Jens")
    profile = leaving.session.bearer.profile
    assert profile is not None
    mend = await asyncio.to_thread(service.falls_ill, ill)
    await leaving.desk.sign_in.sign_out()
    owed = bool(vault.doomed)
    await staying.sign_in("Maren")
    await asyncio.sleep(chance.uniform(0, LONGEST))
    await asyncio.to_thread(mend)
    gone = await _gone(vault, PLANTED_PATIENCE if planted else PATIENCE)
    looking, kept = KeyringVault(seconds=PATIENCE), staying.session.bearer.profile
    assert kept is not None
    wrong = [] if owed else ["it was removed although the keyring was ill"]
    wrong += [] if gone else ["the entry stayed"]
    wrong += [] if await looking.names() == (kept.profile_id,) else ["the list names another"]
    wrong += [] if await looking.read(profile.profile_id) is None else ["it can be read"]
    await staying.desk.sign_in.sign_out()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    return f"{ill}: {', '.join(wrong)}" if wrong else ""


async def _gone(vault: KeyringVault, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            while vault.doomed:  # noqa: ASYNC110 - the vault tells of notes, not of this
                await asyncio.sleep(0.02)
    except TimeoutError:
        return False
    return True


async def _office(town: Town, vault: KeyringVault) -> Office:
    made = await town.office()
    made.session.vault = made.session.bearer._vault = vault
    return made
