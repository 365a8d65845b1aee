"""The upper part of the detail: walk, name, what and where, the buttons, the pipeline."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Kind, Size, icon_button, primary, secondary
from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.isolation import listed
from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.layout.flow import FlowLayout
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.leads.detail.state import LeadDetailState, Place
from leaddesk.ui.leads.detail.step_bar import StepBar
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle


class DetailHeader(QWidget):
    """Name and actions of one lead. Buttons a person has no right to are absent (measure A10)."""

    walk_requested = Signal(int)
    closed = Signal()
    call_requested = Signal()
    mail_requested = Signal()
    note_requested = Signal()
    share_requested = Signal()
    delete_requested = Signal()
    step_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = PlainLabel("", TextStyle.TITLE, elide=True, personal=True)
        self._subtitle = PlainLabel("", TextStyle.BODY, "text2", elide=True, personal=True)
        self._owner = Tag("", Tone.ACCENT)
        self._step = StepBar()
        self._walk = _Walk()
        self._actions = _Actions()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        theme = current()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), 0, theme.px(20), theme.px(12))
        column.setSpacing(0)
        column.addWidget(self._walk)
        column.addSpacing(theme.px(2))
        column.addWidget(self._name)
        column.addSpacing(theme.px(2))
        column.addWidget(self._subtitle)
        for widget, gap in ((self._owner, 6), (self._actions, 12), (self._step, 16)):
            column.addWidget(_Below(widget, gap))

    def _connect(self) -> None:
        self._walk.walk_requested.connect(self.walk_requested)
        self._walk.closed.connect(self.closed)
        self._actions.call_requested.connect(self.call_requested)
        self._actions.mail_requested.connect(self.mail_requested)
        self._actions.note_requested.connect(self.note_requested)
        self._actions.share_requested.connect(self.share_requested)
        self._actions.delete_requested.connect(self.delete_requested)
        self._step.step_chosen.connect(self.step_chosen)

    def show_state(self, state: LeadDetailState) -> None:
        """Render name, place, rights and step."""
        self._name.setText(state.name)
        self._subtitle.setText(listed(" • ", state.subtitle))
        tag = _tag(state)
        self._owner.setVisible(tag is not None)
        self._owner.set_tag(tag or "", Tone.ACCENT)
        self._actions.show_state(state)
        self._step.show_state(state.step, enabled=state.allowed.move)

    def show_place(self, place: Place) -> None:
        """Render ``‹ 12 / 348 ›``."""
        self._walk.show_place(place)

    def focus_step(self) -> None:
        """Put the keyboard on the pipeline, or do nothing where the person may not move the lead."""
        self._step.setFocus(Qt.FocusReason.ShortcutFocusReason)


class _Below(QWidget):
    """Keeps a gap above its one widget; both are gone while that widget is hidden."""

    def __init__(self, widget: QWidget, gap: int) -> None:
        super().__init__()
        self._inner = widget
        row = QHBoxLayout(self)
        row.setContentsMargins(0, current().px(gap), 0, 0)
        row.addWidget(widget)
        if widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Fixed:
            row.addStretch(1)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inner and event.type() in (
            QEvent.Type.ShowToParent,
            QEvent.Type.HideToParent,
        ):
            self.setVisible(not self._inner.isHidden())
        return False


def _tag(state: LeadDetailState) -> str | None:
    """Say whose lead it is, or who works ours; nothing for a lead that never left."""
    if state.owner is not None:
        return text("lead_detail.owned_by", name=state.owner)
    return None if state.partner is None else text("lead_detail.worked_by", name=state.partner)


class _Walk(QWidget):
    walk_requested = Signal(int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._back = icon_button(Icon.CHEVRON_LEFT, text("lead_detail.previous"), size=Size.SMALL)
        self._on = icon_button(Icon.CHEVRON_RIGHT, text("lead_detail.next"), size=Size.SMALL)
        self._count = PlainLabel("", TextStyle.CAPTION, "text2")
        close = icon_button(Icon.CLOSE, text("lead_detail.close"), size=Size.SMALL)
        self._back.clicked.connect(lambda: self.walk_requested.emit(-1))
        self._on.clicked.connect(lambda: self.walk_requested.emit(1))
        close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current().px(4))
        for widget in (self._back, self._count, self._on):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(close)
        self.setFixedHeight(current().length("layout.paneHeader"))
        self.show_place(Place())

    def show_place(self, place: Place) -> None:
        known = place.position > 0
        self._count.setText(
            text("lead_detail.place", position=place.position, total=place.total) if known else ""
        )
        self._back.setVisible(known)
        self._on.setVisible(known)
        self._back.setEnabled(place.position > 1)
        self._on.setEnabled(place.position < place.total)


class _Actions(QWidget):
    call_requested = Signal()
    mail_requested = Signal()
    note_requested = Signal()
    share_requested = Signal()
    delete_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._call = primary(text("lead_detail.call"), icon=Icon.CALL)
        self._mail = secondary(text("lead_detail.mail"), icon=Icon.MAIL)
        self._note = secondary(text("lead_detail.note"), icon=Icon.NOTE)
        self._share = secondary(text("lead_detail.share"), icon=Icon.SHARE)
        self._more = icon_button(Icon.MORE, text("lead_detail.more"), kind=Kind.SECONDARY)
        row = FlowLayout(current().px(4))
        for button, wish, tip in self._wishes():
            if tip:
                set_tip(button, tip)
            button.clicked.connect(wish)
            row.addWidget(button)
        self.setLayout(row)

    def _wishes(self) -> tuple[tuple[Button, SignalInstance | Callable[[], object], str], ...]:
        return (
            (self._call, self.call_requested, text("lead_detail.call_key")),
            (self._mail, self.mail_requested, text("lead_detail.mail_key")),
            (self._note, self.note_requested, text("lead_detail.note_key")),
            (self._share, self.share_requested, text("lead_detail.share_key")),
            (self._more, self._open_menu, ""),
        )

    def show_state(self, state: LeadDetailState) -> None:
        shown = {
            self._call: state.reach.call is not None,
            self._mail: state.reach.mail is not None,
            self._note: state.allowed.write,
            self._share: state.allowed.share,
            self._more: state.allowed.delete,
        }
        for button, visible in shown.items():
            button.setVisible(visible)
        self.setVisible(any(shown.values()))

    def _open_menu(self) -> None:
        menu = Menu(self._more)
        menu.add(
            text("lead_detail.delete"),
            Icon.DELETE,
            text("lead_detail.delete_key"),
            self.delete_requested.emit,
        )
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
