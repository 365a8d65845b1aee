"""Mark, tenant and instance: for whom one acts, always visible (measure A1), and the way to others."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.brand.marks import InstanceMark
from leaddesk.ui.kit.entry.pressable import Pressable
from leaddesk.ui.kit.labels import PlainLabel, set_tip
from leaddesk.ui.kit.pieces.marks import Tag, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.theme.icons import Icon, draw_icon
from leaddesk.ui.theme.tokens import current
from leaddesk.ui.theme.type_scale import TextStyle

CHEVRONS, INSET, HEIGHT, LEAST = 28, 6, 36, 120


class Place(QWidget):
    """The words and the mark."""

    def __init__(self, instance: Instance, tenant: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = InstanceMark(instance, _letter(instance, tenant), 24, self)
        self._tenant = PlainLabel("", TextStyle.BODY, bold=True, elide=True)
        self._instance = PlainLabel("", TextStyle.MICRO, "text3", bold=False, elide=True)
        self._demo = Tag(text("shell.demo"), Tone.WARNING)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self._tenant)
        column.addWidget(self._instance)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(current().px(34), 0, 0, 0)
        row.setSpacing(current().px(10))
        row.addLayout(column, 1)
        row.addWidget(self._demo)
        self.show_place(instance, tenant)

    def show_place(self, instance: Instance, tenant: str) -> None:
        """Show another tenant or instance."""
        self._mark.set_letter(instance, _letter(instance, tenant))
        self._demo.setVisible(instance.is_demo)
        self._tenant.setText(tenant)
        self._instance.setText(
            text("shell.demo_data", name=instance.name) if instance.is_demo else instance.place
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the mark in the middle."""
        super().resizeEvent(event)
        size = self._mark.sizeHint()
        self._mark.setGeometry(0, (self.height() - size.height()) // 2, size.width(), size.height())


class PlaceButton(Pressable):
    """The place in the top bar; where there is a way to other sign-ins it opens their menu."""

    def __init__(self, instance: Instance, tenant: str, parent: QWidget | None = None) -> None:
        super().__init__(6, parent)
        self._place = Place(instance, tenant, self)
        self._place.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._switches = False

    def show_place(self, instance: Instance, tenant: str, *, switches: bool) -> None:
        """Show another tenant or instance, and whether there is a way to others."""
        self._switches = switches
        self._place.show_place(instance, tenant)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not switches)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if switches else Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(text("shell.place_spoken", tenant=tenant, instance=instance.place))
        whole = instance.place if instance.place != instance.name else ""  # may be too long for its line
        set_tip(self, "\n".join(filter(None, (whole, text("shell.place_tip") if switches else ""))))
        self._arrange()

    def sizeHint(self) -> QSize:
        """Give the place's width with its chevrons."""
        theme = current()
        wide = self._place.sizeHint().width() + (theme.px(CHEVRONS) if self._switches else 0)
        return QSize(wide + theme.px(2 * INSET), theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Both lines may end in an ellipsis."""
        return QSize(min(self.sizeHint().width(), current().px(LEAST)), current().px(HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the chevrons their room."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground under the pointer, and the chevrons."""
        if not self._switches:
            return
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isDown() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("pressed" if self.isDown() else "hoverWindow"))
            painter.drawRoundedRect(QRectF(self.rect()), theme.px(6), theme.px(6))
        right = QRectF(self.width() - theme.px(CHEVRONS), 0, theme.px(CHEVRONS), self.height())
        draw_icon(painter, right, Icon.CHOOSE, "text2", 16)

    def _arrange(self) -> None:
        inset, keep = current().px(INSET), current().px(CHEVRONS) if self._switches else 0
        self._place.setGeometry(inset, 0, max(0, self.width() - 2 * inset - keep), self.height())


def _letter(instance: Instance, tenant: str) -> str:
    return "D" if instance.is_demo else tenant[:1].upper()
