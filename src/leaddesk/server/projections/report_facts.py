"""Facts for reports: pseudonymised, without a name or an id (measure B7).

They are drawn from the log in slices when a report is asked for, not when a lead is written: nobody waits for
them. A fact hangs on a keyed pseudonym of a domain of its own, so that nothing else can be joined to it; the
fact of an erased lead loses even that. Where leads come from is sealed and stands as a code in the facts.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import msgspec

from leaddesk.contract.leads import Form, FormBlock, FormDefinition
from leaddesk.contract.rows import FieldList
from leaddesk.server.domain import events as e
from leaddesk.server.domain.lead import CODES_OF_ENDS
from leaddesk.server.domain.naming import shown
from leaddesk.server.eventlog.log import TenantLog, Unit
from leaddesk.server.keys.places import report_place
from leaddesk.server.keys.port import TENANT_KEY
from leaddesk.server.projections import references

SLICE = 200
"""Events of one slice: a few milliseconds."""

GIVEN, RECEIVED = "given", "received"
"""The two sides of an offer."""

_PENDING = (
    "SELECT position, version, at, kind, stream_id, key_id, payload FROM event"
    " WHERE tenant_id = ? AND position > ? ORDER BY position LIMIT ?"
)
_MOVE = (
    "INSERT INTO report_cursor (tenant_id, position) VALUES (?, ?)"
    " ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position"
)
_LEAD = (
    "INSERT INTO report_lead (tenant_id, pseudonym, created_at, origin, responded_at, outcome)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, pseudonym)"
    " DO UPDATE SET responded_at = excluded.responded_at, outcome = excluded.outcome"
)
_OFFER = (
    "INSERT INTO report_offer (tenant_id, pseudonym, side, offered_at, decided_at, status)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, pseudonym)"
    " DO UPDATE SET decided_at = excluded.decided_at, status = excluded.status"
)
_ORIGIN = "INSERT INTO report_origin (tenant_id, code, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


class Origin(msgspec.Struct, frozen=True, order=True):
    """Where a lead came from, as its form asked for it; empty where the form does not ask."""

    source: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class _LeadFact:
    created_at: str
    origin: bytes
    responded_at: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class _Happened:
    """An event on its way into the facts."""

    stream_id: str
    at: str
    event: Any


def catch_up(log: TenantLog) -> bool:
    """Draw the facts of the next slice of the log; tells whether there may be more."""
    with log.keeping() as unit:
        cursor = unit.select("SELECT position FROM report_cursor WHERE tenant_id = ?")
        rows = unit.select(_PENDING, cursor[0][0] if cursor else 0, SLICE)
        for _position, version, at, kind, stream_id, *sealed in rows:
            draw = _FACTS.get(kind)
            event = unit.event(stream_id, version, kind, *sealed) if draw else None
            if draw and event is not None:  # an erased lead never enters the facts
                draw(unit, _Happened(stream_id, at, event))
        if rows:
            unit.run(_MOVE, rows[-1][0])
    return len(rows) == SLICE


def origins(unit: Unit) -> dict[bytes, Origin]:
    """Return what the codes of origins stand for."""
    found = unit.select("SELECT code, doc FROM report_origin WHERE tenant_id = ?")
    return {code: _opened(unit, code, doc) for code, doc in found}


def _opened(unit: Unit, code: bytes, doc: bytes) -> Origin:
    return msgspec.json.decode(unit.keys.open(unit.tenant, TENANT_KEY, doc, report_place(code)), type=Origin)


def _on_created(unit: Unit, one: _Happened) -> None:
    encoded = msgspec.json.encode(_origin(unit, one.event))
    code = unit.keys.blind(unit.tenant, "report-origin", encoded)
    unit.run(_ORIGIN, code, unit.keys.seal(unit.tenant, TENANT_KEY, encoded, report_place(code)))
    _store(unit, _pseudonym(unit, one.stream_id), _LeadFact(one.at, code))


def _on_deleted(unit: Unit, one: _Happened) -> None:
    """Cut the fact off from the lead for ever: what is left counts, and belongs to nobody."""
    pseudonym = _pseudonym(unit, one.stream_id)
    fact = _known(unit, pseudonym)
    if fact is not None:
        unit.run("DELETE FROM report_lead WHERE tenant_id = ? AND pseudonym = ?", pseudonym)
        _store(unit, secrets.token_bytes(len(pseudonym)), fact)


def _on_response(unit: Unit, one: _Happened) -> None:
    """Note when somebody first did something about a lead."""
    pseudonym = _pseudonym(unit, one.stream_id)
    fact = _known(unit, pseudonym)
    if fact is not None and fact.responded_at is None:
        _store(unit, pseudonym, replace(fact, responded_at=one.at))


def _on_closed(unit: Unit, one: _Happened) -> None:
    """Note how a lead was closed; that it was passed on is no outcome."""
    if one.event.outcome in CODES_OF_ENDS:
        return
    pseudonym = _pseudonym(unit, one.stream_id)
    fact = _known(unit, pseudonym)
    if fact is not None:
        _store(unit, pseudonym, replace(fact, outcome=one.event.outcome))


def _on_brokerage(unit: Unit, one: _Happened) -> None:
    _on_response(unit, one)
    if one.event.one_after_another:
        return  # each is counted when its turn comes
    for recipient in one.event.recipients:
        unit.run(_OFFER, _pseudonym(unit, recipient.offer_id), GIVEN, one.at, None, "OPEN")


def _on_extended(unit: Unit, one: _Happened) -> None:
    unit.run(_OFFER, _pseudonym(unit, one.event.offer_id), GIVEN, one.at, None, "OPEN")


def _on_received(unit: Unit, one: _Happened) -> None:
    unit.run(_OFFER, _pseudonym(unit, one.event.offer_id), RECEIVED, one.at, None, "OPEN")


def _ends(status: str | None) -> "Draw":
    """Note how an offer ended; the partner's log names the status itself."""

    def draw(unit: Unit, one: _Happened) -> None:
        pseudonym = _pseudonym(unit, one.event.offer_id)
        found = unit.select(
            "SELECT side, offered_at FROM report_offer WHERE tenant_id = ? AND pseudonym = ?", pseudonym
        )
        for side, offered_at in found:
            unit.run(_OFFER, pseudonym, side, offered_at, one.at, status or one.event.status)

    return draw


Draw = Callable[[Unit, _Happened], None]
_FACTS: Mapping[str, Draw] = {
    "LeadCreated": _on_created,
    "LeadDeleted": _on_deleted,
    "NoteAdded": _on_response,
    "CommissionStarted": _on_response,
    "StepChanged": _on_response,
    "ShareRequested": _on_response,
    "CommissionClosed": _on_closed,
    "ClosingReported": _on_closed,
    "BrokerageStarted": _on_brokerage,
    "OfferExtended": _on_extended,
    "OfferAccepted": _ends("ACCEPTED"),
    "OfferDeclined": _ends("DECLINED"),
    "OfferMissed": _ends("MISSED"),
    "OfferEnded": _ends("ENDED"),
    "OfferReceived": _on_received,
    "OfferClosed": _ends(None),
}


def _pseudonym(unit: Unit, thing: str) -> bytes:
    return unit.keys.blind(unit.tenant, "report", thing.encode())


def _known(unit: Unit, pseudonym: bytes) -> _LeadFact | None:
    found = unit.select(
        "SELECT created_at, origin, responded_at, outcome FROM report_lead"
        " WHERE tenant_id = ? AND pseudonym = ?",
        pseudonym,
    )
    return _LeadFact(*found[0]) if found else None


def _store(unit: Unit, pseudonym: bytes, fact: _LeadFact) -> None:
    unit.run(_LEAD, pseudonym, fact.created_at, fact.origin, fact.responded_at, fact.outcome)


def _origin(unit: Unit, event: e.LeadCreated) -> Origin:
    doc = references.one_of(unit, references.FORM, event.form_id)
    if doc is None:
        return Origin()
    form, lead = _definition(doc), event.row.lead
    blocks = ((form.prospect, lead.prospect), (form.interest, lead.interest))
    return Origin(_asked(blocks, ":leadsource"), _asked(blocks, ":campaign"))


@lru_cache(maxsize=256)
def _definition(doc: bytes) -> FormDefinition:
    """Read a form once for all its leads."""
    return Form.model_validate_json(doc).definition


def _asked(blocks: tuple[tuple[FormBlock, FieldList | None], ...], subtype: str) -> str:
    """Return the value of the first field whose type in the form ends so."""
    for asked, given in blocks:
        for label, field in asked.fields.items():
            if given is not None and field.type.endswith(subtype) and label in given.fields:
                return shown(given.fields[label].value)
    return ""
