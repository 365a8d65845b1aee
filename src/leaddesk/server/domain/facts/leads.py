"""What happens to a lead inside the house: its fields, journal, mandates and steps."""

from leaddesk.contract.ids import CommissionId, FormId, NoteId, TenantId, Urn
from leaddesk.contract.rows import FieldList, LeadRow
from leaddesk.server.domain.facts.base import Event
from leaddesk.server.domain.facts.parts import Change, Steps


class LeadCreated(Event, frozen=True):
    """``row`` is last, so that the stored bytes end with the encoded row (projection ``doc``)."""

    form_id: FormId
    row: LeadRow


class FieldsChanged(Event, frozen=True):
    """Values of the lead changed: one by one for the history, and each touched list as it is now.

    Where a list is absent (older events) the changes alone say what became of it.
    """

    changes: list[Change]
    prospect: FieldList | None = None
    interest: FieldList | None = None


class NoteAdded(Event, frozen=True):
    """The journal grew. Does not touch the serial."""

    note_id: NoteId
    text: str
    intern: bool


class CommissionStarted(Event, frozen=True):
    """Somebody has the mandate: a member, or a sales partner after acceptance."""

    commission_id: CommissionId
    responsible: Urn
    pipeline: Steps
    step: str


class ResponsibleChanged(Event, frozen=True):
    """A colleague has the lead instead of another one, and its running mandate; nothing else changes."""

    before: Urn
    responsible: Urn


class CommissionClosed(Event, frozen=True):
    """The mandate ended: with the outcome somebody gave it, or one of ``domain.lead``'s codes."""

    commission_id: CommissionId
    outcome: str
    reason: str = ""


class StepChanged(Event, frozen=True):
    """A member of this tenant moved the lead."""

    commission_id: CommissionId
    before: str
    after: str


class ClosingReported(Event, frozen=True):
    """The partner that worked the lead closed it in its own log; told by the relay, without its words."""

    commission_id: CommissionId
    outcome: str


class CommissionRated(Event, frozen=True):
    """The owner says how a partner did: one to five stars, and a word for the own house."""

    commission_id: CommissionId
    stars: int
    text: str = ""


class StepReported(Event, frozen=True):
    """The partner that works the lead moved it in its own log; told by the relay."""

    commission_id: CommissionId
    before: str
    after: str


class LeadDeleted(Event, frozen=True):
    """Erased for ever. What stays: lead id, time, actor, receiving tenants (measure A9).

    ``reason``: a code, ``retention`` where the tenant's own rule asked for it.
    """

    recipients: list[TenantId]
    reason: str = ""
