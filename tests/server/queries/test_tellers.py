"""Whatever can happen is told: in the history, and by push."""

from leaddesk.server.domain import events as e
from leaddesk.server.domain.fold import EVOLVE
from leaddesk.server.queries.feed import KINDS
from leaddesk.server.queries.history import CONTENT


def test_every_event_of_a_lead_has_its_words_in_the_history() -> None:
    unfolded = {
        e.LeadCreated,
        e.LeadReceived,
        e.NoteAdded,
        e.CommissionRated,
        e.AttachmentAdded,
        e.AttachmentScanned,
    }
    assert set(CONTENT) == {*EVOLVE, *unfolded}


def test_push_tells_every_event_but_what_a_tenant_sets_up_for_itself() -> None:
    untold = {"Defined", "OperatorIntervened", "TenantDeleted"}
    untold |= {name for name in e.KINDS if name.startswith(("SalesPartner", "Partnership", "Webhook"))}
    assert set(KINDS) == set(e.KINDS) - untold
