"""Every control in every state: the story that stands beside picture 18 of the design."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStyle, QStyleOption, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Button, Kind
from leaddesk.ui.kit.entry.edits import LineEdit
from leaddesk.ui.kit.floating.focus_ring import RingMark, ring_corner
from leaddesk.ui.kit.labels import IconLabel, PlainLabel
from leaddesk.ui.kit.painting.boxes import draw_hairline, draw_ring
from leaddesk.ui.kit.painting.people import draw_avatar, initials, slot_of
from leaddesk.ui.kit.painting.steps import draw_step
from leaddesk.ui.kit.painting.ticks import draw_check, draw_dot
from leaddesk.ui.kit.painting.writing import draw_text
from leaddesk.ui.kit.pieces.chips import AddChip, FilterChip
from leaddesk.ui.kit.pieces.choices import CheckBox, RadioButton
from leaddesk.ui.kit.pieces.marks import StepMark, Tag, Tone
from leaddesk.ui.kit.pieces.panes import Pane
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle
from tests.stories.registry import story

STEPS = ("Neu", "Kontakt", "Vor-Ort-Termin", "Angebot", "Abschluss")


class Posed(Button):
    """A button that is always under the pointer, or always pressed."""

    pose = QStyle.StateFlag.State_None

    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)
        option.state |= self.pose


class FocusedEdit(LineEdit):
    """An edit that is always focused."""

    def initStyleOption(self, option: QStyleOption) -> None:
        super().initStyleOption(option)
        option.state |= QStyle.StateFlag.State_HasFocus


class LeadRow(QWidget):
    """A row of the list as the list paints it, in one state."""

    def __init__(self, name: str, sub: str, step: int, owner: str, state: str) -> None:
        super().__init__()
        self._name, self._sub, self._step, self._owner, self._state = name, sub, step, owner, state
        self.setFixedSize(current().px(570), current().px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px = QPainter(self), current().px
        area = QRectF(self.rect())
        fills = {"hover": "hover", "current": "selected", "marked": "selected"}
        painter.fillRect(area, current().color(fills.get(self._state, "surface")))
        unread = self._state in ("unread", "current")
        if self._state == "current":
            painter.fillRect(QRectF(0, 0, px(3), area.height()), current().color("accentMark"))
        if unread:
            draw_dot(painter, QPointF(px(20), area.center().y()))
        if self._state == "marked":
            draw_check(painter, QRectF(px(12), px(16), px(16), px(16)), Qt.CheckState.Checked)
        upper, lower = QRectF(px(36), px(6), px(260), px(18)), QRectF(px(36), px(24), px(260), px(16))
        draw_text(painter, upper, self._name, TextStyle.ROW_NAME, "text", bold=unread)
        draw_text(painter, lower, self._sub, TextStyle.CAPTION, "text3")
        draw_step(painter, QPointF(px(329), area.center().y()), self._step, 5)
        draw_text(painter, QRectF(px(342), 0, px(150), area.height()), STEPS[self._step])
        avatar = QRectF(area.right() - px(40), px(12), px(24), px(24))
        draw_avatar(painter, avatar, initials(self._owner), slot_of("c"))
        bottom = area.bottom() - 1
        if self._state == "focus":
            draw_ring(painter, area, 0, 2)
        else:
            draw_hairline(painter, QPointF(0, bottom), QPointF(area.right(), bottom), "borderSubtle")
        painter.end()


def _line(caption: str, *widgets: QWidget, gap: int = 10, height: int = 44) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(current().px(gap))
    label = PlainLabel(caption, TextStyle.CAPTION, "text3")
    label.setFixedWidth(current().px(92) - row.spacing())
    row.addWidget(label)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    line.setFixedHeight(current().px(height))
    return line


def _three(pose: QStyle.StateFlag = QStyle.StateFlag.State_None, *, enabled: bool = True) -> list[QWidget]:
    made = [
        Posed("Anrufen", Kind.PRIMARY, icon=Icon.CALL),
        Posed("Freigeben", Kind.SECONDARY, icon=Icon.SHARE),
        Posed("Später", Kind.QUIET),
    ]
    for button in made:
        button.pose = pose
        button.setEnabled(enabled)
    return list(made)


def _edit(value: str, edit: LineEdit, state: str = "") -> QLineEdit:
    edit.setText(value)
    edit.setFixedWidth(current().px(150))
    edit.setProperty("state", state)
    edit.setAccessibleName("Feld")
    return edit


def _choices() -> list[QWidget]:
    some = CheckBox()
    some.setTristate(True)
    some.setCheckState(Qt.CheckState.PartiallyChecked)
    on, chosen = CheckBox(), RadioButton()
    on.setChecked(True)
    chosen.setChecked(True)
    choices = [CheckBox(), on, some, RadioButton(), chosen, CheckBox()]
    for choice in choices:
        choice.setAccessibleName("Auswahl")
    return list(choices)


@story("kit/components", size=(720, 900))
def components() -> QWidget:
    """The rows of picture 18, one under the other."""
    page = Pane("surface")
    column = QVBoxLayout(page)
    column.setContentsMargins(current().px(28), current().px(20), current().px(28), 0)
    column.setSpacing(0)
    column.addWidget(PlainLabel("Bausteine", TextStyle.PANE_TITLE))
    column.addSpacing(current().px(6))
    state = QStyle.StateFlag
    focused, choices = _three(), _choices()
    error = [
        IconLabel(Icon.ALERT, "dangerText", 14),
        PlainLabel("Fünf Ziffern", TextStyle.CAPTION, "dangerText"),
    ]
    lines = (
        _line("Ruhe", *_three()),
        _line("Zeiger", *_three(state.State_MouseOver)),
        _line("Gedrückt", *_three(state.State_Sunken)),
        _line("Fokus", *focused),
        _line("Gesperrt", *_three(enabled=False)),
        _line(
            "Gefahr",
            Button("Endgültig löschen", Kind.DANGER),
            Button("Löschen", Kind.DANGER_SECONDARY, icon=Icon.DELETE),
        ),
        _line("Feld", _edit("24103 Kiel", LineEdit()), _edit("24103 Kiel", FocusedEdit())),
        _line("Fehler", _edit("2410", LineEdit(), "error"), *error, gap=8),
        _line("Auswahl", *choices),
        _line("Filter", FilterChip("Region", "Nord", "Region: Nord"), AddChip("Filter")),
        _line("Marken", *(Tag(shown, tone) for shown, tone in _tags())),
        _line("Schritte", *(StepMark(index, 5, name) for index, name in enumerate(STEPS))),
    )
    for line in lines:
        column.addWidget(line)
    for row in _rows():
        column.addWidget(row)
    column.addStretch(1)
    ring_corner(choices[-1], 4)
    page.rings = [_Ring(page, target) for target in (*focused, choices[-1])]  # type: ignore[attr-defined]
    return page


class _Ring(RingMark):
    """The ring around a widget that only looks focused; takes its place once the page is laid out."""

    def __init__(self, page: QWidget, target: QWidget) -> None:
        super().__init__(page)
        self._target = target
        self._settled = False
        page.installEventFilter(self)

    def eventFilter(self, watched: object, event: object) -> bool:
        self.surround(self._target)
        return False


def _tags() -> tuple[tuple[str, Tone], ...]:
    return (
        ("Neu", Tone.ACCENT),
        ("Angenommen", Tone.SUCCESS),
        ("Doppelkontakt?", Tone.WARNING),
        ("Abgelehnt", Tone.DANGER),
        ("Intern", Tone.NEUTRAL),
    )


def _rows() -> list[QWidget]:
    maren = "Maren Boysen"
    states = (
        ("Ruhe", LeadRow("Björn Petersen", "Anruf vor 3 Tagen", 1, maren, "")),
        ("Zeiger", LeadRow("Claudia Thießen", "Wohnungsbau Förde eG", 3, maren, "hover")),
        ("Ungelesen", LeadRow("Mátyás Kővári", "Website heute 13:31", 0, "", "unread")),
        ("Aktuell", LeadRow("Anna Meyer", "Mail heute 11:05", 1, maren, "current")),
        ("Markiert", LeadRow("Søren Mikkelsen", "Nordkyst Ferienhäuser ApS", 0, "", "marked")),
        ("Fokus", LeadRow("Heinz-Günter Schröder", "Notiz gestern 17:40", 2, maren, "focus")),
    )
    return [_line(caption, row, height=48) for caption, row in states]
