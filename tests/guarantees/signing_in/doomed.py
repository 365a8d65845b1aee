"""A client that renews its token and dies at a chosen moment: ``python -m … URL [forgetful]``.

Reads the name of a moment a line; for each it forks, tells the child's number, and then how it ended. Forked
and not started anew, so that a thousand deaths take minutes.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from signal import SIGKILL

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.transport import open_http
from leaddesk.personal.masked import Secret
from leaddesk.session.keyring_vault import KeyringVault
from leaddesk.session.renewal.bearer import Bearer
from leaddesk.session.tokens import Profile, random_name
from leaddesk.session.vault import VaultNote
from leaddesk.settings.address import read_address

PATIENT = 30.0
NO_PROFILE, NOT_KEPT, NOT_RENEWED = 3, 4, 5


def die() -> None:
    """End as by ``kill -9``."""
    os.kill(os.getpid(), SIGKILL)


class Watched(KeyringVault):
    """The vault of the product; around each call, and within each writing, the process may end."""

    def __init__(self, moment: str) -> None:
        super().__init__(seconds=PATIENT)
        self._moment, self._stores = moment, 0

    def reach(self, moment: str) -> None:
        """Come to a moment."""
        if moment == self._moment:
            die()

    async def reread(self, profile: Profile) -> Profile:
        """Read the newest state."""
        self.reach("before rereading")
        found = await super().reread(profile)
        self.reach("after rereading")
        return found

    async def store(self, profile: Profile) -> None:
        """Keep a profile: first with the rotation's id, then its successor."""
        what = "announcement" if profile.rotation_id is not None else "successor"
        self.reach(f"before keeping the {what}")
        writing = asyncio.ensure_future(super().store(profile))
        if self._moment == f"while keeping the {what}":
            await asyncio.sleep(random.random() * 0.02)
            die()
        await writing
        self.reach(f"after keeping the {what}")


class Forgetful(Bearer):
    """The planted fault: the id of a rotation is sent and not kept."""

    async def _announced(self) -> Profile:
        assert self._profile is not None
        return Profile(self._profile.profile_id, self._profile.address, self._profile.refresh, random_name())


async def live(url: str, moment: str, kind: type[Bearer]) -> int:
    """Begin, renew, ask; gives an exit code."""
    vault = Watched(moment)
    if moment == "begin":
        await vault.store(Profile(random_name(), url, Secret("r0")))
        return 0 if vault.note is VaultNote.KEPT else NOT_KEPT
    profile = await vault.load(url)
    if profile is None:
        return NO_PROFILE
    if moment == "end":
        await vault.remove(profile)
        return 0
    vault.reach("after reading")
    async with open_http(read_address(url, "test")) as http:
        bearer = kind(ApiClient(http), vault)
        bearer.begin(profile)
        answer = await ApiClient(http, bearer).ask(Call("GET", "/me"))
    vault.reach("after its first use")
    return 0 if answer.status == 200 else NOT_RENEWED


def child(url: str, moment: str, kind: type[Bearer]) -> int:
    """Live once; what fails is an exit code, no traceback."""
    try:
        return asyncio.run(live(url, moment, kind))
    except Exception as failure:
        sys.stderr.write(f"{moment}: {type(failure).__name__}\n")
        return NOT_RENEWED


def main() -> None:
    """Fork for each line."""
    url, kind = sys.argv[1], Forgetful if "forgetful" in sys.argv else Bearer
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            os._exit(child(url, line.strip(), kind))
        print(number, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
