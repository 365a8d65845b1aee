"""History of a lead: every change with kind, content before → after, time, originator (measure A14).

Labels of changes are field labels, or one of the codes ``step``, ``reason``, ``note``, ``recipient``,
``responsible``, ``attachment``, which the client words. Partners appear by firm, never by person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from leaddesk.contract.history import FieldChange, HistoryEntry
from leaddesk.contract.ids import Urn
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import Recorded
from leaddesk.server.domain.naming import shown
from leaddesk.server.identity.caller import Caller
from leaddesk.server.projections.attachments import files_of
from leaddesk.server.queries.directory import Names
from leaddesk.server.queries.library import Library, visible_lead

Content = tuple[str, list[FieldChange], str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What earlier events named: markets by request and by brokerage, firms by offer; and all names.

    Files by id: their names lie beside them, not in the log.
    """

    names: Names
    markets: Mapping[str, str]
    firms: Mapping[str, str]
    brokered: Mapping[str, str]
    files: Mapping[str, str]

    def offered_to(self, event: Any) -> str | None:
        """Name the firm an offer went to."""
        return self.firms.get(event.offer_id)

    def market_of(self, event: Any) -> str | None:
        """Name the market a request is about."""
        return self.markets.get(event.share_request_id)


def history(library: Library, caller: Caller, lead_id: str) -> list[HistoryEntry]:
    """Return the history, newest first. Raises ``Refused`` (not found)."""
    with library.reading(caller) as unit:
        visible_lead(unit, caller, lead_id)
        stream = unit.stream(lead_id)
        files = {file.attachment_id: file.filename for file in files_of(unit, lead_id)}
        told = _told(stream, Names(unit, library.directory), files)
        return [_entry(told, recorded) for recorded in reversed(stream)]


def _told(stream: list[Recorded], names: Names, files: Mapping[str, str]) -> Told:
    events = [recorded.event for recorded in stream]
    asked = [event for event in events if isinstance(event, e.ShareRequested)]
    started = [event for event in events if isinstance(event, e.BrokerageStarted)]
    firms: dict[str, str] = {one.offer_id: one.name for event in started for one in event.recipients}
    markets: dict[str, str] = {event.share_request_id: event.market_name for event in asked}
    brokered: dict[str, str] = {event.brokerage_id: event.market_name for event in started}
    return Told(names, markets, firms, brokered, files)


def _entry(told: Told, recorded: Recorded) -> HistoryEntry:
    event = recorded.event
    kind, changes, subject = CONTENT[type(event)](told, event)
    return HistoryEntry.model_validate(
        {
            "position": recorded.position,
            "at": recorded.at,
            "kind": kind,
            "originator": told.names.originator(_cause(recorded)),
            "changes": changes,
            "subject": subject,
        }
    )


def _cause(recorded: Recorded) -> Urn:
    """Tell who caused it: of a lead that came by an offer, the member who asked for it."""
    event = recorded.event
    if isinstance(event, e.LeadReceived) and not _is_firm(event.responsible):
        return event.responsible
    return recorded.actor


def _created(_told: Told, _event: e.LeadCreated) -> Content:
    return "created", [], None


def _received(told: Told, event: e.LeadReceived) -> Content:
    """Tell how it came: a member accepted an offer, or the owner chose this firm."""
    if _is_firm(event.responsible):
        return "assigned", [], None
    return "offer-accepted", [], told.names.of(f"urn:lt:tenants:tenant:{event.owner_id}")


def _fields(_told: Told, event: e.FieldsChanged) -> Content:
    changes = [
        FieldChange(label=one.label, before=_text(one.before), after=_text(one.after))
        for one in event.changes
    ]
    return "fields-changed", changes, None


def _note(_told: Told, event: e.NoteAdded) -> Content:
    return "note-added", [FieldChange(label="note", after=event.text)], None


def _attached(told: Told, event: e.AttachmentAdded) -> Content:
    return "attachment-added", _file(told, event.attachment_id), None


def _scanned(told: Told, event: e.AttachmentScanned) -> Content:
    kind = "attachment-released" if event.clean else "attachment-quarantined"
    return kind, _file(told, event.attachment_id), None


def _file(told: Told, attachment_id: str) -> list[FieldChange]:
    name = told.files.get(attachment_id)
    return [FieldChange(label="attachment", after=name)] if name else []


def _step(kind: str) -> Callable[[Told, Any], Content]:
    return lambda _told, event: (
        kind,
        [FieldChange(label="step", before=event.before, after=event.after)],
        None,
    )


def _commission(told: Told, event: e.CommissionStarted) -> Content:
    responsible = FieldChange(label="responsible", after=told.names.of(event.responsible))
    return (
        "commission-started",
        [responsible, FieldChange(label="step", after=event.step)],
        event.pipeline.name,
    )


def _passed_on(told: Told, event: e.ResponsibleChanged) -> Content:
    before, after = (told.names.of(one) for one in (event.before, event.responsible))
    return "responsible-changed", [FieldChange(label="responsible", before=before, after=after)], None


def _commission_closed(_told: Told, event: e.CommissionClosed | e.ClosingReported) -> Content:
    return "commission-closed", _reason(getattr(event, "reason", "")), event.outcome


def _rated(_told: Told, event: e.CommissionRated) -> Content:
    return "commission-rated", _reason(event.text), str(event.stars)


def _assigned(_told: Told, event: e.LeadAssignedDirectly) -> Content:
    return "assigned", [FieldChange(label="recipient", after=event.recipient.name)], None


def _failed(told: Told, event: e.BrokerageFailed) -> Content:
    return "brokerage-failed", [], told.brokered.get(event.brokerage_id)


def _requested(_told: Told, event: e.ShareRequested) -> Content:
    return "share-requested", _reason(event.reason), event.market_name


def _share(kind: str) -> Callable[[Told, Any], Content]:
    return lambda told, event: (kind, _reason(getattr(event, "reason", "")), told.market_of(event))


def _offered(_told: Told, event: e.BrokerageStarted) -> Content:
    told = [] if event.one_after_another else event.recipients
    return "offered", [FieldChange(label="recipient", after=one.name) for one in told], event.market_name


def _extended(told: Told, event: e.OfferExtended) -> Content:
    return "offer-extended", [], told.offered_to(event)


def _offer(kind: str) -> Callable[[Told, Any], Content]:
    return lambda told, event: (kind, _reason(getattr(event, "reason", "")), told.offered_to(event))


def _reason(reason: str) -> list[FieldChange]:
    return [FieldChange(label="reason", after=reason)] if reason else []


def _is_firm(urn: str) -> bool:
    return urn.startswith("urn:lt:tenants:")


def _text(value: object) -> str | None:
    return shown(value) or None


CONTENT: Mapping[type[e.Event], Callable[[Told, Any], Content]] = {
    e.LeadCreated: _created,
    e.LeadReceived: _received,
    e.FieldsChanged: _fields,
    e.NoteAdded: _note,
    e.AttachmentAdded: _attached,
    e.AttachmentScanned: _scanned,
    e.StepChanged: _step("step-changed"),
    e.StepReported: _step("partner-step-changed"),
    e.CommissionStarted: _commission,
    e.ResponsibleChanged: _passed_on,
    e.CommissionClosed: _commission_closed,
    e.ClosingReported: _commission_closed,
    e.CommissionRated: _rated,
    e.ShareRequested: _requested,
    e.ShareApproved: _share("share-approved"),
    e.ShareRejected: _share("share-rejected"),
    e.ShareWithdrawn: _share("share-withdrawn"),
    e.ShareExpired: _share("share-expired"),
    e.BrokerageStarted: _offered,
    e.OfferExtended: _extended,
    e.InterestReported: _offer("offer-still-interested"),
    e.BrokerageFailed: _failed,
    e.LeadAssignedDirectly: _assigned,
    e.OfferAccepted: _offer("offer-accepted"),
    e.OfferDeclined: _offer("offer-declined"),
    e.OfferMissed: _offer("offer-missed"),
    e.OfferEnded: _offer("offer-ended"),
}
"""How each event of a lead's stream is told; a test holds it against the domain's kinds."""
