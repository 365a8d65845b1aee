"""The lead list in a mapped window on the program's own loop, over a desk that says nothing."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import qasync
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from leaddesk.contract.ids import PipelineId
from leaddesk.contract.leads import Pipeline
from leaddesk.desk.mirror.watched import Watched
from leaddesk.desk.sending.drafts import Drafts
from leaddesk.store.store import Store
from leaddesk.store.topics import Topic
from leaddesk.ui.leads.lead_list_presenter import LeadListPresenter
from leaddesk.ui.leads.lead_list_view import LeadListView
from leaddesk.ui.theme.style import Style
from leaddesk.ui.theme.tokens import Scheme

WINDOW = (1440, 868)
"""The program's window; the list has 784 of it."""
_LIST_WIDTH = 784
_SEARCH_HEIGHT = 40
STEPS = ["Neu", "Kontakt", "Vor-Ort-Termin", "Angebot", "Abschluss"]
PATIENCE = 0.25


def quiet_desk() -> Any:
    """Return what the list's presenter asks of a desk: everything is loaded, nothing waits."""
    pipeline = Pipeline(sales_pipeline_id=PipelineId("p"), name="Standard", steps=STEPS)
    done = Watched(SimpleNamespace(done=True))
    return SimpleNamespace(
        sync=SimpleNamespace(progress=done, connection=Watched(0), trusted=True),
        outbox=SimpleNamespace(changed=Topic[Any](), pending_step=lambda _: None, entries=tuple),
        drafts=Drafts(),
        directory=SimpleNamespace(
            changed=Topic[Any](), pipeline=lambda _: pipeline, name_of=lambda _: "Maren Boysen"
        ),
        rules=SimpleNamespace(policy=Watched(0), veils=False),
        sign_in=SimpleNamespace(me=None),
    )


class Framed(QWidget):
    """A window that tells when a frame of it is painted and flushed."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: asyncio.Future[float] | None = None

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest and self._frame is not None and not self._frame.done():
            self._frame.set_result(time.perf_counter())
        return done

    async def seconds_to_paint(self, act: Callable[[], object]) -> float:
        """Do something and return the seconds until the next frame is flushed.

        Raises TimeoutError when nothing was to be painted.
        """
        self._frame = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        act()
        return await asyncio.wait_for(self._frame, PATIENCE) - began


class Bench:
    """One window: a search field above the list."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.window = Framed()
        self.search = QLineEdit()
        self.search.setFixedHeight(_SEARCH_HEIGHT)
        self.view = LeadListView(store.leads)
        around: Any = SimpleNamespace(clock=lambda: datetime.now(UTC), on_error=_raise)
        self.presenter = LeadListPresenter(self.view, quiet_desk(), store, around)
        self.search.textChanged.connect(self.presenter.search)
        column = QVBoxLayout(self.window)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self.view)
        self.window.resize(_LIST_WIDTH, WINDOW[1])
        self.window.show()
        self.window.activateWindow()
        self.search.setFocus()

    async def seconds_to_paint(self, act: Callable[[], object]) -> float:
        """Do something and return the seconds until the window is painted."""
        return await self.window.seconds_to_paint(act)

    def post_key(self, letter: str) -> None:
        """Post a key as the window system does."""
        key = Qt.Key(ord(letter.upper()) if letter.isascii() else 0)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter)
            QApplication.postEvent(self.search, event)

    async def until_found(self) -> None:
        """Wait until the whole answer is shown."""
        while not self.presenter._found.done:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.02)


def _raise(error: BaseException) -> None:
    raise error


def run(work: Callable[[QApplication], Awaitable[object]]) -> None:
    """Run on a Qt loop of our look; prints the result as one line of JSON."""
    app = QApplication(sys.argv[:1])
    Style(app).apply(Scheme.LIGHT)
    loop = qasync.QEventLoop(app)
    with loop:
        print(json.dumps(loop.run_until_complete(work(app))), flush=True)
