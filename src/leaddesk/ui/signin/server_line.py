"""Which instance and server one signs in to: read-only, with the instance's paint at its left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from leaddesk.ui.kit.brand.instance import Instance, draw_instance
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.writing import draw_text
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

HEIGHT = 44


class _Plate(QWidget):
    def __init__(self, instance: Instance, server: str) -> None:
        super().__init__()
        self.instance, self.server = instance, server
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Give the plate's height."""
        return QSize(current().px(120), current().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the instance's paint inside it and the two lines."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(frame, theme.length("radius.control"), theme.length("radius.control"))
        painter.fillPath(shape, theme.color("sunken"))
        painter.save()
        painter.setClipPath(shape)
        draw_instance(painter, QRectF(0, 0, theme.px(4), self.height()), self.instance)
        painter.restore()
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawPath(shape)
        left, width = theme.px(14), self.width() - theme.px(28)
        name = QRectF(left, theme.px(5), width, theme.px(18))
        draw_text(painter, name, self.instance.name, TextStyle.BODY, "text", bold=True)
        server = QRectF(left, theme.px(23), width, theme.px(16))
        draw_text(painter, server, self.server, TextStyle.CAPTION, "text2")


class ServerLine(QWidget):
    """Label and plate; the address comes from the command line or the settings, nobody can change it here."""

    def __init__(self, instance: Instance, server: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plate = _Plate(instance, server)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(6))
        column.addWidget(PlainLabel(text("signin.instance"), TextStyle.CAPTION, "text2", bold=True))
        column.addWidget(self._plate)
        self.show_server(instance, server)

    def show_server(self, instance: Instance, server: str) -> None:
        """Name the instance and its host."""
        self._plate.instance, self._plate.server = instance, server
        self._plate.setAccessibleName(f"{instance.name}, {server}")
        self._plate.setToolTip(server)
        self._plate.update()
