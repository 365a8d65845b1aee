"""A desk and features that only remember what was asked of them: enough for the shell to run on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from leaddesk.contract.people import TenantPolicy
from leaddesk.desk.account.told import Told
from leaddesk.desk.sending.drafts import Drafts, Unsent
from leaddesk.session.state import SessionState
from leaddesk.store.topics import Topic
from leaddesk.ui.kit.brand.instance import Instance
from leaddesk.ui.kit.clipboard import Clipboard
from leaddesk.ui.kit.presenting.surroundings import Surroundings
from leaddesk.ui.shell.doors import Ground, Page, Rooms
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.stages import Stages

NOW = datetime(2026, 11, 19, 12, 42, tzinfo=UTC)
CANARY = "Canary Meyer 7f3a"


class Watched:
    def __init__(self, value: Any) -> None:
        self.value = value
        self.changed: Topic[Any] = Topic()

    def set(self, value: Any) -> None:
        self.value = value
        self.changed.publish(value)


class Word(StrEnum):
    """Stands for the desk's phases, notes and entry states: the shell reads only the value."""

    LIVE = "live"
    OFFLINE = "offline"
    BROKEN = "broken"
    CONNECTING = "connecting"
    KEPT = "kept"
    NO_SERVICE = "no-service"
    OPEN = "OPEN"
    STEP = "step"
    NOTE = "note"
    QUEUED = "queued"
    CONFLICT = "conflict"


@dataclass
class Answer:
    """An outcome: its code, and how long to wait."""

    code: str
    retry_after: float | None = None


ME = SimpleNamespace(
    person=SimpleNamespace(name="Maren Boysen", member_id="m-1"),
    tenant=SimpleNamespace(name="Heiztechnik Wagner AG"),
    by_key=False,
)


def named(name: str, tenant: str) -> Any:
    """Another person, of another firm."""
    return SimpleNamespace(
        person=SimpleNamespace(name=name, member_id=f"m-{name}"),
        tenant=SimpleNamespace(name=tenant),
        by_key=False,
    )


def key_holder() -> Any:
    """Whoever works with an API key."""
    nobody = SimpleNamespace(name="", member_id="k-1")
    return SimpleNamespace(person=nobody, tenant=SimpleNamespace(name=""), by_key=True)


async def no_link(_address: str) -> bool:
    return False


class PretendedSignIn:
    def __init__(self) -> None:
        self.state = Watched(SessionState.STARTING)
        self.vault_note, self.vault_changed = Word.KEPT, Topic[Any]()
        self.told = Told()
        self.seconds: float | None = None
        self.hindered: Any = None
        self.me: Any = None
        self.person: Any = ME
        self.let_go = asyncio.Event()
        self.info: Any = object()
        self.answers: list[Answer] = []
        self.asked: list[str] = []
        self.keyring = asyncio.Event()
        self.offered: Any = None
        self.browser = asyncio.Event()
        self.capabilities: Any = None
        self.key = SimpleNamespace(sign_in=self._sign_in_with_key)

    @property
    def former_email(self) -> str:
        return ""

    async def unlock_with_browser(self, opening: Any, heard: bytes, refused: bytes) -> Answer:
        return await self.sign_in_with_browser(opening, heard, refused)

    def left(self) -> float | None:
        return self.seconds

    def can(self, capability: str) -> bool:
        return self.capabilities is None or capability in self.capabilities

    async def _sign_in_with_key(self, key: Any, *, keep: bool) -> Answer:
        return self._answer(f"key {key.reveal()} {keep}")

    async def resume(self) -> Answer:
        if self.answers and self.answers[0].code == "slow":
            self.answers.pop(0)
            await self.let_go.wait()
        return self._answer("resume")

    async def resume_when_kept(self) -> Answer:
        await self.keyring.wait()
        return self._answer("resume late")

    async def sign_in(self, email: Any, password: Any) -> Answer:
        return self._answer(f"sign-in {email.reveal()} {password.reveal()}")

    async def add_code(self, code: Any) -> Answer:
        return self._answer(f"code {code.reveal()}")

    async def ways(self) -> Any:
        return self.offered

    async def sign_in_with_browser(self, opening: Any, heard: bytes, refused: bytes) -> Answer:
        await opening("https://leads.wagner.example/oauth/authorize?state=x")
        await self.browser.wait()
        return self._answer("browser")

    async def unlock(self, password: Any) -> Answer:
        return self._answer(f"unlock {password.reveal()}")

    async def sign_out(self) -> None:
        self.state.set(SessionState.SIGNED_OUT)
        self.me = None

    def _answer(self, asked: str) -> Answer:
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else Answer("ok")
        if answer.code == "ok":
            self.me = self.person
            self.state.set(SessionState.SIGNED_IN)
        return answer


@dataclass
class PretendedOutbox:
    changed: Topic[Any] = field(default_factory=Topic)
    kept: list[Any] = field(default_factory=list)
    resolved: list[tuple[str, str]] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return len(self.kept)

    def entries(self) -> tuple[Any, ...]:
        return tuple(self.kept)

    def entry(self, entry_id: str) -> Any:
        return next((entry for entry in self.kept if entry.entry_id == entry_id), None)

    def pending_notes(self, lead_id: str) -> tuple[Any, ...]:
        return ()

    def cancel(self, entry_id: str) -> bool:
        self.kept = [entry for entry in self.kept if entry.entry_id != entry_id]
        self.changed.publish(None)
        return True

    def resolve(self, entry_id: str, side: Any) -> None:
        self.resolved.append((entry_id, side))


class PretendedDesk:
    """Remembers ``lock`` and ``run``; ``rights`` decide which pages there are."""

    def __init__(self) -> None:
        self.sign_in = PretendedSignIn()
        self.served: Any = None
        self.branding = SimpleNamespace(read=self._read_brand)
        self.rules = SimpleNamespace(policy=Watched(TenantPolicy()))
        connection = SimpleNamespace(phase=Word.LIVE, since=NOW, retry_at=None, obstacle=None)
        progress = SimpleNamespace(loaded=12480, total=12480, done=True, synced_at=NOW)
        self.retries = 0
        self.sync = SimpleNamespace(
            trusted=True,
            connection=Watched(connection),
            progress=Watched(progress),
            online=True,
            retry_now=self._retry,
        )
        self.offers = SimpleNamespace(changed=Topic[Any](), all=lambda: (), receives=True, open_count=3)
        self.approvals = SimpleNamespace(changed=Topic[Any](), waiting_for_me=2)
        self.sharing = SimpleNamespace(changed=Topic[Any](), requests=lambda: ())
        self.directory = SimpleNamespace(markets=lambda: ("market",), steps=lambda lead: ("Neu", "Kontakt"))
        self.outbox = PretendedOutbox()
        self.loses, self.given_up = 0, 0
        self.drafts, self.loses_begun = Drafts(), 0
        self.safe = SimpleNamespace(would_lose=lambda: Unsent(self.loses, self.loses_begun))
        self.safe.give_up = self._give_up
        self.rights = {"lead.write", "lead.share", "share.approve"}
        self.calls, self.answers_calls = list[str](), True
        self.owes: tuple[str, ...] = ()
        self.forgets = False

    async def reachable(self) -> bool:
        return self.answers_calls

    def doomed(self) -> tuple[str, ...]:
        return self.owes

    async def forget(self) -> None:
        self.calls.append("forget")
        self.owes = () if self.forgets else self.owes

    def may(self, right: Any) -> bool:
        return str(right) in self.rights

    async def run(self) -> None:
        self.calls.append("run")

    def lock(self) -> None:
        self.calls.append("lock")
        self.sign_in.state.set(SessionState.LOCKED)

    async def finish_lock(self) -> None:
        self.calls.append("finish-lock")

    def go_offline(self) -> None:
        self.sync.online = False
        retry = NOW + timedelta(seconds=18)
        self.sync.connection.set(
            SimpleNamespace(phase=Word.OFFLINE, since=NOW, retry_at=retry, obstacle=None)
        )

    def break_down(self, retry: datetime = NOW + timedelta(seconds=2)) -> None:
        self.sync.connection.set(SimpleNamespace(phase=Word.BROKEN, since=NOW, retry_at=retry, obstacle=None))

    def come_back(self) -> None:
        self.sync.online = True
        self.sync.connection.set(SimpleNamespace(phase=Word.LIVE, since=NOW, retry_at=None, obstacle=None))

    async def _read_brand(self) -> Any:
        return self.served

    def _retry(self) -> None:
        self.retries += 1

    def _give_up(self) -> None:
        self.given_up += 1


class View(QWidget):
    """Any feature's view: shows a canary, remembers what was asked of it."""

    lead_opened, share_requested = Signal(str), Signal(str)
    place_changed, shown_changed = Signal(int, int), Signal(int)
    walk_requested = Signal(int)
    filter_cleared, closed = Signal(), Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.done = name, list[str]()
        self.notice: QWidget | None = None
        self.shown: int | None = 7
        self.field = QLineEdit(CANARY)
        column = QVBoxLayout(self)
        column.addWidget(self.field)

    def focus_list(self) -> None:
        self.done.append("focus_list")

    def move_cursor(self, delta: int) -> None:
        self.done.append(f"move {delta}")

    def set_notice(self, notice: QWidget | None) -> None:
        self.notice = notice

    def set_place(self, index: int, count: int) -> None:
        self.done.append(f"place {index}/{count}")

    def write_note(self) -> None:
        self.done.append("write_note")

    def change_step(self) -> None:
        self.done.append("change_step")

    def share(self) -> None:
        self.share_requested.emit("lead-1")

    def delete(self) -> None:
        self.done.append("delete")


class Presenter:
    def __init__(self, view: View | None = None) -> None:
        self.view, self.calls, self.closed = view, list[str](), 0

    def search(self, words: str) -> None:
        self.calls.append(f"search {words}")

    def walk(self, delta: int) -> None:
        self.calls.append(f"walk {delta}")

    def select(self, lead_id: str) -> None:
        self.calls.append(f"select {lead_id}")

    def open(self, lead_id: str) -> None:
        self.calls.append(f"open {lead_id}")

    def close(self) -> None:
        self.closed += 1


class PretendedFeatures:
    """Builds views anew; ``built`` keeps the presenters, newest last, by kind."""

    def __init__(self) -> None:
        self.built: dict[str, list[Presenter]] = {}
        self.show_offers: Callable[[], object] = lambda: None

    def newest(self, kind: str) -> Any:
        return self.built[kind][-1]

    def _page(self, kind: str) -> Page[Any, Any]:
        view = View(kind)
        return Page(view, self._keep(kind, Presenter(view)))

    def _keep(self, kind: str, presenter: Presenter) -> Presenter:
        self.built.setdefault(kind, []).append(presenter)
        return presenter

    def lead_list(self) -> Page[Any, Any]:
        return self._page("list")

    def lead_detail(self) -> Page[Any, Any]:
        return self._page("detail")

    def offers(self) -> Page[Any, Any]:
        return self._page("offers")

    def shares(self) -> Page[Any, Any]:
        return self._page("shares")

    def approvals(self) -> Page[Any, Any]:
        return self._page("approvals")

    def share_dialog(self, lead_id: str) -> Any:
        return self._keep("share", Presenter())

    def sessions(self) -> Any:
        return self._keep("sessions", Presenter())

    def step_up(self) -> Any:
        return self._keep("step-up", Presenter())

    def offer_alerts(self, show_offers: Callable[[], object]) -> Any:
        self.show_offers = show_offers
        return self._keep("alerts", Presenter())


class PretendedLeads(dict[str, int]):
    """A shelf of names: ``slot_of``, ``get`` and ``changes`` as the store has them."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: Topic[Any] = Topic()

    def slot_of(self, lead_id: str) -> int | None:
        return 0 if lead_id == "lead-1" else None

    def get(self, slot: int) -> Any:  # type: ignore[override]
        return SimpleNamespace(name="Anna Meyer", company="", topic="")


class Pretended:
    """The whole office: window, desk, features and stages over them."""

    def __init__(self, style: Any) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.desk, self.features = PretendedDesk(), PretendedFeatures()
        self.errors: list[BaseException] = []
        self.window = MainWindow(Instance("Live"))
        self.store = SimpleNamespace(leads=PretendedLeads(), offers={}, shares={})
        self.around = Surroundings(
            self.window, self.window.toasts, Clipboard(application), lambda: NOW, self.errors.append, no_link
        )
        ground = Ground(Instance("Live"), "https://leads.wagner.example", lambda: "0.1.0")
        rooms: Any = Rooms(self.desk, self.store, self.features, ground)  # type: ignore[arg-type]
        self.rooms = rooms
        self.stages = Stages(self.window, rooms, self.around, style)

    def close(self) -> None:
        self.stages.close()
        self.window.hold_closing(lambda: True)
        self.window.close()
        self.window.deleteLater()
        assert self.errors == []
