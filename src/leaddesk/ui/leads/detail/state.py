"""What the lead detail shows: frozen, made by the presenter, rendered by the views."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from leaddesk.contract.attachments import Attachment
from leaddesk.contract.ids import LeadId


class DetailTab(StrEnum):
    """The five tabs under the buttons."""

    OVERVIEW = "overview"
    ATTACHMENTS = "attachments"
    JOURNAL = "journal"
    HISTORY = "history"
    RECIPIENTS = "recipients"


class Presence(StrEnum):
    """Whether the lead is here, or why it is not: while leads are still loaded, it may yet come."""

    LOADED = "loaded"
    AWAITED = "awaited"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One label with its value; long texts are quoted below the rows instead. ``link``: what opens it."""

    label: str
    value: str
    copyable: bool = False
    link: str | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class StepState:
    """The pipeline of the lead. ``current`` is None before the first step; pending = waits in the outbox."""

    steps: tuple[str, ...] = ()
    current: str | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One journal entry; pending ones wait in the outbox."""

    author: str
    text: str
    at: datetime
    intern: bool
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One value before → after."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change: who did what, when. ``kind``: the key of the words, or what a newer server calls it."""

    at: datetime
    who: str
    kind: str
    subject: str | None = None
    changes: tuple[ChangeLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipientLine:
    """One disclosure: who received which fields; ``count`` > 1 when a market's partners did."""

    name: str
    count: int
    market: str
    at: datetime
    fields: tuple[str, ...]
    with_contact: bool
    decided_by: str
    state: str


@dataclass(frozen=True, slots=True)
class UploadLine:
    """A file on its way to the lead; ``sent`` of ``size`` bytes went, or ``failed`` says why it did not."""

    upload_id: int
    name: str
    size: int = 0
    sent: int = 0
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the signed-in person may do with this lead; what is not allowed is not offered.

    ``trace``: look at its history and recipients. ``attachments``: the server has files; ``previews``: the
    tenant's policy lets them be looked at.
    """

    write: bool = False
    move: bool = False
    share: bool = False
    delete: bool = False
    trace: bool = True
    attachments: bool = False
    previews: bool = True


@dataclass(frozen=True, slots=True)
class Reach:
    """What dials the prospect and what writes to them; None where the lead has no such thing."""

    call: str | None = None
    mail: str | None = None


@dataclass(frozen=True, slots=True)
class Veiled:
    """How the lead is called and what stands below its name while its contact is masked."""

    name: str = ""
    subtitle: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lead stands in the filtered list, from 1; 0 = not in it."""

    position: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class LeadDetailState:
    """Everything the detail shows.

    ``attachments``, ``notes``, ``history`` and ``recipients`` are None while they load, or if ``failed`` says
    why they did not. ``asked`` are the quotes that belong to the enquiry. ``veiled``: the contact is masked
    until somebody asks for it; ``top`` is what its head shows then. ``waiting`` are the notes that are still
    in the outbox, newest first. A lead with an ``owner`` is another tenant's; only its owner knows the
    recipients.
    """

    lead_id: LeadId
    now: datetime
    presence: Presence = Presence.LOADED
    name: str = ""
    subtitle: tuple[str, ...] = ()
    owner: str | None = None
    partner: str | None = None
    step: StepState = StepState()
    contact: tuple[FieldLine, ...] = ()
    interest: tuple[FieldLine, ...] = ()
    quotes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    waiting: tuple[NoteLine, ...] = ()
    attachments: tuple[Attachment, ...] | None = None
    uploads: tuple[UploadLine, ...] = ()
    notes: tuple[NoteLine, ...] | None = None
    history: tuple[HistoryLine, ...] | None = None
    recipients: tuple[RecipientLine, ...] | None = None
    allowed: Allowed = Allowed()
    reach: Reach = Reach()
    failed: str | None = None
    veiled: bool = False
    top: Veiled = Veiled()
