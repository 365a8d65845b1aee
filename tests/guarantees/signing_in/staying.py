"""B4: what is kept stays on this machine, whatever Windows and macOS would do with it.

Where wine and a Python for Windows are there (``tools/wine.sh``), the product keeps its profiles in the
credential manager there, by the keeper's process, and every entry is read back. Else Windows is a fake at the
system's edge under the library's own code; macOS is one always.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from leaddesk.personal.masked import Secret
from leaddesk.session.keeper import book as books
from leaddesk.session.keeper import keychain
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keeper.here import Entries
from leaddesk.session.keeper.keychain import Keychain, Named
from leaddesk.session.tokens import Profile
from tests.guarantees.figure import Figure
from tests.support.other_stores import LOCAL_MACHINE, Keychains, windows

ROOT = Path(__file__).resolve().parents[3]
WINDOWS = ROOT / "build" / "wine" / "python" / "python.exe"
ADDRESS = "https://api.example"
SHORT, FULL = 40, 2_000
DEVICE = Named("kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly")
PATIENCE = 300.0
AT_ONCE = 8
"""Further profiles; a window takes nine."""


def wine(env: Mapping[str, str]) -> str | None:
    """Return the path to look for wine along, if it can run a Python for Windows here."""
    path = f"{env.get('PATH', '')}:/usr/lib/wine"  # where Debian has it
    return path if WINDOWS.exists() and shutil.which("wine64", path=path) else None


def live(book: KeyringBook, rounds: int) -> list[str]:
    """Keep, rotate and forget profiles; gives what was not read back as it was written."""
    findings = list[str]()
    for number in range(rounds):
        name = f"profile-{number}"
        for token in ("first", "second"):
            profile = Profile(name, ADDRESS, Secret(f"{token}-{number}"))
            book.write(profile, True)
            if book.read(name) != profile:
                findings.append(f"{name}: the {token} token was not read back")
        if number >= AT_ONCE:
            old = f"profile-{number - AT_ONCE}"
            book.remove(old)
            findings += [f"{old}: not forgotten"] if book.read(old) is not None else []
    return findings


def on_windows(rounds: int, *, planted: bool) -> tuple[int, list[str]]:
    """Over the fake; planted: as the library does it."""
    with windows() as (vault, backend), ExitStack() as stack:
        if planted:
            stack.enter_context(patch.object(books, "kept_here", lambda found: found))
        findings = live(_book(backend, stack), rounds)
        findings += [f"{one['TargetName']} roams" for one in vault.ever if one["Persist"] != LOCAL_MACHINE]
        strays = [target for target in vault.entries if "@" in target]
        return len(vault.ever), findings + [f"{target}: a second copy" for target in strays]


def on_a_mac(rounds: int, *, planted: bool, entitled: bool) -> tuple[int, list[str]]:
    """Over the fake; planted: any device may read it."""
    keychains, backend = Keychains(entitled=entitled), object()
    kept: Callable[[object], Entries] = lambda _backend: Keychain(keychains)  # noqa: E731
    with ExitStack() as stack:
        stack.enter_context(patch.object(books, "kept_here", kept))
        if planted:
            anywhere = Named("kSecAttrAccessibleAfterFirstUnlock")
            stack.enter_context(patch.object(keychain, "HERE_ONLY", anywhere))
        findings = live(_book(backend, stack), rounds)
    for (protected, service, user), item in keychains.ever:
        if protected != entitled:
            findings.append(f"{service}: in the other keychain")
        told = item.get("kSecAttrAccessible"), item.get("kSecAttrSynchronizable")
        if protected and told != (DEVICE, False):
            findings.append(f"{user}: leaves the device")
        if not protected and "kSecAttrSynchronizable" in item:
            findings.append(f"{user}: in the login keychain, and said to travel")
    if keychains.added != rounds + 1:
        findings.append(f"{keychains.added} items were made of {rounds}: changed by making anew")
    return len(keychains.ever), findings


def _book(backend: object, stack: ExitStack) -> KeyringBook:
    stack.enter_context(patch.object(books, "is_vetted", lambda _backend: True))
    return KeyringBook(lambda: backend)  # type: ignore[arg-type, return-value]


async def under_wine(env: Mapping[str, str], path: str, rounds: int) -> tuple[int, list[str]]:
    """Run the product on Windows' Python; gives what it found in the credential manager."""
    own = {"WINEPREFIX": str(WINDOWS.parents[1] / "prefix"), "WINEDEBUG": "-all", "PATH": path}
    own |= {name: env[name] for name in ("HOME", "DISPLAY") if name in env}
    words = ["wine64", str(WINDOWS), "-B", "-m", "tests.guarantees.signing_in.under_wine", str(rounds)]
    process = await asyncio.create_subprocess_exec(
        *words, env=own, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE):
        said, trouble = await process.communicate()
    try:
        found = json.loads(said.splitlines()[-1])
    except (IndexError, ValueError):
        return 0, [f"nothing was heard from wine: {trouble.decode(errors='replace').strip()[-200:]}"]
    return found["looked"], found["findings"]


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Keep, rotate, forget and read back on each system; planted: the library's own ways."""
    rounds = FULL if os.environ.get("FULL") == "1" else SHORT
    looked, findings = on_windows(rounds, planted=planted)
    how, path = "simulated", wine(env)
    for entitled in (True, False):
        more, wrong = on_a_mac(rounds, planted=planted, entitled=entitled)
        looked, findings = looked + more, findings + wrong
    if path is not None and not planted:
        more, wrong = await under_wine(env, path, min(rounds, 100))
        looked, findings = looked + more, findings + wrong
        how = "Windows under wine, macOS simulated"
    return Figure(f"stays here: {{found}} of {{looked:,}} entries may leave, {how}", looked, tuple(findings))
