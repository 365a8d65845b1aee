"""The lead detail: header, five tabs, composer; or one sentence when the lead is not there any more."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from leaddesk.contract.ids import LeadId
from leaddesk.ui.kit.layout.tab_order import chain
from leaddesk.ui.kit.masks import covers
from leaddesk.ui.kit.pieces.empty import EmptyState
from leaddesk.ui.kit.pieces.marks import Skeleton
from leaddesk.ui.kit.pieces.panes import Pane, scroll
from leaddesk.ui.kit.pieces.tabs import TabBar
from leaddesk.ui.kit.speech.roles import announce
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.header import DetailHeader
from leaddesk.ui.leads.detail.note.composer import NoteComposer
from leaddesk.ui.leads.detail.state import DetailTab, LeadDetailState, Place, Presence
from leaddesk.ui.leads.detail.tabs.attachments import AttachmentsTab
from leaddesk.ui.leads.detail.tabs.history import HistoryTab
from leaddesk.ui.leads.detail.tabs.journal import JournalTab
from leaddesk.ui.leads.detail.tabs.overview import OverviewTab
from leaddesk.ui.leads.detail.tabs.recipients import RecipientsTab
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current

_PAGES = (Presence.LOADED, Presence.GONE, Presence.AWAITED)


class LeadDetailView(Pane):
    """Renders a :class:`LeadDetailState`. The methods are what the window's shortcuts press.

    Invariant: holds no lead once a state without presence was rendered. ``called``: the lead shown, if it
    was called: it is read on the phone, and not masked meanwhile (guarantee C4).
    """

    closed = Signal()
    walk_requested = Signal(int)
    share_requested = Signal(str)
    step_requested = Signal(str)
    note_written = Signal(str, bool)
    draft_changed = Signal(str, bool)
    delete_requested = Signal()
    copy_requested = Signal(str)
    reach_requested = Signal(str, str)
    reveal_requested = Signal()
    left_alone = Signal()
    attachment_opened = Signal(object)
    attach_requested = Signal()
    files_dropped = Signal(list)
    upload_cancelled = Signal(int)
    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("surface", parent)
        self.setAccessibleName(text("lead_detail.title"))
        self._state: LeadDetailState | None = None
        self._spoken: LeadId | None = None
        self.called: LeadId | None = None
        self._header = DetailHeader()
        self._tabs = _Tabs()
        self._composer = NoteComposer()
        self._absent = EmptyState(
            Icon.LEADS,
            text("lead_detail.gone_title"),
            text("lead_detail.gone_sentence"),
            primary=text("lead_detail.close"),
        )
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        present = QWidget()
        column = QVBoxLayout(present)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._tabs, 1)
        column.addWidget(self._composer)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(present)
        self._stack.addWidget(self._absent)
        self._stack.addWidget(_awaited())

    def _connect(self) -> None:
        self._header.walk_requested.connect(self.walk_requested)
        self._header.closed.connect(self.closed)
        self._header.step_chosen.connect(self.step_requested)
        self._header.note_requested.connect(self.write_note)
        self._header.share_requested.connect(self.share)
        self._header.call_requested.connect(self.call)
        self._header.mail_requested.connect(self.mail)
        self._tabs.overview.reach_requested.connect(self.reach_requested)
        self._tabs.overview.reveal_requested.connect(self.reveal_requested)
        self._tabs.overview.left_alone.connect(self.left_alone)
        self._header.delete_requested.connect(self.delete)
        self._tabs.overview.copy_requested.connect(self.copy_requested)
        self._tabs.attachments.attachment_opened.connect(self.attachment_opened)
        self._tabs.attachments.attach_requested.connect(self.attach_requested)
        self._tabs.attachments.files_dropped.connect(self.files_dropped)
        self._tabs.attachments.upload_cancelled.connect(self.upload_cancelled)
        self._tabs.retry_requested.connect(self.retry_requested)
        self._absent.primary_pressed.connect(self.closed)
        self._connect_composer()

    def _connect_composer(self) -> None:
        self._composer.note_written.connect(self.note_written)
        self._composer.draft_changed.connect(self.draft_changed)
        self._composer.left.connect(self._tabs.focus_bar)

    def render_state(self, state: LeadDetailState) -> None:
        """Show a state; another lead, or none, begins at the top, with an empty field meant for the house."""
        here = state.presence is Presence.LOADED
        shown, self._spoken = self._spoken, state.lead_id if here else None
        if here and shown != state.lead_id and not covers(self):
            announce(self, text("lead_detail.opened", name=state.name))
        if not here or self._state is None or self._state.lead_id != state.lead_id:
            self.called = None
            self._composer.set_draft("", intern=True)
            self._tabs.scroll_up()
        self._state = state
        self._stack.setCurrentIndex(_PAGES.index(state.presence))
        self._header.show_state(state)
        self._tabs.show_state(state)
        self._composer.setVisible(state.allowed.write)
        chain(self._header, self._tabs, self._composer)

    def set_place(self, index: int, count: int) -> None:
        """Show where the lead stands in the filtered list."""
        self._header.show_place(Place(index, count))

    def draft(self) -> str:
        """Return the note being written."""
        return self._composer.draft()

    def set_draft(self, words: str, *, intern: bool = True) -> None:
        """Bring back the note being written."""
        self._composer.set_draft(words, intern=intern)

    def open_tab(self, tab: DetailTab) -> None:
        """Show one of the tabs."""
        self._tabs.open_tab(tab)

    def call(self) -> None:
        """Key C: dial the prospect."""
        if self._state is not None and self._state.reach.call is not None:
            self.called = self._state.lead_id
            self._reach(self._state.reach.call)

    def mail(self) -> None:
        """Key M: write to the prospect."""
        if self._state is not None:
            self._reach(self._state.reach.mail)

    def _reach(self, link: str | None) -> None:
        lines = self._state.contact if self._state is not None else ()
        for line in lines:
            if link is not None and line.link == link:
                self.reach_requested.emit(link, line.value)
                return

    def write_note(self) -> None:
        """Key N."""
        if self._state is not None and self._state.allowed.write:
            self._composer.write()

    def change_step(self) -> None:
        """Key S."""
        if self._state is not None and self._state.allowed.move:
            self._header.focus_step()

    def share(self) -> None:
        """Key T."""
        if self._state is not None and self._state.allowed.share:
            self.share_requested.emit(self._state.lead_id)

    def delete(self) -> None:
        """Key Del; asks before anything happens."""
        if self._state is not None and self._state.allowed.delete:
            self.delete_requested.emit()

    def lead_id(self) -> LeadId | None:
        """Return whose detail is shown."""
        return None if self._state is None else self._state.lead_id


def _awaited() -> QWidget:
    """Return what stands here until the lead is loaded."""
    page, bars = QWidget(), Skeleton(8)
    bars.setAccessibleName(text("lead_detail.awaited"))
    column = QVBoxLayout(page)
    side = current().px(20)
    column.setContentsMargins(side, side, side, side)
    column.addWidget(bars)
    column.addStretch(1)
    return page


class _Tabs(QWidget):
    retry_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.overview = OverviewTab()
        self.attachments = AttachmentsTab()
        answered = (self.attachments, JournalTab(), HistoryTab(), RecipientsTab())
        for answer in answered:
            answer.retry_requested.connect(self.retry_requested)
        self._shown = (self.overview, *answered)
        self._bar = TabBar()
        self._pages = {key: scroll(tab) for key, tab in zip(DetailTab, self._shown, strict=True)}
        body = QWidget()
        self._stack = QStackedLayout(body)
        for key, page in self._pages.items():
            self._bar.add(key, text(f"lead_detail.tab_{key}"))
            self._stack.addWidget(page)
            page.setAccessibleName(text(f"lead_detail.tab_{key}"))
        self._bar.setAccessibleName(text("lead_detail.title"))
        self._bar.selected.connect(self._selected)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(_Underlined(self._bar))
        column.addWidget(body, 1)

    def open_tab(self, tab: DetailTab) -> None:
        self._bar.select(tab)

    def focus_bar(self) -> None:
        self._bar.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def scroll_up(self) -> None:
        for page in self._pages.values():
            page.verticalScrollBar().setValue(0)

    def _selected(self, key: str) -> None:
        self._stack.setCurrentWidget(self._pages[DetailTab(key)])

    def show_state(self, state: LeadDetailState) -> None:
        notes = len(state.waiting) + len(state.notes or ())
        files = len(state.uploads) + len(state.attachments or ())
        self._bar.set_count(DetailTab.ATTACHMENTS, files or None)
        self._bar.show_tab(DetailTab.ATTACHMENTS, state.allowed.attachments)
        self._bar.set_count(DetailTab.JOURNAL, notes or None)
        self._bar.set_count(DetailTab.RECIPIENTS, len(state.recipients) if state.recipients else None)
        self._bar.show_tab(DetailTab.HISTORY, state.allowed.trace)
        self._bar.show_tab(DetailTab.RECIPIENTS, state.allowed.trace and state.owner is None)
        for tab in self._shown:
            tab.show_state(state)


class _Underlined(QWidget):
    """Lets the tabs start where the text starts, while their line goes from edge to edge."""

    def __init__(self, bar: TabBar) -> None:
        super().__init__()
        row = QVBoxLayout(self)
        row.setContentsMargins(current().px(20), 0, current().px(20), 0)
        row.addWidget(bar)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, current().color("border"))
        painter.end()
