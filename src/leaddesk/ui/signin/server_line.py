"""Which instance and server one signs in to, in the instance's paint; a choice where that is allowed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from leaddesk.settings.address import SettingsError, read_address
from leaddesk.ui.kit.brand.instance import Instance, draw_instance
from leaddesk.ui.kit.entry.pressable import Pressable
from leaddesk.ui.kit.fields import LineField
from leaddesk.ui.kit.floating.menu import Menu
from leaddesk.ui.kit.labels import PlainLabel
from leaddesk.ui.kit.painting.writing import draw_text
from leaddesk.ui.kit.wording import text
from leaddesk.ui.signin.servers import Servers
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

HEIGHT, CHEVRONS = 44, 36


class _Plate(Pressable):
    def __init__(self, instance: Instance, server: str) -> None:
        super().__init__(6)
        self.instance, self.server, self.choosable = instance, server, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Give the plate's height."""
        return QSize(current().px(120), current().px(HEIGHT))

    def set_choosable(self, choosable: bool) -> None:
        """Let it be pressed, or only read."""
        self.choosable = choosable
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not choosable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if choosable else Qt.FocusPolicy.NoFocus)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the instance's paint inside it and the two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_frame(painter)
        self._draw_words(painter)
        if self.choosable:
            px = current().px
            right = QRectF(self.width() - px(CHEVRONS), 0, px(CHEVRONS), self.height())
            draw_icon(painter, right, Icon.CHOOSE, "text2", 16)

    def _draw_frame(self, painter: QPainter) -> None:
        theme = current()
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(frame, theme.length("radius.control"), theme.length("radius.control"))
        ground = "control" if self.choosable else "sunken"
        painter.fillPath(
            shape, theme.color("controlHover" if self.choosable and self.underMouse() else ground)
        )
        painter.save()
        painter.setClipPath(shape)
        draw_instance(painter, QRectF(0, 0, theme.px(4), self.height()), self.instance)
        painter.restore()
        painter.setPen(QPen(theme.color("borderControl" if self.choosable else "border"), 1))
        painter.drawPath(shape)

    def _draw_words(self, painter: QPainter) -> None:
        theme = current()
        left, keep = theme.px(14), theme.px(CHEVRONS) if self.choosable else theme.px(14)
        width = self.width() - left - keep
        name = QRectF(left, theme.px(5), width, theme.px(18))
        draw_text(painter, name, self.instance.label, TextStyle.BODY, "text", bold=True)
        server = QRectF(left, theme.px(23), width, theme.px(16))
        draw_text(painter, server, self.server, TextStyle.CAPTION, "text2")


class ServerLine(QWidget):
    """Label and plate, and the field for an address where one may be typed.

    ``chosen`` says an address that is well formed; whether it may be used is not decided here.
    """

    chosen = Signal(str)

    def __init__(self, instance: Instance, server: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plate = _Plate(instance, server)
        self._servers = Servers()
        self._address: LineField | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current().px(6))
        column.addWidget(PlainLabel(text("signin.instance"), TextStyle.CAPTION, "text2", bold=True))
        column.addWidget(self._plate)
        self._plate.clicked.connect(self._open_menu)
        self.show_server(instance, server, self._servers)

    def show_server(self, instance: Instance, server: str, servers: Servers, *, busy: bool = False) -> None:
        """Name the instance and its host, and what else could be chosen."""
        self._servers = servers
        self._plate.instance, self._plate.server = instance, server
        self._plate.setAccessibleName(f"{instance.label}, {server}")
        self._plate.update()
        self._plate.setToolTip(server)
        self._plate.set_choosable(servers.any_choice and not busy)
        if self._address is not None:
            self._address.setEnabled(not busy)

    def _open_menu(self) -> None:
        menu = Menu(self)
        for name, address in self._servers.listed:
            words = text("signin.server_choice", name=name, address=address)
            menu.add_choice(words, address == self._plate.server, partial(self.chosen.emit, address))
        if self._servers.typed:
            menu.addSeparator()
            menu.add(text("signin.server_other"), Icon.EDIT, "", self._ask_address)
        menu.popup(self._plate.mapToGlobal(QPoint(0, self._plate.height() + current().px(4))))

    def _ask_address(self) -> None:
        if self._address is None:
            self._address = LineField(text("signin.address"), hint="https://", large=True)
            self._address.set_note(text("signin.address_note"))
            self._address.submitted.connect(partial(self._submit, self._address))
            layout = self.layout()
            if layout is not None:
                self._address.setContentsMargins(0, current().px(10), 0, 0)
                layout.addWidget(self._address)
        self._address.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self, field: LineField) -> None:
        typed = field.value().strip()
        try:
            address = read_address(typed if "://" in typed else f"https://{typed}", "address")
        except SettingsError as error:
            field.set_error(text(f"signin.address_{error.fault.value.replace('-', '_')}"))
            return
        field.set_error(None)
        self.chosen.emit(address.url)
