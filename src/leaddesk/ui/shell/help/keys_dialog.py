"""The sheet of keys, and the switch for single letters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.buttons import Link, primary
from leaddesk.ui.kit.floating.overlay import OverlayDialog
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.hints import RETURN
from leaddesk.ui.kit.pieces.choices import CheckBox
from leaddesk.ui.kit.pieces.marks import KeyHint
from leaddesk.ui.kit.pieces.panes import SectionTitle
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.help.offered import Sheet
from leaddesk.ui.theme.icons import Icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

_Line = tuple[str, tuple[str, ...]]
_FIND: tuple[_Line, ...] = (
    ("search", ("/", "|", "ctrl K")),
    ("move", ("↑", "↓", "|", "J", "K")),
    ("open", (RETURN,)),
    ("walk", ("alt ←", "alt →")),
    ("copy", ("ctrl C",)),
    ("back", ("esc",)),
)
_LEAD: tuple[_Line, ...] = (
    *(("call", ("C",)), ("mail", ("M",)), ("note", ("N",))),
    *(("step", ("S",)), ("share", ("T",)), ("delete", ("delete",))),
)
_FILE: tuple[_Line, ...] = (
    ("leaf", ("←", "→")),
    ("scroll", ("↑", "↓")),
    ("close_file", ("esc",)),
)
_CARDS: tuple[_Line, ...] = (("accept", ("A", ">", RETURN)), ("reject", ("R", ">", RETURN)))
_WINDOW: tuple[_Line, ...] = (
    ("pages", ("ctrl 1 … {pages}",)),
    ("places", ("alt 1 … 9", "|", "alt 0")),
    ("lock", ("ctrl L",)),
    ("help", ("F1", "|", "?")),
    ("full_screen", ("F11",)),
    ("text_size", ("ctrl +", "|", "ctrl −")),
    ("quit", ("ctrl Q",)),
)

_Group = tuple[str, tuple[_Line, ...]]
_COLUMNS: tuple[tuple[_Group, ...], ...] = (
    (("find", _FIND), ("window", _WINDOW)),
    (("lead", _LEAD), ("file", _FILE), ("cards", _CARDS)),
)


class KeysDialog(OverlayDialog):
    """The keys there are, on one sheet, in two columns."""

    letters_switched = Signal(bool)
    promises_requested = Signal()

    def __init__(self, window: QWidget, sheet: Sheet) -> None:
        super().__init__(window, text("shell.keys_title"), width="conflict")
        columns = QHBoxLayout()
        columns.setSpacing(current().px(40))
        for groups in _COLUMNS:
            columns.addLayout(_column(groups, sheet), 1)
        self.body.addLayout(columns)
        switch = CheckBox(text("shell.keys_letters"))
        switch.setChecked(sheet.letters)
        switch.toggled.connect(self.letters_switched)
        close = primary(text("shell.keys_close"), hint=RETURN)
        if sheet.promises:
            asked = Link(text("signin.promises_title"), icon=Icon.PROMISES)
            asked.clicked.connect(self.promises_requested)
            self.body.addWidget(asked, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_footer(switch, [close])
        self.accepted.connect(self.dismiss)

    def open(self) -> None:
        """Begin at the button: the sheet is read, the switch is seldom wanted."""
        super().open()
        if self.primary is not None:
            self.primary.setFocus(Qt.FocusReason.PopupFocusReason)


def _column(groups: tuple[_Group, ...], sheet: Sheet) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(current().px(10))
    for name, every in groups:
        lines = [line for line in every if line[0] not in sheet.absent]
        if not lines:
            continue
        column.addWidget(SectionTitle(text(f"shell.keys_{name}")))
        grid = QGridLayout()
        grid.setVerticalSpacing(current().px(8))
        grid.setColumnStretch(0, 1)
        for row, (action, keys) in enumerate(lines):
            grid.addWidget(PlainLabel(text(f"shell.keys_{action}"), wrap=True), row, 0)
            shown = tuple(key.format(pages=sheet.pages) for key in keys)
            grid.addLayout(_keys(shown), row, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(grid)
        column.addSpacing(current().px(8))
    column.addStretch(1)
    return column


def _keys(keys: tuple[str, ...]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current().px(4))
    for key in keys:
        if key in ("|", ">"):
            word = text("shell.keys_or" if key == "|" else "shell.keys_then")
            row.addWidget(PlainLabel(word, TextStyle.CAPTION, "text3"))
        else:
            row.addWidget(KeyHint(_named(key)))
    return row


def _named(key: str) -> str:
    first, _, rest = key.partition(" ")
    if first in ("ctrl", "alt", "esc", "delete"):
        return " ".join(part for part in (text(f"shell.key_{first}"), rest) if part)
    return key
