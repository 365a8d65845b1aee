"""What stands at the right of the list: the hint, a lead, or the queue over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtWidgets import QWidget

from leaddesk.ui.shell.doors import LeadDetailPresenter, LeadDetailView, Page
from leaddesk.ui.shell.frame.workplace import Workplace

LeadVerb = Literal["call", "mail", "write_note", "change_step", "share", "delete"]
Detail = Page[LeadDetailView, LeadDetailPresenter]


class OpenLead:
    """Builds the detail at the first lead and keeps it for the next ones.

    Invariant: ``lead_id`` is None exactly when no lead is open; the queue covers a lead without closing it.
    """

    def __init__(self, workplace: Workplace, build: Callable[[], Detail]) -> None:
        self._workplace, self._build = workplace, build
        self._detail: Detail | None = None
        self._cover: QWidget | None = None
        self._place: tuple[int, int] | None = None
        self._dismissed = False
        self.lead_id: str | None = None

    def open(self, lead_id: str) -> None:
        """Show a lead."""
        if self._detail is None:
            self._detail = self._build()
        self.lead_id, self._cover = lead_id, None
        self._detail.presenter.open(lead_id)
        if self._place is not None:
            self._detail.view.set_place(*self._place)
        self._show()

    def set_place(self, index: int, count: int) -> None:
        """Say which of how many leads in the filter is open."""
        self._place = (index, count)
        if self._detail is not None:
            self._detail.view.set_place(index, count)

    def cover(self, view: QWidget) -> None:
        """Show the queue instead, until it is left."""
        self._cover = view
        self._show()

    def is_open(self) -> bool:
        """Whether something stands at the right that can be left."""
        return self._cover is not None or self.lead_id is not None

    def leave(self) -> None:
        """Leave the queue, or else the lead; then the list has the full width."""
        if self._cover is not None:
            self._cover = None
        else:
            self.lead_id = None
        self._dismissed = self.lead_id is None
        self._show()

    def show_on(self, on_list: bool) -> None:
        """Follow the page: only the list has something at its right, besides the queue."""
        if on_list or self._cover is not None:
            self._show()
        else:
            self._workplace.hide_side()

    def do(self, verb: LeadVerb) -> None:
        """Do with the open lead what its button does."""
        if self._detail is not None and self.lead_id is not None and self._cover is None:
            getattr(self._detail.view, verb)()

    def in_a_call(self) -> QWidget | None:
        """Return the detail while it shows a lead that was called: one reads from it on the phone."""
        if self._detail is None or self.lead_id is None or self._cover is not None:
            return None
        return _widget(self._detail.view) if self._detail.view.called == self.lead_id else None

    def close(self) -> None:
        """Close the detail's presenter and take its view out of the tree."""
        if self._detail is not None:
            self._detail.presenter.close()
            _destroy(self._detail.view)
        self._detail, self._cover, self.lead_id = None, None, None
        self._workplace.hide_side()

    def _show(self) -> None:
        if self._cover is not None:
            self._workplace.show_side(self._cover)
        elif self._detail is not None and self.lead_id is not None:
            self._workplace.show_side(_widget(self._detail.view))
        elif self._dismissed:
            self._workplace.hide_side()
        else:
            self._workplace.show_hint()


def _widget(view: object) -> QWidget:
    if not isinstance(view, QWidget):
        raise TypeError("a view is a widget")
    return view


def _destroy(view: object) -> None:
    widget = _widget(view)
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()
