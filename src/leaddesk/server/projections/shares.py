"""The share request table of the owner, and the clock's table: which leads have something that runs out."""

import msgspec

from leaddesk.server.domain.lead import LeadState, Share
from leaddesk.server.domain.naming import lead_name, lead_place, lead_title
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.keys.places import share_place
from leaddesk.server.keys.port import lead_key

_DELETE = "DELETE FROM share_request WHERE tenant_id = ? AND id = ?"
_INSERT = (
    "INSERT INTO share_request (tenant_id, id, lead_id, status, requested_by, requested_at, serial, key_id,"
    " doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class ShareRow(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What the wire's share request holds beside names of people, which are looked up when it is rendered."""

    share_request_id: str
    serial: int
    lead_id: str
    lead_name: str
    title: str
    market_id: str
    market_name: str
    status: str
    requested_by: str
    requested_at: str
    expires_at: str
    place: str | None = None
    fields: list[str] | None = None
    reason: str = ""
    decided_by: str | None = None
    decided_at: str | None = None
    decision_reason: str | None = None
    brokerage_id: str | None = None

    def __repr__(self) -> str:
        return "<ShareRow>"


SHARE_ROW = msgspec.json.Decoder(ShareRow)


def store_share(unit: Unit, state: LeadState, request_id: str) -> None:
    """Write a request anew, and when the lead's next thing runs out."""
    share = state.shares[request_id]
    key_id = lead_key(state.lead_id)
    row = msgspec.json.encode(_row(state, share))
    doc = unit.keys.seal(unit.tenant, key_id, row, share_place(request_id))
    columns = (share.status, share.requested_by, share.requested_at, share.serial)
    unit.run(_DELETE, request_id)
    unit.run(_INSERT, request_id, state.lead_id, *columns, key_id, doc)


def store_deadlines(unit: Unit, state: LeadState) -> None:
    """Note when the lead's open requests and offers run out."""
    unit.run("DELETE FROM deadline WHERE tenant_id = ? AND lead_id = ?", state.lead_id)
    times = {share.asked.expires_at for share in state.shares.values() if share.status == "PENDING"}
    offered_until = state.brokerage.next_deadline if state.brokerage is not None else None
    if offered_until is not None:
        times.add(offered_until)
    rows = [(state.lead_id, at) for at in sorted(times)]
    unit.run_many("INSERT INTO deadline (tenant_id, lead_id, at) VALUES (?, ?, ?)", rows)


def leads_due(unit: Unit, now: str) -> list[str]:
    """List the leads with something that has run out."""
    found = unit.select("SELECT DISTINCT lead_id FROM deadline WHERE tenant_id = ? AND at <= ?", now)
    return [row[0] for row in found]


def _row(state: LeadState, share: Share) -> ShareRow:
    asked, lead = share.asked, state.row.lead
    return ShareRow(
        share_request_id=asked.share_request_id,
        serial=share.serial,
        lead_id=state.lead_id,
        lead_name=lead_name(lead.prospect),
        title=lead_title(lead.interest),
        place=lead_place(lead.prospect),
        market_id=asked.market_id,
        market_name=asked.market_name,
        status=share.status,
        fields=asked.fields,
        reason=asked.reason,
        requested_by=share.requested_by,
        requested_at=share.requested_at,
        expires_at=asked.expires_at,
        decided_by=share.decided_by,
        decided_at=share.decided_at,
        decision_reason=share.decision_reason,
        brokerage_id=share.brokerage_id,
    )
