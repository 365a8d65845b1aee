"""The one style sheet: fills, 1 px borders, radii and states of Qt's own widgets.

Nothing else in the program styles a widget. Widgets say what they are by dynamic properties: ``kind``
(buttons), ``fill`` and ``card`` (frames), ``state`` ("error") and ``bare`` (fields). In the text below
``@name`` is a colour, ``@radius.name`` a length of the tokens; lengths from 3 px grow with the text scale,
lines of 1 and 2 px do not.
"""

from __future__ import annotations

import re

from leaddesk.ui.theme.tokens import Theme

FILLS = ("window", "surface", "sunken", "raised")

_FRAMES = """
QFrame[card="true"] { background: @raised; border: 1px solid @border; border-radius: @radius.card; }
QLabel { background: transparent; }
QScrollArea { background: transparent; border: none; }
QSplitter::handle { background: @border; }
"""

_BUTTONS = """
QPushButton { border-radius: @radius.control; padding: 0; margin: 0; outline: none; }
QPushButton[kind="primary"] { background: @accent; border: 1px solid @accent; }
QPushButton[kind="primary"]:hover { background: @accentHover; border-color: @accentHover; }
QPushButton[kind="primary"]:pressed { background: @accentPressed; border-color: @accentPressed; }
QPushButton[kind="danger"] { background: @danger; border: 1px solid @danger; }
QPushButton[kind="danger"]:hover { border-color: @dangerText; }
QPushButton[kind="danger"]:pressed { border: 2px solid @dangerText; }
QPushButton[kind="primary"]:disabled { background: @pressed; border-color: @pressed; }
QPushButton[kind="danger"]:disabled { background: @pressed; border-color: @pressed; }
QPushButton[kind="secondary"] { background: @control; border: 1px solid @controlBorder; }
QPushButton[kind="secondary"]:hover { background: @controlHover; }
QPushButton[kind="secondary"]:pressed { background: @controlPressed; }
QPushButton[kind="secondary"]:checked { background: @selected; border-color: @accentMark; }
QPushButton[kind="secondary"]:disabled { background: @control; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; }
QPushButton[kind="quiet"]:hover { background: @hover; border-color: @hover; }
QPushButton[kind="quiet"]:pressed { background: @pressed; border-color: @pressed; }
QPushButton[kind="quiet"]:disabled { background: transparent; }
QPushButton[kind="dangerSecondary"] { background: @control; border: 1px solid @controlBorder; }
QPushButton[kind="dangerSecondary"]:hover { background: @controlHover; }
QPushButton[kind="dangerSecondary"]:pressed { background: @controlPressed; }
QPushButton[kind="link"] { background: transparent; border: none; }
"""

_FIELDS = """
QLineEdit, QPlainTextEdit, QComboBox { background: @surface; color: @text; border: 1px solid @borderControl;
  border-radius: @radius.control; selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit, QComboBox { padding: 0 8px; }
QLineEdit { lineedit-password-character: 8226; }
QLineEdit, QPlainTextEdit { placeholder-text-color: @text3; }
QPlainTextEdit { padding: 6px; }
QLineEdit:hover, QPlainTextEdit:hover, QComboBox:hover { border-color: @text3; }
QLineEdit[state="error"], QPlainTextEdit[state="error"] { border-color: @danger; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QComboBox:on { border: 2px solid @focus; }
QLineEdit:focus, QComboBox:focus, QComboBox:on { padding: 0 7px; }
QPlainTextEdit:focus { padding: 5px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QLineEdit[readOnly="true"] {
  background: @sunken; color: @text3; border-color: @border; }
QLineEdit[bare="true"], QPlainTextEdit[bare="true"] { border: none; background: transparent; padding: 0; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: @raised; color: @text; border: 1px solid @border; padding: 4px;
  outline: none; selection-background-color: @selected; selection-color: @text; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; border-radius: @radius.kbd; }
"""

_POPUPS = """
QMenu { background: @raised; color: @text; border: 1px solid @border; border-radius: @radius.control;
  padding: 4px; }
QMenu::item { padding: 6px 24px 6px 10px; border-radius: @radius.kbd; }
QMenu::icon { padding-left: 10px; }
QMenu::item:selected { background: @hover; }
QMenu::item:disabled { color: @textDisabled; }
QMenu::separator { height: 1px; background: @borderSubtle; margin: 4px 0; }
QToolTip { background: @raised; color: @text; border: 1px solid @border; padding: 4px 6px; }
"""

_SCROLL_BARS = """
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: @controlBorder; border-radius: 3px; }
QScrollBar::handle:hover { background: @borderControl; }
QScrollBar::handle:vertical { margin: 2px; min-height: 32px; }
QScrollBar::handle:horizontal { margin: 2px; min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; background: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
"""

_TABLES = """
QTableView { background: @surface; border: none; outline: none; gridline-color: @borderSubtle; }
QHeaderView { background: @sunken; border: none; }
QHeaderView::section { background: @sunken; color: @text3; border: none; border-bottom: 1px solid @border;
  padding: 0; }
"""


def stylesheet(theme: Theme) -> str:
    """Return the style sheet of a theme. Raises KeyError when the text names an unknown token."""
    fills = "\n".join(f'QFrame[fill="{name}"] {{ background: @{name}; border: none; }}' for name in FILLS)
    template = "\n".join((fills, _FRAMES, _BUTTONS, _FIELDS, _POPUPS, _SCROLL_BARS, _TABLES))
    scaled = re.sub(r"(?<![\w.])(\d+)px", lambda found: _line_or_length(theme, int(found[1])), template)
    sized = re.sub(r"@(radius\.\w+)", lambda found: f"{theme.length(found[1])}px", scaled)
    return re.sub(r"@(\w+)", lambda found: theme.css(found[1]), sized)


def _line_or_length(theme: Theme, length: int) -> str:
    return f"{length if length < 3 else theme.px(length)}px"
