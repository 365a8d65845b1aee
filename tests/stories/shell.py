"""The frame around the features: window, lock page, waiting changes, conflict, keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtWidgets import QVBoxLayout, QWidget

from leaddesk.desk.sending.drafts import Unsent
from leaddesk.ui.kit.phrases import ago
from leaddesk.ui.kit.pieces.marks import Skeleton, Tone
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.frame.workplace import Workplace
from leaddesk.ui.shell.help.keys_dialog import KeysDialog
from leaddesk.ui.shell.help.offered import Sheet
from leaddesk.ui.shell.leaving.stayed_dialog import StayedDialog
from leaddesk.ui.shell.lock.countdown import Countdown
from leaddesk.ui.shell.lock.lock_page import LockPage
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.outbox.conflict_dialog import ConflictDialog
from leaddesk.ui.shell.outbox.outage_note import OutageNote
from leaddesk.ui.shell.outbox.queue_state import ConflictState, QueueState, Waiting, WaitingChange
from leaddesk.ui.shell.outbox.unsent_dialog import Ending, UnsentDialog
from leaddesk.ui.shell.outbox.waiting_changes_pane import WaitingChangesPane
from leaddesk.ui.shell.state import (
    Link,
    LockCause,
    Locking,
    LockState,
    Memory,
    NavigationItem,
    NavigationState,
    OutageState,
    Route,
    StatusState,
    TopBarState,
    Who,
    WorkplaceState,
)
from leaddesk.ui.signin.sign_in_state import BrowserStep
from leaddesk.workstation.waits import Wait
from tests.stories.registry import story
from tests.stories.signin import BRAND, DEMO, LIVE, SERVED, SIZE, window

WHO = Who("Björn Hansen", "member-1", "Solar Nord GmbH")
PARTNER = NavigationState((NavigationItem(Route.LEADS, 348), NavigationItem(Route.OFFERS, 3, for_me=True)))
MAKER = NavigationState(
    (
        NavigationItem(Route.LEADS, 12480),
        NavigationItem(Route.SHARES, 5),
        NavigationItem(Route.APPROVALS, 2, for_me=True),
    )
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STALE = StatusState(shown=348, loaded=12480, total=12480, done=True, as_of="13:31", waiting=3)
LOADING = WorkplaceState(
    TopBarState(LIVE, WHO, Link.LOADING),
    replace(PARTNER, items=(NavigationItem(Route.LEADS), NavigationItem(Route.OFFERS, 3, for_me=True))),
    StatusState(loaded=2431, total=12480, seconds_left=6),
)
OFFLINE = WorkplaceState(
    TopBarState(LIVE, WHO, Link.OFFLINE),
    PARTNER,
    STALE,
    OutageState("13:31", 18),
)
QUEUE = QueueState(
    (
        WaitingChange("1", "step", "Anna Meyer", "13:34", "Kontakt", "Vor-Ort-Termin"),
        WaitingChange("2", "note", "Anna Meyer", "13:35", after="Termin Di 24. Nov., 10 Uhr bestätigt"),
        WaitingChange("3", "step", "Björn Petersen", "13:39", "Angebot", "Abschluss"),
    )
)
CONFLICT = ConflictState(
    "1",
    "Anna Meyer",
    "Vor-Ort-Termin",
    "Angebot",
    "13:34",
    "heute 13:38",
    "Maren Boysen",
    "Thomas Lüders",
    1,
    ((2, 5), (3, 5)),
)
LOCKED = LockState(LIVE, WHO, "13:42", waiting=2, memory=Memory.EMPTIED)


class StandIn(QWidget):
    """Rows where a feature will stand, with the note above them as the list has it."""

    def __init__(self, note: QWidget | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        if note is not None:
            column.setContentsMargins(0, 78, 0, 0)
            column.addWidget(note)
        column.addWidget(Skeleton(14), 1)


def synced() -> StatusState:
    """All there, in the language of the picture."""
    return replace(STALE, as_of=ago(NOON - timedelta(seconds=2), NOON), waiting=0)


def ordinary() -> WorkplaceState:
    """An ordinary day at work."""
    return WorkplaceState(TopBarState(LIVE, WHO, Link.LIVE, "11:42"), PARTNER, synced())


def workplace(state: WorkplaceState, note: QWidget | None = None) -> Workplace:
    made = Workplace(state)
    made.pages.show_page(StandIn(note))
    return made


@story("shell/window/day", size=SIZE)
def day() -> QWidget:
    place = workplace(ordinary())
    shown = window(place)
    place.show_hint()
    return shown


@story("shell/window/demo", size=SIZE)
def demo() -> QWidget:
    return window(workplace(WorkplaceState(TopBarState(DEMO, WHO), MAKER, synced())), DEMO)


@story("shell/window/brand", size=SIZE)
def brand() -> QWidget:
    who = Who("Jörg Kruse", "member-2", "Petersen Wärme KG")
    place = workplace(WorkplaceState(TopBarState(BRAND, who), PARTNER, synced()))
    return window(place, BRAND)


@story("shell/window/served-brand", size=SIZE)
def served_brand() -> QWidget:
    return window(workplace(WorkplaceState(TopBarState(SERVED, WHO), PARTNER, synced())), SERVED)


@story("shell/window/loading", size=SIZE)
def loading() -> QWidget:
    place = workplace(LOADING)
    shown = window(place)
    place.show_hint()
    return shown


@story("shell/window/offline", size=SIZE)
def offline() -> QWidget:
    place = workplace(OFFLINE, OutageNote(OutageState("13:31", 18)))
    shown = window(place)
    place.show_side(WaitingChangesPane(QUEUE))
    return shown


@story("shell/window/rebuilt", size=SIZE)
def rebuilt() -> QWidget:
    place = workplace(
        replace(ordinary(), top=TopBarState(LIVE, WHO, Link.CONNECTING)),
        OutageNote(OutageState("13:31", 2, ours=True)),
    )
    return window(place)


@story("shell/window/small", size=(1000, 668))
def small() -> QWidget:
    place = workplace(ordinary())
    shown = window(place)
    place.show_side(WaitingChangesPane(QUEUE))
    return shown


@story("shell/window/narrow", size=(760, 560))
def narrow() -> QWidget:
    return window(workplace(replace(OFFLINE, navigation=MAKER), OutageNote(OutageState("13:31"))))


@story("shell/window/starting", size=SIZE)
def starting() -> QWidget:
    return MainWindow(LIVE)


@story("shell/lock/locked", size=SIZE)
def locked() -> QWidget:
    return window(LockPage(LOCKED))


@story("shell/lock/browser", size=SIZE)
def locked_with_browser() -> QWidget:
    return window(LockPage(replace(LOCKED, browser=BrowserStep.OFFERED)))


@story("shell/lock/browser_only", size=SIZE)
def locked_with_browser_only() -> QWidget:
    state = replace(LOCKED, form=False, browser=BrowserStep.OFFERED, trouble="lock.other_person")
    return window(LockPage(state))


@story("shell/lock/in_browser", size=SIZE)
def locked_in_browser() -> QWidget:
    return window(LockPage(replace(LOCKED, busy=True, browser=BrowserStep.WAITING)))


@story("shell/lock/served-brand", size=SIZE)
def locked_served_brand() -> QWidget:
    return window(LockPage(replace(LOCKED, instance=SERVED)), SERVED)


@story("shell/lock/key", size=SIZE)
def locked_with_key() -> QWidget:
    who = Who(text("shell.key_person"), "key-1", text("shell.key_tenant"))
    return window(LockPage(replace(LOCKED, who=who, key=True, waiting=0, trouble="lock.other_key")))


@story("shell/lock/demo", size=SIZE)
def locked_demo() -> QWidget:
    return window(LockPage(replace(LOCKED, instance=DEMO, waiting=0)), DEMO)


@story("shell/lock/idle", size=SIZE)
def locked_idle() -> QWidget:
    return window(LockPage(replace(LOCKED, locking=Locking(LockCause.IDLE, 10))))


@story("shell/lock/outage", size=SIZE)
def locked_outage() -> QWidget:
    return window(LockPage(replace(LOCKED, outage=True)))


@story("shell/lock/switched", size=SIZE)
def locked_switched() -> QWidget:
    return window(LockPage(replace(LOCKED, locking=Locking(LockCause.SWITCHED))))


@story("shell/lock/kept", size=SIZE)
def locked_kept() -> QWidget:
    return window(LockPage(replace(LOCKED, memory=Memory.KEPT)))


@story("shell/lock/begun", size=(1000, 668))
def locked_begun() -> QWidget:
    return window(LockPage(replace(LOCKED, begun=1)))


@story("shell/lock/failed", size=SIZE)
def locked_failed() -> QWidget:
    return window(LockPage(replace(LOCKED, memory=Memory.FAILED)))


@story("shell/lock/countdown_loses", size=SIZE)
def countdown_loses() -> QWidget:
    shown = window(workplace(ordinary()))
    Countdown(shown).show_left(52, Wait(5, loses=3, begun=1))
    return shown


@story("shell/lock/countdown", size=SIZE)
def countdown() -> QWidget:
    shown = window(workplace(ordinary()))
    Countdown(shown).show_left(18, Wait(5))
    return shown


@story("shell/lock/wrong", size=SIZE)
def wrong() -> QWidget:
    return window(LockPage(replace(LOCKED, trouble="lock.wrong")))


@story("shell/lock/second-factor", size=SIZE)
def second_factor() -> QWidget:
    return window(LockPage(replace(LOCKED, second=True)))


@story("shell/queue/states", size=(448, 792))
def states() -> QWidget:
    first, second, third = QUEUE.changes
    changes = (
        replace(first, state=Waiting.CONFLICT),
        replace(second, state=Waiting.UNKNOWN, can_undo=False),
        replace(third, state=Waiting.SENT, can_undo=False),
        WaitingChange(
            "4", "accept", "Wärme Nord", "13:40", state=Waiting.REFUSED, reason="Das Angebot ist beendet."
        ),
    )
    return WaitingChangesPane(QueueState(changes, online=True))


@story("shell/queue/begun", size=(448, 560))
def begun() -> QWidget:
    words = "Ruft Montag nach 14 Uhr zurück und will die Förderung wissen"
    notes = (
        WaitingChange("a", "note", "Anna Meyer", text("outbox.begun"), after=words, state=Waiting.BEGUN),
        WaitingChange(
            "b",
            "note",
            text("outbox.unknown_subject"),
            text("outbox.begun"),
            after="Dach ist voll",
            state=Waiting.BEGUN,
            can_undo=False,
        ),
    )
    return WaitingChangesPane(QueueState((*QUEUE.changes[1:], *notes), online=True))


@story("shell/window/begun", size=SIZE)
def begun_at_the_foot() -> QWidget:
    return window(workplace(replace(ordinary(), status=replace(synced(), begun=1))))


@story("shell/window/begun_and_waiting", size=(1000, 668))
def begun_and_waiting() -> QWidget:
    return window(workplace(replace(ordinary(), status=replace(synced(), waiting=2, begun=1))))


@story("shell/queue/empty", size=(448, 400))
def empty() -> QWidget:
    return WaitingChangesPane(QueueState(online=True))


def _over_day() -> MainWindow:
    shown = window(workplace(ordinary()))
    shown.resize(*SIZE)
    return shown


@story("shell/conflict/step", size=SIZE)
def conflict() -> QWidget:
    shown = _over_day()
    ConflictDialog(shown, CONFLICT).open()
    return shown


@story("shell/keys/sheet", size=SIZE)
def keys() -> QWidget:
    shown = _over_day()
    KeysDialog(shown, Sheet(promises=True)).open()
    return shown


@story("shell/keys/few", size=SIZE)
def few_keys() -> QWidget:
    shown = _over_day()
    absent = {"step", "share", "delete", "accept", "reject", "pages", "places"}
    KeysDialog(shown, Sheet(absent=frozenset(absent), pages=1)).open()
    return shown


def _asked(unsent: Unsent, ending: Ending) -> QWidget:
    shown = _over_day()
    UnsentDialog(shown, unsent, ending).open()
    return shown


@story("shell/unsent/lock", size=SIZE)
def unsent_lock() -> QWidget:
    return _asked(Unsent(2, 1), Ending.LOCK)


@story("shell/unsent/quit", size=SIZE)
def unsent() -> QWidget:
    return _asked(Unsent(3), Ending.QUIT)


@story("shell/unsent/begun", size=SIZE)
def unsent_begun() -> QWidget:
    return _asked(Unsent(0, 1), Ending.QUIT)


@story("shell/unsent/sign_out", size=SIZE)
def unsent_sign_out() -> QWidget:
    return _asked(Unsent(1, 2), Ending.SIGN_OUT)


@story("shell/news/sign_in", size=SIZE)
def news() -> QWidget:
    """A session that ends, and begun notes whose leads are gone, over the day."""
    shown = _over_day()
    for words, detail, act in (
        (text("shell.session_ends", time="17:30"), "shell.session_ends_detail", "shell.session_ends_renew"),
        (text("shell.stranded", n=2), "shell.stranded_copy", "shell.stranded_take"),
        (text("signin.session_only"), "signin.session_only_locked", None),
    ):
        acts = [(text(act), shown.update)] if act else ()
        shown.toasts.show_toast(words, detail=text(detail), actions=acts, seconds=0, tone=Tone.WARNING)
    return shown


@story("shell/unsent/keyring", size=SIZE)
def stayed() -> QWidget:
    shown = _over_day()
    StayedDialog(shown, 1).open()
    return shown
