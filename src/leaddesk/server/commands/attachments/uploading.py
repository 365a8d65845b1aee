"""Putting a file at a lead: reserve an id, then take the bytes, at most one block of them in the clear.

Nothing is stored before the last byte has been looked at; then everything in one transaction.
"""

from dataclasses import dataclass

from leaddesk.contract.ids import AttachmentId, TenantId, Urn
from leaddesk.contract.problems import ProblemType
from leaddesk.server.commands.office import Office, Order, perform, persistently, visible_lead
from leaddesk.server.domain.events import AttachmentAdded
from leaddesk.server.domain.lead import LeadState
from leaddesk.server.domain.refusal import Refused, invalid, limit_reached, not_found
from leaddesk.server.domain.visibility import may_see
from leaddesk.server.eventlog.idempotency import Receipt
from leaddesk.server.eventlog.log import Unit
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.inspection.kinds import Check, served_type
from leaddesk.server.keys.port import KeyGone
from leaddesk.server.projections import attachments as files
from leaddesk.server.projections.leads import append_to_lead, load_lead

LARGEST_FILE = 25 * 1024 * 1024
"""Bytes."""
FILES_OF_A_LEAD = 100


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """Who may put which one file where; ``filename`` and ``content_type`` have passed the inspection."""

    tenant: TenantId
    lead_id: str
    attachment_id: str
    added_by: Urn
    sees_all_leads: bool
    filename: str
    content_type: str


def reserve_attachment(office: Office, order: Order, lead_id: str) -> Receipt:
    """Name the id a file will have; the receipt holds it. Raises ``Refused`` where the lead is not seen."""

    def work(unit: Unit) -> Receipt:
        visible_lead(unit, order.caller, lead_id)
        if files.count_files(unit, lead_id) >= FILES_OF_A_LEAD:
            raise limit_reached(
                "attachments", f"at most {FILES_OF_A_LEAD} of a lead; send several files as one"
            )
        return Receipt(200, (office.new_id(),), lead_id)

    return perform(office, order, work)


class Intake:
    """Takes one file. Any refusal leaves nothing behind."""

    def __init__(self, office: Office, ticket: Ticket) -> None:
        """Raises ``Refused``: the lead is gone or no longer seen, the ticket has been used."""
        self._office = office
        self.ticket = ticket
        self._log = office.log.for_tenant(Scope(ticket.tenant))
        self._check = Check(ticket.content_type)
        self._waiting = bytearray()
        self._sealed: list[bytes] = []
        self._size = 0
        with self._log.reading() as unit:
            self._key_id = files.key_of(self._lead(unit))

    def add(self, piece: bytes) -> None:
        """Take the next piece. Raises ``Refused``: too large, or of a kind that is not let in."""
        self._size += len(piece)
        if self._size > LARGEST_FILE:
            raise Refused(ProblemType.TOO_LARGE, field="file", expected=f"at most {LARGEST_FILE} bytes")
        self._check.feed(piece)
        self._refuse_fault()
        self._waiting += piece
        while len(self._waiting) > files.BLOCK:
            self._seal(bytes(self._waiting[: files.BLOCK]), last=False)
            del self._waiting[: files.BLOCK]

    def finish(self, scanned: bool) -> None:
        """Store the whole; ``scanned``: it waits for a scanner's verdict. Raises ``Refused``."""
        self._check.end()
        self._refuse_fault()
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()
        persistently(lambda: self._store(files.SCANNING if scanned else files.UNSCANNED))

    def _refuse_fault(self) -> None:
        if self._check.fault is not None:
            raise invalid("file", self._check.fault)

    def _seal(self, plain: bytes, last: bool) -> None:
        try:
            with self._log.keeping() as unit:
                self._lead(unit)
                file = (self.ticket.attachment_id, self._key_id)
                self._sealed.append(files.seal_block(unit, file, len(self._sealed), plain, last))
        except KeyGone:
            raise not_found() from None

    def _store(self, status: str) -> None:
        ticket, at = self.ticket, self._office.now()
        content_type = served_type(ticket.content_type)
        added = AttachmentAdded(AttachmentId(ticket.attachment_id), content_type, self._size)
        with self._log.writing() as unit:
            state = self._lead(unit)
            append_to_lead(unit, state, [added], at, ticket.added_by)
            head = (ticket.attachment_id, ticket.lead_id, self._key_id, self._size, len(self._sealed))
            file = files.StoredFile(*head, status, ticket.added_by, at, ticket.filename, content_type)
            files.store_file(unit, file, self._sealed)

    def _lead(self, unit: Unit) -> LeadState:
        """Look again each time: the lead may be erased, or lost to whoever asked, while the file comes."""
        ticket, state = self.ticket, load_lead(unit, self.ticket.lead_id)
        if not may_see(ticket.sees_all_leads, ticket.added_by, state.keeper):
            raise not_found()
        if files.is_taken(unit, ticket.attachment_id):
            raise Refused(ProblemType.FORBIDDEN, field="policy", expected="a policy that has not been used")
        return state
