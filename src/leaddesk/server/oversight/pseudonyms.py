"""Pseudonyms of people and things: keyed by tenant and month, so that months and tenants cannot be joined.

The secret of a month is random, lies sealed in the access log's database, and opens only with a key of that
month in the key store. Once that key is destroyed nothing links the month's pseudonyms to anybody any more.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from leaddesk.contract.ids import TenantId
from leaddesk.server.database.failures import VersionConflict
from leaddesk.server.oversight.entries import PERSON, Thing
from leaddesk.server.oversight.month_keys import MonthKeys
from leaddesk.server.oversight.storage import AccessStorage, Rows

PATTERN = r"[a-z]{1,20}(?:-[a-z]{1,20})?-[0-9]{6}-[0-9a-f]{32}"
"""``person-202611-`` and 32 characters: kind, month (UTC), 128 bits."""

_REMEMBERED = 4_096
_SECRETS = "SELECT generation, sealed FROM month_secret WHERE tenant_id = ? AND month = ? ORDER BY generation"
_INSERT = "INSERT INTO month_secret (tenant_id, month, generation, sealed) VALUES (?, ?, ?, ?)"
_OWN_MONTHS = "SELECT DISTINCT month FROM month_secret WHERE tenant_id = ? ORDER BY month"
_MONTHS = (
    "SELECT tenant_id, month, MAX(generation) FROM month_secret WHERE month < ? AND LENGTH(sealed) > 0"
    " GROUP BY tenant_id, month"
)
_FORGET = "UPDATE month_secret SET sealed = ? WHERE tenant_id = ? AND month = ?"


class Pseudonyms:
    """Names for the access log. Invariant: without the month's key nobody gets from a name to a person."""

    def __init__(self, storage: AccessStorage, keys: MonthKeys) -> None:
        self._storage = storage
        self._keys = keys
        self._known: dict[tuple[TenantId, str], bytes] = {}
        self._people: dict[tuple[TenantId, str, str], str] = {}

    def has_secret(self, tenant: TenantId, month: str) -> bool:
        """Tell whether names of this month can be made without asking the database."""
        return (tenant, month) in self._known

    def prepare(self, tenant: TenantId, month: str) -> None:
        """Get the month's secret, from the database or new. Raises what key store and database raise."""
        try:
            secret = self._prepared(tenant, month)
        except VersionConflict:  # another process drew it at the same moment
            secret = self._prepared(tenant, month)
        # Months are few and tenants many: what is not of this month is looked up when it is needed.
        self._known = {key: value for key, value in self._known.items() if key[1] == month}
        self._known[tenant, month] = secret
        self._people.clear()

    def of(self, tenant: TenantId, month: str, thing: Thing) -> str:
        """Name a person or thing in the running month. Raises what key store and database raise."""
        if (tenant, month) not in self._known:
            self.prepare(tenant, month)
        if thing[0] != PERSON:
            return _named(self._known[tenant, month], month, thing)
        name = self._people.get((tenant, month, thing[1]))
        if name is None:
            if len(self._people) >= _REMEMBERED:
                self._people.clear()
            name = self._people[tenant, month, thing[1]] = _named(self._known[tenant, month], month, thing)
        return name

    def past(self, tenant: TenantId, thing: Thing) -> list[str]:
        """Name a thing in every month whose secret still opens, to find it among the entries."""
        with self._storage.transaction() as rows:
            months = [row[0] for row in rows.select(_OWN_MONTHS, (tenant,))]
        return [_named(secret, month, thing) for month in months for secret in self._secrets(tenant, month)]

    def meant(self, tenant: TenantId, pseudonym: str, candidates: Iterable[Thing]) -> Thing | None:
        """Find whom or what a pseudonym stands for. Raises ``LookupError`` once its month's key is gone."""
        month = pseudonym.rpartition("-")[0][-6:]
        known = self._secrets(tenant, month)
        if not known:
            raise LookupError(month)
        for thing in candidates:
            if any(hmac.compare_digest(_named(secret, month, thing), pseudonym) for secret in known):
                return thing
        return None

    def destroy_before(self, month: str) -> int:
        """Destroy the keys of all months before this one, for ever; returns how many tenants' months."""
        with self._storage.transaction() as rows:
            over = [(TenantId(row[0]), str(row[1]), int(row[2])) for row in rows.select(_MONTHS, (month,))]
        for tenant, past, last in over:
            self._keys.destroy(tenant, [month_key(past, number) for number in range(1, last + 1)])
            self._known.pop((tenant, past), None)
            with self._storage.transaction() as rows:
                rows.run(_FORGET, (b"", tenant, past))  # the row stays: its generation is used up
        return len(over)

    def _prepared(self, tenant: TenantId, month: str) -> bytes:
        with self._storage.transaction() as rows:
            return self._opened_or_new(rows, tenant, month)

    def _opened_or_new(self, rows: Rows, tenant: TenantId, month: str) -> bytes:
        """Take the last secret; a new one where it was never there, or its key is gone (a key store anew)."""
        found = rows.select(_SECRETS, (tenant, month))
        if found:
            secret = self._open(tenant, month, *found[-1])
            if secret is not None:
                return secret
        generation = found[-1][0] + 1 if found else 1
        secret = secrets.token_bytes(32)
        key_id = month_key(month, generation)
        sealed = self._keys.seal(tenant, key_id, secret, _place(month, generation))
        rows.run(_INSERT, (tenant, month, generation, sealed))
        return secret

    def _secrets(self, tenant: TenantId, month: str) -> list[bytes]:
        with self._storage.transaction() as rows:
            found = rows.select(_SECRETS, (tenant, month))
        opened = [self._open(tenant, month, *row) for row in found]
        return [secret for secret in opened if secret is not None]

    def _open(self, tenant: TenantId, month: str, generation: int, sealed: bytes) -> bytes | None:
        if not sealed:
            return None
        return self._keys.open(tenant, month_key(month, generation), sealed, _place(month, generation))


def month_of(moment: datetime) -> str:
    """Name the month of an aware UTC time, ``202611``."""
    return f"{moment.year:04d}{moment.month:02d}"


def month_before(moment: datetime, months: int) -> str:
    """Name the month so many months before a time."""
    count = moment.year * 12 + moment.month - 1 - months
    return f"{count // 12:04d}{count % 12 + 1:02d}"


def month_key(month: str, generation: int) -> str:
    """Name the key of a month's secret in the key store; destroyed ones are never made again."""
    return f"a:{month}:{generation}"


def is_pseudonym(text: str) -> bool:
    """Tell whether a text has the form of a pseudonym."""
    return re.fullmatch(PATTERN, text) is not None


def kind_of(pseudonym: str) -> str:
    """Tell what a pseudonym stands for: ``person``, ``lead``, …"""
    return pseudonym.rpartition("-")[0][:-7]


def _place(month: str, generation: int) -> str:
    return f"month-secret:{month}:{generation}"


def _named(secret: bytes, month: str, thing: Thing) -> str:
    digest = hmac.digest(secret, f"{thing[0]}\x1f{thing[1]}".encode(), "sha256")
    return f"{thing[0]}-{month}-{digest[:16].hex()}"
