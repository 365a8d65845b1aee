"""The code of an invitation: the inviting firm, the partnership, and a keyed mark of it (docs/adr/0024).

Nothing has to be looked up across tenants, nothing is stored, and nobody can make a code up.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from uuid import UUID

from leaddesk.contract.ids import SalesPartnerId, TenantId
from leaddesk.contract.problems import ProblemType
from leaddesk.server.domain.partners.partnership import INVITED
from leaddesk.server.domain.refusal import Refused, invalid
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.projections.partners.records import find_partner

_ID, _MARK = 16, 16
_EXPECTED = "the code of an open invitation"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says: who invites, and which partnership it is about; the mark is still to be checked."""

    owner: TenantId
    partner_id: SalesPartnerId
    mark: bytes


def write_code(unit: Unit, partner_id: str) -> str:
    """Write the code of an open invitation. Raises ``Refused``: not found, wrong state."""
    partner = find_partner(unit, partner_id)
    if partner.status != INVITED:
        raise Refused(ProblemType.WRONG_STATE, field="status", expected=INVITED)
    raw = UUID(unit.tenant).bytes + UUID(partner.sales_partner_id).bytes + _mark(unit, partner_id)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_code(text: str) -> Code:
    """Take a code apart. Raises ``Refused`` (invalid) for what cannot be one."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 2 * _ID + _MARK:
        raise wrong_code()
    owner, partner = (str(UUID(bytes=raw[place : place + _ID])) for place in (0, _ID))
    return Code(TenantId(owner), SalesPartnerId(partner), raw[2 * _ID :])


def check_code(unit: Unit, code: Code) -> None:
    """Refuse (invalid) a code that the inviting firm, whose log this is, never wrote."""
    if not hmac.compare_digest(code.mark, _mark(unit, code.partner_id)):
        raise wrong_code()


def wrong_code() -> Refused:
    """Say that a code opens nothing."""
    return invalid("code", _EXPECTED)


def _mark(unit: Unit, partner_id: str) -> bytes:
    return unit.keys.blind(unit.tenant, "invitation", partner_id.encode())[:_MARK]
