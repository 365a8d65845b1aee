"""What changed since a position, as one caller may know it: kinds, ids and serials, never data.

The rule of the list applies here too: a lead that the caller has just lost is told as ``gone``, a lead that
was never theirs is not told at all (measure A10).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from leaddesk.contract.live import LiveKind
from leaddesk.contract.people import Right
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.identity.caller import Caller
from leaddesk.server.queries.library import Library

LIMIT = 500
_LEAD = (
    "LeadCreated FieldsChanged StepChanged StepReported CommissionStarted CommissionClosed ClosingReported"
    " CommissionRated LeadReceived ResponsibleChanged"
)
_BROKERED = (
    "BrokerageStarted OfferExtended InterestReported BrokerageFailed LeadAssignedDirectly OfferAccepted"
    " OfferDeclined OfferMissed OfferEnded"
)
_SHARE = "ShareRequested ShareApproved ShareRejected ShareWithdrawn ShareExpired"
KINDS: Mapping[str, LiveKind] = {
    **dict.fromkeys((_LEAD + " " + _BROKERED).split(), LiveKind.LEAD),
    **dict.fromkeys(_SHARE.split(), LiveKind.SHARE_REQUEST),
    **dict.fromkeys(("OfferReceived", "AcceptanceAsked", "InterestShown", "OfferClosed"), LiveKind.OFFER),
    **dict.fromkeys(("LeadDeleted", "LeadWithdrawn", "GrantEnded"), LiveKind.GONE),
    "NoteAdded": LiveKind.NOTE,
    **dict.fromkeys(("AttachmentAdded", "AttachmentScanned"), LiveKind.ATTACHMENT),
}
"""What each event is told as; of what a tenant sets up for itself the policy alone is told."""

_SINCE = (
    "SELECT e.chain, e.position, e.version, e.kind, e.stream_id, e.subject, e.keeper, l.serial, l.keeper,"  # noqa: S608 - constant
    " s.serial, s.requested_by, o.serial FROM event e"
    " LEFT JOIN lead l ON l.tenant_id = e.tenant_id AND l.id = e.stream_id"
    " LEFT JOIN share_request s ON s.tenant_id = e.tenant_id AND s.id = e.subject"
    " LEFT JOIN offer o ON o.tenant_id = e.tenant_id AND o.id = e.subject"
    f" WHERE e.tenant_id = ? AND e.position >= ? ORDER BY e.position LIMIT {LIMIT + 1}"
)
_LINK = "SELECT chain FROM event WHERE tenant_id = ? AND position = ?"
_BYTES = 8
"""Of a link that stand for it: two histories that part nowhere near it have others."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far somebody has heard. ``mark`` is of the log's link there; without one any log will do."""

    position: int
    mark: str = ""


NOWHERE = Place(0)


class AnotherHistory(Exception):
    """What somebody has heard is not in this log: it was restored to before that."""

    def __init__(self, now: Place) -> None:
        super().__init__("another history")
        self.now = now


@dataclass(frozen=True, slots=True)
class News:
    """One message of the stream."""

    position: int
    kind: LiveKind
    id: str
    serial: int
    mark: str = ""


def head(library: Library, caller: Caller) -> Place:
    """Return where the tenant's log stands now."""
    with library.reading(caller) as unit:
        return _head(unit)


def found(library: Library, caller: Caller, place: Place) -> Place | None:
    """Return the place as it is in this log; nothing if it is not there."""
    if place.position == 0:
        return NOWHERE
    with library.reading(caller) as unit:
        links = unit.select(_LINK, place.position)
    mark = _mark(links[0][0]) if links else None
    return None if mark is None or place.mark not in ("", mark) else Place(place.position, mark)


def since(library: Library, caller: Caller, place: Place) -> tuple[list[News], Place]:
    """Return what the caller may know after a place, and how far that reaches.

    Several changes of one thing in one batch are told once, at the last position. Raises
    :class:`AnotherHistory`.
    """
    with library.reading(caller) as unit:
        now = _head(unit)
        rows = unit.select(_SINCE, place.position) if now.position > place.position else []
    if place.position > 0:
        there = _mark(rows.pop(0)[0]) if rows else now.mark if now.position == place.position else None
        if there is None or place.mark not in ("", there):
            raise AnotherHistory(now)
    rows = rows[:LIMIT]
    latest: dict[tuple[str, str], News] = {}
    for link, *row in rows:
        news = _news(caller, *row)
        if news is not None:
            latest.pop((news.kind, news.id), None)
            latest[news.kind, news.id] = replace(news, mark=_mark(link))
    reach = Place(rows[-1][1], _mark(rows[-1][0])) if len(rows) == LIMIT else now
    return list(latest.values()), reach


def _head(unit: Unit) -> Place:
    position, link = unit.head()
    return Place(position, _mark(link)) if position else NOWHERE


def _mark(link: bytes) -> str:
    return link[:_BYTES].hex()


def _news(caller: Caller, position: int, version: int, kind: str, stream_id: str, *row: Any) -> News | None:
    subject, keeper_before, lead_serial, keeper, share_serial, requested_by, offer_serial = row
    told_as = KINDS.get(kind)
    if told_as is None:
        return News(position, LiveKind.POLICY, subject, 0) if kind == "Defined" and subject else None
    if told_as is LiveKind.OFFER:
        allowed = caller.may(Right.OFFER_DECIDE) and offer_serial is not None
        return News(position, told_as, subject, offer_serial) if allowed else None
    if told_as is LiveKind.SHARE_REQUEST and share_serial is not None:
        allowed = requested_by == caller.urn or caller.may(Right.SHARE_APPROVE)
        return News(position, told_as, subject, share_serial) if allowed else None
    there = lead_serial is not None and told_as is not LiveKind.GONE
    if there and may_see(caller.sees_all_leads, caller.urn, keeper):
        return News(position, told_as, stream_id, lead_serial)
    had_it = version > 1 and may_see(caller.sees_all_leads, caller.urn, keeper_before)
    return News(position, LiveKind.GONE, stream_id, 0) if had_it else None
