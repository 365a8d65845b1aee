"""Second factors: codes of an authenticator app, and recovery codes for the day it is lost.

The app's secret lies under the member's key. A code is good once: the step of the last one that was taken is
kept, and taking one is a conditional update, so that of several at once, in whichever processes, one counts
(RFC 6238, 5.2). Recovery codes rest as digests keyed by the instance's secret; each is deleted by its use.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from leaddesk.contract.ids import MemberId, TenantId
from leaddesk.contract.wire import format_time
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.proving.totp import is_code, new_secret, step_of
from leaddesk.server.identity.storage.books import Books, Page
from leaddesk.server.keys.places import second_factor_place
from leaddesk.server.keys.port import member_key

RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS, _GROUP = 4, 4
"""79 bits a code: nothing to be guessed, also by whoever has the digests."""

_FIND = "SELECT doc, since FROM second_factor WHERE tenant_id = ? AND member_id = ?"
_ADD = "INSERT INTO second_factor (tenant_id, member_id, doc, last_step, since) VALUES (?, ?, ?, 0, NULL)"
_CODES = "SELECT COUNT(*) FROM recovery_code WHERE tenant_id = ? AND member_id = ?"
_ADD_CODE = "INSERT INTO recovery_code (tenant_id, member_id, digest) VALUES (?, ?, ?)"
_USE_CODE = "DELETE FROM recovery_code WHERE tenant_id = ? AND member_id = ? AND digest = ?"
_FORGET = "DELETE FROM second_factor WHERE tenant_id = ? AND member_id = ?"
_FORGET_CODES = "DELETE FROM recovery_code WHERE tenant_id = ? AND member_id = ?"


class AlreadyEnrolled(Exception):
    """There is a second factor; it has to go before another one comes."""


class NotEnrolled(Exception):
    """There is no second factor to confirm, to renew the codes of, or to take away."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody has a second factor, since when, and how many recovery codes are left."""

    since: str | None = None
    codes_left: int = 0


class SecondFactors:
    """Enrols, checks and takes away. A factor counts from its confirmation on."""

    def __init__(self, clock: Callable[[], datetime], books: Books) -> None:
        self._clock = clock
        self._books = books

    def standing(self, tenant: TenantId, member: MemberId) -> Standing:
        """Tell how somebody stands."""
        return self._books.at(tenant, lambda page: self._standing(page, member))

    def begin(self, tenant: TenantId, member: MemberId) -> bytes:
        """Draw a secret for an app; one that was not confirmed gives way. Raises :class:`AlreadyEnrolled`."""
        secret = new_secret()

        def work(page: Page) -> None:
            if is_enrolled(page, member):
                raise AlreadyEnrolled
            page.run(_FORGET, member)
            page.run(_ADD, member, page.seal(member_key(member), secret, second_factor_place(member)))

        self._books.at(tenant, work, writes=True)
        return secret

    def confirm(self, tenant: TenantId, member: MemberId, code: str) -> list[Secret] | None:
        """Let the factor count once its first code is right, and draw the recovery codes.

        Nothing if the code is wrong. Raises :class:`NotEnrolled`, :class:`AlreadyEnrolled`.
        """

        def work(page: Page) -> list[Secret] | None:
            found = page.select(_FIND, member)
            if not found:
                raise NotEnrolled
            if found[0][1] is not None:
                raise AlreadyEnrolled
            if not is_code(code) or not self._takes(page, member, code):
                return None
            page.set("second_factor", {"since": format_time(self._clock())}, "member_id = ?", member)
            return self._drawn(page, member)

        drawn = self._books.at(tenant, work, writes=True)
        self._books.callers.forget(lambda caller: caller.member_id == member)
        return drawn

    def renew_codes(self, tenant: TenantId, member: MemberId) -> list[Secret]:
        """Draw new recovery codes; the old ones are good no more. Raises :class:`NotEnrolled`."""

        def work(page: Page) -> list[Secret]:
            if not is_enrolled(page, member):
                raise NotEnrolled
            return self._drawn(page, member)

        return self._books.at(tenant, work, writes=True)

    def remove(self, tenant: TenantId, member: MemberId) -> bool:
        """Take the factor and its codes away; tells whether there was one."""

        had = self._books.at(tenant, lambda page: forget_factor(page, member), writes=True)
        self._books.callers.forget(lambda caller: caller.member_id == member)
        return had

    def takes(self, page: Page, member: MemberId, given: str) -> bool:
        """Take a code of the app or a recovery code, each once; within a transaction that writes."""
        if not is_enrolled(page, member):
            return False
        bare = bare_code(given)
        if is_code(bare):
            return self._takes(page, member, bare)
        return bool(page.run(_USE_CODE, member, self._digest(member, bare)))

    def _takes(self, page: Page, member: MemberId, code: str) -> bool:
        for doc, _ in page.select(_FIND, member):
            secret = page.opened(member_key(member), doc, second_factor_place(member))
            step = None if secret is None else step_of(secret, code, self._clock())
            return step is not None and bool(
                page.set(
                    "second_factor", {"last_step": step}, "member_id = ? AND last_step < ?", member, step
                )
            )
        return False

    def _standing(self, page: Page, member: MemberId) -> Standing:
        for _, since in page.select(_FIND, member):
            if since is not None:
                return Standing(since, page.select(_CODES, member)[0][0])
        return Standing()

    def _drawn(self, page: Page, member: MemberId) -> list[Secret]:
        page.run(_FORGET_CODES, member)
        drawn = [_draw() for _ in range(RECOVERY_CODES)]
        for one in drawn:
            page.run(_ADD_CODE, member, self._digest(member, bare_code(one.reveal())))
        return drawn

    def _digest(self, member: MemberId, bare: str) -> bytes:
        return self._books.digest("recovery-code", f"{member}\n{bare}")


def is_enrolled(page: Page, member: MemberId) -> bool:
    """Tell whether a member of the page's tenant has a second factor that counts."""
    return any(since is not None for _, since in page.select(_FIND, member))


def forget_factor(page: Page, member: MemberId) -> bool:
    """Take a factor and its codes away; tells whether there was one."""
    page.run(_FORGET_CODES, member)
    return bool(page.run(_FORGET, member))


def bare_code(given: str) -> str:
    """Bring what somebody typed into the form it is compared in: small letters and digits alone."""
    return "".join(one for one in given.casefold() if one.isalnum())


def _draw() -> Secret:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return Secret("-".join(groups))
