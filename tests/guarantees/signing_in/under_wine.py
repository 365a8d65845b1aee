"""What runs on a Python for Windows: the product keeps profiles, and every entry is read back.

First by the book in this process, then by a vault and the keeper's process, as the client does. The last line
of the output is JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys

from leaddesk.personal.masked import Secret
from leaddesk.session.keeper.book import KeyringBook
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.tokens import Profile
from leaddesk.session.vault import VaultNote

LOCAL_MACHINE, GENERIC, NOT_FOUND = 2, 1, 1168
ADDRESS = "https://api.example"


def persistence(target: str) -> int | None:
    """Ask the credential manager itself."""
    from win32ctypes.pywin32 import pywintypes, win32cred

    try:
        return int(win32cred.CredRead(Type=GENERIC, TargetName=target)["Persist"])
    except pywintypes.error as failure:
        if failure.winerror == NOT_FOUND:
            return None
        raise


def by_the_book(rounds: int) -> tuple[int, list[str]]:
    """Keep, rotate, read back, forget."""
    book, findings, looked = KeyringBook(), list[str](), 0
    for number in range(rounds):
        name = f"profile-{number}"
        for token in ("first", "second"):
            profile = Profile(name, ADDRESS, Secret(f"{token}-{number}"))
            book.write(profile, True)
            looked += 1
            if book.read(name) != profile:
                findings.append(f"{name}: the {token} token was not read back")
            for target in (f"leaddesk/{name}", "leaddesk"):
                if persistence(target) != LOCAL_MACHINE:
                    findings.append(f"{target}: persistence {persistence(target)}")
            if persistence(f"{name}@leaddesk/{name}") is not None:
                findings.append(f"{name}: a second copy")
        book.remove(name)
        if persistence(f"leaddesk/{name}") is not None:
            findings.append(f"{name}: not forgotten")
    if persistence("leaddesk") is not None:
        findings.append("the list outlived the last profile")
    return looked, findings


async def by_the_keeper() -> list[str]:
    """Keep and find a profile as the client does."""
    profile = Profile("kept", ADDRESS, Secret("x" * 1_000))
    vault, later = KeyringVault(seconds=120), KeyringVault(seconds=120)
    await vault.store(profile)
    findings = [] if vault.note is VaultNote.KEPT else [f"the keeper said {vault.note}"]
    findings += [] if persistence("leaddesk/kept") == LOCAL_MACHINE else ["the keeper's entry roams"]
    findings += [] if await later.load(ADDRESS) == profile else ["the keeper found nothing"]
    await later.remove(profile)
    return findings + ([] if persistence("leaddesk/kept") is None else ["the keeper forgot nothing"])


if __name__ == "__main__":
    counted, wrong = by_the_book(int(sys.argv[1]))
    wrong += asyncio.run(by_the_keeper())
    sys.stdout.write("\n" + json.dumps({"looked": counted + 1, "findings": wrong}) + "\n")
