"""QPalette from the tokens, and a theme from the system's contrast palette."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from leaddesk.ui.theme.tokens import Scheme, Theme

_Role = QPalette.ColorRole

ROLES = {
    _Role.Window: "window",
    _Role.WindowText: "text",
    _Role.Base: "surface",
    _Role.AlternateBase: "sunken",
    _Role.Text: "text",
    _Role.Button: "control",
    _Role.ButtonText: "text",
    _Role.BrightText: "onAccent",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "onAccent",
    _Role.Link: "accentText",
    _Role.LinkVisited: "accentText",
    _Role.ToolTipBase: "raised",
    _Role.ToolTipText: "text",
    _Role.PlaceholderText: "text3",
    _Role.Light: "raised",
    _Role.Midlight: "hover",
    _Role.Mid: "border",
    _Role.Dark: "borderControl",
    _Role.Shadow: "border",
    _Role.Accent: "accent",
}

_DISABLED = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)

# highContrastRule of the tokens: what a contrast theme of the system decides.
_FROM_SYSTEM = {
    "window": _Role.Window,
    "sunken": _Role.Window,
    "raised": _Role.Window,
    "control": _Role.Window,
    "surface": _Role.Base,
    "text": _Role.WindowText,
    "text2": _Role.WindowText,
    "text3": _Role.WindowText,
    "borderControl": _Role.WindowText,
    "border": _Role.WindowText,
    "accent": _Role.Highlight,
    "onAccent": _Role.HighlightedText,
    "accentText": _Role.Link,
}


def palette(theme: Theme) -> QPalette:
    """Return the palette of a theme for every group; selections stay visible in a window without focus."""
    made = QPalette()
    for role, name in ROLES.items():
        made.setColor(role, theme.color(name))
    for role in _DISABLED:
        made.setColor(QPalette.ColorGroup.Disabled, role, theme.color("textDisabled"))
    return made


def contrast_theme(system: QPalette, scale: float) -> Theme:
    """Return the high contrast theme with the colours of the system's contrast palette."""
    colors = {name: system.color(role).name() for name, role in _FROM_SYSTEM.items()}
    return Theme(Scheme.HIGH_CONTRAST, scale, colors)
