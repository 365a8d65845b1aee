"""The small box that shows a key: ``Strg K``, ``A``, the return arrow."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from leaddesk.ui.kit.painting.boxes import draw_box
from leaddesk.ui.kit.painting.writing import CENTER, draw_text, text_width
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

RETURN = "↵"


def hint_width(keys: str) -> int:
    """Return how wide the box of a key hint is."""
    theme = current()
    if keys == RETURN:
        return theme.px(22)
    return max(theme.length("control.kbd"), round(text_width(keys, TextStyle.MICRO, False)) + theme.px(10))


def draw_hint(
    painter: QPainter, rect: QRectF, keys: str, *, text: str = "text2", line: str = "controlBorder"
) -> None:
    """Paint a key hint 18 px high, centred on the left edge and height of ``rect``."""
    theme = current()
    height = theme.length("control.kbd")
    box = QRectF(rect.left(), round(rect.center().y() - height / 2), hint_width(keys), height)
    draw_box(painter, box, theme.length("radius.kbd"), line=line)
    if keys == RETURN:
        draw_icon(painter, box, Icon.RETURN, text, 12)
    else:
        draw_text(painter, box, keys, TextStyle.MICRO, text, align=CENTER, bold=False)
