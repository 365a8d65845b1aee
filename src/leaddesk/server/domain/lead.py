"""The state of one lead, folded from its stream, and what a member may do with it.

The row of contract.rows *is* the state of fields and commission, so the projection stores it as it stands.
The serial counts changes of fields and step, never notes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec.structs import replace as with_

from leaddesk.contract.ids import FormId, LeadId, NoteId, TenantId, Urn, tenant_urn
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.rows import CommissionPart, FieldContent, FieldList, LeadPart, LeadRow
from leaddesk.server.domain import events as e
from leaddesk.server.domain.refusal import Refused, forbidden, invalid, not_found, stale

OUTCOME_PASSED_ON = "passed-on"
OUTCOME_PARTNERSHIP_ENDED = "partnership-ended"
CODES_OF_ENDS = frozenset({OUTCOME_PASSED_ON, OUTCOME_PARTNERSHIP_ENDED})
"""Outcomes by which a commission ends without anybody having closed the lead."""

_MEMBER = "urn:lt:members:"
_PARTNER = "urn:lt:sales-partners:"


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the log."""

    position: int
    version: int
    at: str
    actor: Urn
    event: e.Event


@dataclass(frozen=True, slots=True, repr=False)
class Share:
    """A share request inside its lead; the wire's names are added when it is rendered."""

    asked: e.ShareRequested
    requested_by: Urn
    requested_at: str
    status: str = "PENDING"
    serial: int = 1
    decided_by: Urn | None = None
    decided_at: str | None = None
    decision_reason: str | None = None
    brokerage_id: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Brokerage:
    """The running or last offer of the lead on a market; ``statuses`` and ``deadlines`` by offer id."""

    started: e.BrokerageStarted
    statuses: Mapping[str, str]
    deadlines: Mapping[str, str] = field(default_factory=dict)
    interested: frozenset[str] = frozenset()
    failed: bool = False

    @property
    def running(self) -> bool:
        """Tell whether any partner may still accept, now or when its turn comes."""
        return "OPEN" in self.statuses.values()

    @property
    def next_deadline(self) -> str | None:
        """Say when the next open offer runs out."""
        times = [self.deadlines[offer] for offer, status in self.statuses.items() if status == "OPEN"]
        return min(times, default=None)


@dataclass(frozen=True, slots=True, repr=False)
class LeadState:
    """One lead inside one tenant. ``keeper`` is whose lead it is for the visibility rule (measure A10)."""

    version: int
    row: LeadRow
    form_id: FormId | None
    keeper: Urn | None = None
    pipeline: e.Steps | None = None
    shares: Mapping[str, Share] = field(default_factory=dict)
    brokerage: Brokerage | None = None
    received: e.LeadReceived | None = None
    recipients: frozenset[TenantId] = frozenset()

    @property
    def lead_id(self) -> LeadId:
        """The stream's name."""
        return self.row.lead.lead_id

    @property
    def serial(self) -> int:
        """What optimistic changes are checked against."""
        return self.row.lead.serial

    @property
    def worked_by_partner(self) -> bool:
        """Tell whether a sales partner has the running commission."""
        running = self.row.commission
        return running is not None and running.closed_at is None and running.responsible.startswith(_PARTNER)


def created(recorded: Recorded) -> LeadState:
    """Begin an own lead. The row may hold a running commission already."""
    event = recorded.event
    if not isinstance(event, e.LeadCreated):
        raise not_found()
    commission = event.row.commission
    keeper = commission.responsible if commission and commission.responsible.startswith(_MEMBER) else None
    return LeadState(recorded.version, event.row, event.form_id, keeper)


def received(lead_id: LeadId, recorded: Recorded) -> LeadState:
    """Begin a granted lead in the partner's tenant; its field lists lie in the offer's document."""
    event = recorded.event
    if not isinstance(event, e.LeadReceived):
        raise not_found()
    head = LeadPart(lead_id, 1, tenant_urn(event.owner_id), recorded.at, recorded.at)
    running = CommissionPart(
        commission_id=event.commission_id,
        responsible=event.responsible,
        started_at=recorded.at,
        step=event.step,
        sales_pipeline_id=event.pipeline.sales_pipeline_id,
    )
    row = LeadRow(recorded.at, head, running)
    # Who accepted keeps it; a lead assigned to the firm is nobody's until a member takes it.
    keeper = event.responsible if event.responsible.startswith(_MEMBER) else None
    return LeadState(recorded.version, row, None, keeper=keeper, pipeline=event.pipeline, received=event)


def _mandate(state: LeadState) -> CommissionPart:
    if state.row.commission is None:
        raise ValueError("the stream reports on a commission that never started")
    return state.row.commission


def touched(state: LeadState, at: str, *, fields: bool = False, **parts: Any) -> LeadRow:
    """Count the serial up and move the times; ``fields`` also moves the lead's own time."""
    lead = with_(state.row.lead, serial=state.serial + 1, **parts)
    if fields:
        lead = with_(lead, modified_at=at)
    return with_(state.row, modified_at=at, lead=lead)


def on_step(state: LeadState, recorded: Recorded, event: e.StepChanged | e.StepReported) -> LeadState:
    """Fold a step, our own or the partner's."""
    row = touched(state, recorded.at)
    return replace(state, row=with_(row, commission=with_(_mandate(state), step=event.after)))


def on_commission_started(state: LeadState, recorded: Recorded, event: e.CommissionStarted) -> LeadState:
    """Fold a mandate; a member as responsible becomes the keeper, a partner leaves the keeper as it was."""
    running = CommissionPart(
        commission_id=event.commission_id,
        responsible=event.responsible,
        started_at=recorded.at,
        step=event.step,
        sales_pipeline_id=event.pipeline.sales_pipeline_id,
    )
    row = with_(touched(state, recorded.at), commission=running)
    keeper = event.responsible if event.responsible.startswith(_MEMBER) else state.keeper
    return replace(state, row=row, keeper=keeper, pipeline=event.pipeline)


def on_responsible_changed(state: LeadState, recorded: Recorded, event: e.ResponsibleChanged) -> LeadState:
    """Fold that a colleague has it now; a mandate that is closed, or a partner's, stays whose it was."""
    row, running = touched(state, recorded.at), state.row.commission
    if running is not None and running.closed_at is None and running.responsible == event.before:
        row = with_(row, commission=with_(running, responsible=event.responsible))
    return replace(state, row=row, keeper=event.responsible)


def on_commission_closed(state: LeadState, recorded: Recorded, event: e.CommissionClosed) -> LeadState:
    """Fold the end of a mandate."""
    row = touched(state, recorded.at)
    closed = with_(_mandate(state), closed_at=recorded.at, outcome=event.outcome)
    return replace(state, row=with_(row, commission=closed))


def on_closing_reported(state: LeadState, recorded: Recorded, event: e.ClosingReported) -> LeadState:
    """Fold the end of a partner's mandate, as the partner reports it."""
    return on_commission_closed(state, recorded, e.CommissionClosed(event.commission_id, event.outcome))


def on_fields_changed(state: LeadState, recorded: Recorded, event: e.FieldsChanged) -> LeadState:
    """Fold changed values; a label without ``after`` leaves its list."""
    blocks = {"prospect": state.row.lead.prospect, "interest": state.row.lead.interest}
    whole = {"prospect": event.prospect, "interest": event.interest}
    for name, block in blocks.items():
        mine = [change for change in event.changes if change.block == name]
        blocks[name] = whole[name] or (_changed(block or FieldList({}), mine) if mine else block)
    return replace(state, row=touched(state, recorded.at, fields=True, **blocks))


def _changed(block: FieldList, changes: Iterable[e.Change]) -> FieldList:
    fields = dict(block.fields)
    order = list(block.field_order) if block.field_order is not None else None
    for change in changes:
        if change.after is None:
            fields.pop(change.label, None)
        else:
            fields[change.label] = FieldContent(change.type, change.after)
            if order is not None and change.label not in order:
                order.append(change.label)
    return FieldList(fields, [name for name in order if name in fields] if order is not None else None)


def decide_note(note_id: NoteId, text: str, intern: bool) -> list[e.Event]:
    """Add to the journal; every member that sees the lead and may write may."""
    return [e.NoteAdded(note_id, text, intern)]


def decide_step(
    state: LeadState, step: str, seen_serial: int | None, pipeline: e.Steps, start: e.CommissionStarted
) -> list[e.Event]:
    """Move a lead to a step of its pipeline (contract, "Steps").

    ``pipeline`` is the running commission's. The first step change of an own lead opens a commission of its
    own: ``start`` is that commission, on the tenant's default pipeline. Raises ``Refused``: stale serial; a
    step the pipeline does not have; forbidden while a partner works the lead.
    """
    if seen_serial is not None and seen_serial != state.serial:
        raise stale(state.serial)
    if state.worked_by_partner:
        raise forbidden()
    running = state.row.commission
    if state.received is not None and running is not None and running.closed_at is not None:
        raise Refused(ProblemType.WRONG_STATE, field="step", expected="a lead whose commission still runs")
    if running is None or running.closed_at is not None:
        opening: list[e.Event] = [start]
        pipeline, before, commission_id = start.pipeline, start.step, start.commission_id
    else:
        opening, before, commission_id = [], running.step, running.commission_id
    if step not in pipeline.steps:
        raise invalid("step", "a step of the lead's pipeline")
    if step == before:
        return opening
    return [*opening, e.StepChanged(commission_id, before, step)]


def decide_closing(state: LeadState, outcome: str, reason: str, seen_serial: int | None) -> list[e.Event]:
    """Close the running commission: whoever works the lead does, with an outcome.

    Raises ``Refused``: stale serial; forbidden while a partner works the lead; wrong state if none runs.
    """
    if seen_serial is not None and seen_serial != state.serial:
        raise stale(state.serial)
    if state.worked_by_partner:
        raise forbidden()
    running = state.row.commission
    if running is None or running.closed_at is not None:
        raise Refused(ProblemType.WRONG_STATE, field="commission", expected="a commission that still runs")
    return [e.CommissionClosed(running.commission_id, outcome, reason)]


def decide_rating(state: LeadState, stars: int, text: str) -> list[e.Event]:
    """Rate the partner that had the lead. Raises ``Refused``: forbidden for a lead that is only granted;
    wrong state unless the last commission was a partner's and is closed.
    """
    if state.received is not None:
        raise forbidden()
    last = state.row.commission
    if last is None or last.closed_at is None or not last.responsible.startswith(_PARTNER):
        raise Refused(ProblemType.WRONG_STATE, field="commission", expected="a partner's closed commission")
    return [e.CommissionRated(last.commission_id, stars, text)]


def decide_deletion(state: LeadState) -> e.LeadDeleted:
    """Erase an own lead for ever (measure A9). Raises ``Refused`` for a lead that is only granted."""
    if state.received is not None:
        raise forbidden()
    return e.LeadDeleted(sorted(state.recipients))
