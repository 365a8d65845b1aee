"""An API key as somebody pastes it (contract, "Auth"): nothing else knows what it may look like."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from leaddesk.contract.ids import MemberId, TenantId, Urn, api_key_urn
from leaddesk.contract.people import Me, Person, Right, Role, TenantInfo, TenantPolicy
from leaddesk.personal.masked import Secret

LONGEST = 1_024
"""Characters; with its address an entry of the keyring stays within 1,200 (guarantee B3)."""

_SALT = secrets.token_hex(16)
"""Of this process: what a key is called here says nothing about it, and is something else elsewhere."""

_APART = "."


class NotAKey(Exception):
    """What was typed can be no key; ``too_long``, else it holds blanks or signs no header may carry."""

    def __init__(self, *, too_long: bool) -> None:
        super().__init__()
        self.too_long = too_long


def read_key(typed: Secret) -> Secret:
    """Take a key as it was pasted; blanks and line ends around it are dropped. Raises :class:`NotAKey`.

    A key is sent bare in a header (RFC 9110, 5.5), so it consists of visible ASCII characters. ``Bearer …``
    and ``Authorization: …`` copied along have a blank inside.
    """
    text = typed.reveal().strip()
    if len(text) > LONGEST:
        raise NotAKey(too_long=True)
    if not text or not all("!" <= character <= "~" for character in text):
        raise NotAKey(too_long=False)
    return Secret(text)


def is_held_by(me: Me, key: Secret) -> bool:
    """Tell whether somebody works, or worked, with this key; also one of a process before this."""
    salt, apart, _ = me.person.member_id.partition(_APART)
    return me.by_key and bool(apart) and hmac.compare_digest(_name(salt, key), me.person.member_id)


def _name(salt: str, key: Secret) -> MemberId:
    digest = hmac.new(salt.encode(), key.reveal().encode(), hashlib.sha256).hexdigest()
    return MemberId(f"{salt}{_APART}{digest}")


def holder_of(key: Secret) -> Me:
    """Return who works with a key: nobody by name. Offered is what the core has; the server decides.

    The core tells no policy, so the contract's own holds: a lock after ten minutes, masking on leaving.
    """
    name = _name(_SALT, key)
    return Me(
        person=Person(member_id=name, urn=api_key_urn(name), name="", email=""),
        tenant=TenantInfo(tenant_id=TenantId(""), urn=Urn(""), name=""),
        role=Role.REP,
        rights=[Right.LEAD_READ, Right.LEAD_WRITE],
        policy=TenantPolicy(),
    )
