"""Builds the features' views with their presenters, anew at every call (the shell's ``Features``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from leaddesk.contract.ids import LeadId
from leaddesk.desk.desk import Desk
from leaddesk.store.store import Store
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.leads.lead_list_presenter import LeadListPresenter
from leaddesk.ui.leads.lead_list_view import LeadListView
from leaddesk.ui.shell.doors import Closable, Page

if TYPE_CHECKING:
    from leaddesk.ui.account.sessions_presenter import SessionsPresenter
    from leaddesk.ui.account.step_up_presenter import StepUpPresenter
    from leaddesk.ui.approvals.approvals_presenter import ApprovalsPresenter
    from leaddesk.ui.approvals.approvals_view import ApprovalsView
    from leaddesk.ui.leads.detail.presenter import LeadDetailPresenter
    from leaddesk.ui.leads.detail.view import LeadDetailView
    from leaddesk.ui.offers.offers_presenter import OffersPresenter
    from leaddesk.ui.offers.offers_view import OffersView
    from leaddesk.ui.sharing.shares_presenter import SharesPresenter
    from leaddesk.ui.sharing.shares_view import SharesView

LATER = (
    "leaddesk.ui.shell.lock.lock_presenter",
    "leaddesk.ui.shell.lock.countdown",
    "leaddesk.ui.shell.outbox.waiting_changes_pane",
    "leaddesk.ui.shell.outbox.conflict_dialog",
    "leaddesk.ui.shell.help.keys_dialog",
    "leaddesk.desk.attachments.attachments",
    "leaddesk.contract.accounts",
    "leaddesk.ui.leads.detail.presenter",
    "leaddesk.ui.sharing.share_presenter",
    "leaddesk.ui.sharing.shares_presenter",
    "leaddesk.ui.offers.offers_presenter",
    "leaddesk.ui.approvals.approvals_presenter",
    "leaddesk.ui.signin.sign_in_presenter",
)
"""What the first rows do not need; imported when it is asked for, or when nobody is waiting."""


class _Nothing:
    """Stands for a dialog that was not opened, because its lead is gone."""

    def close(self) -> None:
        """Do nothing."""


class Features:
    """One builder a feature; holds no view."""

    def __init__(self, desk: Desk, store: Store, around: Surroundings) -> None:
        self._desk, self._store, self._around = desk, store, around

    def lead_list(self) -> Page[LeadListView, LeadListPresenter]:
        """Build the list."""
        view = LeadListView(self._store.leads)
        return Page(view, LeadListPresenter(view, self._desk, self._store, self._around))

    def lead_detail(self) -> Page[LeadDetailView, LeadDetailPresenter]:
        """Build the detail."""
        from leaddesk.ui.leads.detail.presenter import LeadDetailPresenter
        from leaddesk.ui.leads.detail.view import LeadDetailView

        view = LeadDetailView()
        return Page(view, LeadDetailPresenter(view, self._desk, self._store, self._around))

    def offers(self) -> Page[OffersView, OffersPresenter]:
        """Build the offers page."""
        from leaddesk.ui.offers.offers_presenter import OffersPresenter
        from leaddesk.ui.offers.offers_view import OffersView

        view = OffersView()
        return Page(view, OffersPresenter(view, self._desk, self._around))

    def shares(self) -> Page[SharesView, SharesPresenter]:
        """Build the page of own share requests."""
        from leaddesk.ui.sharing.shares_presenter import SharesPresenter
        from leaddesk.ui.sharing.shares_view import SharesView

        view = SharesView()
        return Page(view, SharesPresenter(view, self._desk, self._around))

    def approvals(self) -> Page[ApprovalsView, ApprovalsPresenter]:
        """Build the approvals page."""
        from leaddesk.ui.approvals.approvals_presenter import ApprovalsPresenter
        from leaddesk.ui.approvals.approvals_view import ApprovalsView

        view = ApprovalsView()
        return Page(view, ApprovalsPresenter(view, self._desk, self._around))

    def share_dialog(self, lead_id: str) -> Closable:
        """Open the share dialog for a lead that is still there."""
        from leaddesk.ui.sharing.share_presenter import SharePresenter

        slot = self._store.leads.slot_of(LeadId(lead_id))
        if slot is None:
            return _Nothing()
        return SharePresenter(self._store.leads.get(slot), self._desk, self._around)

    def sessions(self) -> SessionsPresenter:
        """Open the dialog of the own sessions."""
        from leaddesk.ui.account.sessions_presenter import SessionsPresenter

        return SessionsPresenter(self._desk.own_sessions, self._around)

    def step_up(self) -> StepUpPresenter:
        """Ask once more who is there whenever the server wants to know."""
        from leaddesk.ui.account.step_up_presenter import StepUpPresenter

        return StepUpPresenter(self._desk.step_up, self._around)

    def offer_alerts(self, show_offers: Callable[[], None]) -> Closable:
        """Tell of new offers as long as somebody is signed in."""
        from leaddesk.ui.offers.offer_alerts import OfferAlerts

        return OfferAlerts(self._desk, self._around, show_offers)
