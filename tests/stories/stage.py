"""Where stories stand: one application, one look, a fixed zone; builds a story and paints it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from leaddesk.ui.kit.wording import Language, language, set_language
from leaddesk.ui.theme.style import Style
from leaddesk.ui.theme.tokens import Scheme
from tests.stories.registry import ZONE, Story


@dataclass(frozen=True)
class Look:
    """How a story is shown. ``scale`` is the text scale: 2.0 is the 200 % of the cut-off check."""

    scheme: Scheme = Scheme.LIGHT
    spoken: Language = "de"
    scale: float = 1.0

    @property
    def suffix(self) -> str:
        """The end of a picture's name: ``light-de``, ``dark-pseudo-200``."""
        percent = "" if self.scale == 1.0 else f"-{round(self.scale * 100)}"
        return f"{self.scheme.value}-{self.spoken}{percent}"


class Stage:
    """The application with our look. Raises AssertionError where Inter is missing: pictures would differ."""

    def __init__(self) -> None:
        found = QApplication.instance()
        self.app = found if isinstance(found, QApplication) else QApplication([])
        styles = self.app.findChildren(Style)
        self.style = styles[0] if styles else Style(self.app)
        self.app.setCursorFlashTime(0)

    @contextlib.contextmanager
    def standing(self, story: Story, look: Look) -> Iterator[QWidget]:
        """Build a story in a look, laid out but on no screen, and take it away afterwards."""
        spoken = language()
        with berlin():
            set_language(look.spoken)
            self.style.apply(look.scheme, look.scale)
            widget = story.build()
            try:
                lay_out(widget, round(story.size[0] * look.scale), round(story.size[1] * look.scale))
                yield widget
            finally:
                widget.close()
                widget.deleteLater()
                QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
                set_language(spoken)

    def picture(self, story: Story, look: Look, ratio: float = 1.0) -> QImage:
        """Return a story painted at a device ratio."""
        with self.standing(story, look) as widget:
            return painted(widget, ratio)


def lay_out(widget: QWidget, width: int, height: int) -> None:
    """Give a widget its size and let its layouts settle, without showing it on the screen."""
    widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    widget.resize(width, height)
    widget.show()
    for _ in range(4):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.Resize.value)


def painted(widget: QWidget, ratio: float = 1.0) -> QImage:
    """Return what a widget paints."""
    image = QImage(round(widget.width() * ratio), round(widget.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(widget.palette().window().color())
    widget.render(image)
    return image


@contextlib.contextmanager
def berlin() -> Iterator[None]:
    """The time zone of the pictures, whatever the machine's is."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = ZONE
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
