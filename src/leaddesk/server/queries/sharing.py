"""Share requests as the requester and the approver see them, and what an approval would freeze."""

from collections.abc import Collection

import msgspec

from leaddesk.contract.markets import DisclosedDocument, SharePreview, SharePreviewRequest
from leaddesk.contract.people import Right
from leaddesk.contract.sharing import ShareRequest, ShareRequestDetail, ShareStatus
from leaddesk.server.domain.documents import freeze, share_fields
from leaddesk.server.domain.events import Document
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import forbidden, not_found
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.keys.places import share_place
from leaddesk.server.keys.port import lead_key
from leaddesk.server.projections.leads import load_lead
from leaddesk.server.projections.shares import SHARE_ROW
from leaddesk.server.queries import references
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.leads import note_count
from leaddesk.server.queries.library import Library, visible_lead

_SELECT = (
    "SELECT s.id, s.lead_id, s.doc, s.requested_by, l.keeper FROM share_request s"
    " JOIN lead l ON l.tenant_id = s.tenant_id AND l.id = s.lead_id WHERE s.tenant_id = ?"
)


def preview(library: Library, caller: Caller, market_id: str, wanted: SharePreviewRequest) -> SharePreview:
    """Show exactly the documents an approval would freeze, by the same code; nothing is stored."""
    with library.reading(caller) as unit:
        state = visible_lead(unit, caller, wanted.lead_id)
        if state.received is not None:
            raise forbidden()
        return _preview(unit, state, market_id, wanted.fields)


def share_requests(library: Library, caller: Caller, statuses: Collection[str]) -> list[ShareRequest]:
    """Return requests, newest first: an approver all, everyone else their own."""
    with library.reading(caller) as unit:
        names = Names(unit, library.directory)
        found = unit.select(_SELECT + " ORDER BY s.requested_at DESC, s.id")
        mine = [row for row in found if _may_see(caller, *row[3:])]
        every = [request for row in mine if (request := _request(unit, names, *row[:3]))]
        return [request for request in every if not statuses or request.status in statuses]


def share_request(library: Library, caller: Caller, request_id: str) -> ShareRequest:
    """Return one request. Raises ``Refused`` (not found), also for another rep's."""
    with library.reading(caller) as unit:
        return _one(unit, library, caller, request_id)


def share_request_detail(library: Library, caller: Caller, request_id: str) -> ShareRequestDetail:
    """Return a request and, while it waits, what would leave the house."""
    with library.reading(caller) as unit:
        request = _one(unit, library, caller, request_id)
        if request.status is not ShareStatus.PENDING:
            return ShareRequestDetail(request=request)
        state = load_lead(unit, request.lead_id)
        seen = _preview(unit, state, request.market_id, request.fields)
        return ShareRequestDetail(request=request, preview=seen)


def document(frozen: Document | None) -> DisclosedDocument | None:
    """Turn a stored document into the wire's."""
    return DisclosedDocument.model_validate(msgspec.to_builtins(frozen)) if frozen else None


def _preview(unit: Unit, state: LeadState, market_id: str, chosen: list[str] | None) -> SharePreview:
    market = references.market(unit, market_id)
    frozen = freeze(state.row, market.visibility, chosen, market.name)
    return SharePreview.model_validate(
        {
            "lead_serial": state.serial,
            "before": document(frozen.before),
            "after": document(frozen.after.document),
            "fields": share_fields(state.row, market.visibility, chosen),
            "note_count": note_count(unit.stream(state.lead_id)),
            "partner_count": references.partner_count(unit),
        }
    )


def _may_see(caller: Caller, requested_by: str, keeper: str | None) -> bool:
    allowed = caller.may(Right.SHARE_APPROVE) or requested_by == caller.urn
    return allowed and may_see(caller.sees_all_leads or requested_by == caller.urn, caller.urn, keeper)


def _one(unit: Unit, library: Library, caller: Caller, request_id: str) -> ShareRequest:
    found = unit.select(_SELECT + " AND s.id = ?", request_id)
    if not found or not _may_see(caller, *found[0][3:]):
        raise not_found()
    request = _request(unit, Names(unit, library.directory), *found[0][:3])
    if request is None:
        raise not_found()
    return request


def _request(unit: Unit, names: Names, request_id: str, lead_id: str, doc: bytes) -> ShareRequest | None:
    plain = unit.opened(unit.tenant, lead_key(lead_id), doc, share_place(request_id))
    if plain is None:
        return None
    row = SHARE_ROW.decode(plain)
    people = {"requestedByName": names.of(row.requested_by)}
    if row.decided_by is not None:
        people["decidedByName"] = names.of(row.decided_by)
    return ShareRequest.model_validate({**msgspec.to_builtins(row), **people})
