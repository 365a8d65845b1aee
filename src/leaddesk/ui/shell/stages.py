"""Which page a seat shows: starting, sign-in, workplace, lock. It follows the seat's session, nothing else.

The workplace is imported with this module, the others when they are shown or when nobody waits (P2).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from leaddesk.desk.sending.drafts import Unsent
from leaddesk.ui.kit.floating.away import take_away
from leaddesk.ui.kit.phrases import clock_time
from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.kit.wording import Language, set_language
from leaddesk.ui.shell.branding.wearing import Wearing
from leaddesk.ui.shell.day.working_day import DayActs, WorkingDay
from leaddesk.ui.shell.doors import Rooms
from leaddesk.ui.shell.frame.person_menu import PersonMenuActs
from leaddesk.ui.shell.frame_presenter import who_of
from leaddesk.ui.shell.main_window import MainWindow
from leaddesk.ui.shell.state import BY_HAND, Locking, LockState, Memory, WindowState
from leaddesk.ui.theme.tokens import current

if TYPE_CHECKING:
    from leaddesk.contract.people import Me
    from leaddesk.desk.outcomes import Outcome
    from leaddesk.ui.kit.brand.instance import Instance
    from leaddesk.ui.kit.presenting.surroundings import Surroundings
    from leaddesk.ui.shell.entrance import Entrance
    from leaddesk.ui.signin.sign_in_state import SignInState, Trouble
    from leaddesk.ui.theme.style import Style


class Stages:
    """Follows ``desk.sign_in.state`` of one seat from start to exit.

    Invariants: a page that is left is closed before the next is built; on leaving the workplace every
    feature's view is out of the widget tree before the desk wipes the store, and what a person shall find
    again is one object in memory, ``kept``. While another seat is in front nothing of this one is in the
    window, but its desk works on.
    """

    def __init__(self, window: MainWindow, rooms: Rooms, around: Surroundings, style: Style) -> None:
        self._window, self._rooms, self._around, self._style = window, rooms, around, style
        self._tasks = TaskScope(around.on_error)
        self.kept, self._memory = WindowState(), Memory.FREED
        self._day: WorkingDay | None = None
        self._door: Entrance | None = None
        self._scale = current().scale
        self._trouble: Trouble | None = None
        self._typed: SignInState | None = None
        self._in_front, self._resumable, self._lock_again = True, False, False
        self.whose, self.email = "", ""
        self._brand = Wearing(window, rooms, self._tasks, lambda: (self._door, self._day) * self._in_front)
        self._state = rooms.desk.sign_in.state.changed.subscribe(self._follow)
        style.changed.connect(self._take_scale)

    @property
    def instance(self) -> Instance:
        """The instance of this seat's server."""
        return self._rooms.ground.instance

    def start(self) -> None:
        """Ask the keyring for a session, unless that is known by now; the page shown meanwhile says so."""
        state = self._rooms.desk.sign_in.state.value.value
        if state == "starting":
            self._tasks.once("resume", self._resume)
            return
        self._follow(None)
        if state == "signed-out":  # asking again could prompt again
            self._tasks.once("resume-late", self._resume_late)

    def come(self) -> None:
        """Show this seat as it was left."""
        if not self._in_front:
            self._in_front = True
            self._window.set_instance(self._rooms.ground.instance)
            self._show_again()

    def go_behind(self) -> None:
        """Take everything of this seat out of the window; it stays signed in."""
        if self._door is not None:
            self._typed = self._door.typed()
        self._leave_day(keep=True)
        self._leave_door()
        self._in_front = False

    def lock(self, locking: Locking = BY_HAND) -> None:
        """Lock now: pages gone, memory wiped, lock page shown; nothing is waited for.

        While somebody is about to unlock, what comes of it is locked again at once.
        """
        if self._rooms.desk.sign_in.state.value.value != "signed-in":
            for key in filter(self._tasks.busy, ("unlock", "resume", "resume-late")):
                self._lock_again = True
                self._tasks.queue(key, self._answered)
            return
        self._leave_day(keep=True)
        self.kept = replace(self.kept, locked_at=self._around.clock(), locking=locking)
        if locking.gives_up:
            self._rooms.desk.safe.give_up()
        self._rooms.desk.lock()
        self._tasks.queue("finish-lock", self._rooms.desk.finish_lock)

    def go_back_to(self, kept: WindowState) -> None:
        """Show what somebody was at before a lock."""
        if self._day is not None:
            self._day.begin(kept)

    def would_lose(self) -> Unsent:
        """Return what a lock would cost now."""
        signed_in = self._rooms.desk.sign_in.state.value.value == "signed-in"
        return self._rooms.desk.safe.would_lose() if signed_in else Unsent()

    async def _answered(self) -> None:
        self._lock_again = False

    def say_memory(self, memory: Memory) -> None:
        """Say on the lock page what has become of the memory."""
        self._memory = memory
        if self._door is not None:
            self._door.say_memory(memory)

    @property
    def is_asked(self) -> bool:
        """Whether somebody is about to unlock."""
        return self._tasks.busy("unlock")

    def close(self) -> None:
        """End everything: the last call before the loop stops."""
        self._around.clipboard.clear_if_ours()
        self._state.close()
        self._style.changed.disconnect(self._take_scale)
        self._leave_day(keep=False)
        self._leave_door()
        self._tasks.close()

    async def _resume(self) -> None:
        outcome = await self._rooms.desk.sign_in.resume()
        self._go_on(outcome)
        if outcome.code == "session-over":
            self._tasks.once("resume-late", self._resume_late)

    async def _resume_late(self) -> None:
        """Go on by itself when a keyring answers that did not in time (guarantee B2)."""
        self._go_on(await self._rooms.desk.sign_in.resume_when_kept())

    def _go_on(self, outcome: Outcome[Me]) -> None:
        if outcome.code == "ok" or self._day is not None:
            return
        if outcome.code in ("offline", "unavailable", "untrusted"):
            from leaddesk.ui.signin.sign_in_presenter import trouble_of

            self._trouble = trouble_of(outcome)
            self._show_sign_in(resumable=True)
        elif self._door is None or not self._door.is_open:
            self._show_sign_in()

    def _follow(self, _message: object) -> None:
        """Show the page of the session's state."""
        state = self._rooms.desk.sign_in.state.value.value
        if state == "signed-in" and self._lock_again:
            self._lock_again = False
            self._rooms.desk.lock()
            self._tasks.queue("finish-lock", self._rooms.desk.finish_lock)
        elif state == "signed-in":
            self._show_day()
            self._tasks.queue("desk", self._rooms.desk.run)
        elif state == "locked" and self._rooms.desk.sign_in.me is not None:
            self._leave_day(keep=True)
            self._show_lock()
        elif state in ("signed-out", "ended", "locked"):
            from leaddesk.ui.signin.sign_in_state import Trouble

            self._trouble = Trouble.ENDED if state == "ended" else None
            self._typed, self._resumable = None, False
            self._leave_day(keep=state != "signed-out")
            self.kept = WindowState() if state == "signed-out" else self.kept
            self._show_sign_in()

    def _show_sign_in(self, *, resumable: bool = False) -> None:
        self._resumable = resumable
        if self._in_front:
            from leaddesk.ui.shell.entrance import Door

            door = Door(self._rooms.desk.sign_in.former_email or self.email, self._trouble, resumable)
            self._entrance().show_sign_in(door, self._choose_language)

    def _show_lock(self) -> None:
        desk, ground = self._rooms.desk, self._rooms.ground
        me = desk.sign_in.me
        if me is None or not self._in_front:
            return
        since = self.kept.locked_at or self._around.clock()
        state = LockState(ground.instance, who_of(me), clock_time(since), desk.outbox.waiting, key=me.by_key)
        state = replace(state, locking=self.kept.locking, memory=self._memory, begun=desk.drafts.count)
        self._entrance().show_lock(state, self._ask_sign_out)

    def _entrance(self) -> Entrance:
        self._brand.begin()
        if self._door is None:
            from leaddesk.ui.shell.entrance import Entrance

            self._door = Entrance(self._window, self._rooms, self._around, self._tasks)
        return self._door

    def _show_day(self) -> None:
        self._leave_door()
        self._typed = None
        if self._day is not None or not self._in_front:
            return
        self._forget_others()
        seating = self._rooms.seating
        menu = PersonMenuActs(
            self._style.apply,
            self._choose_language,
            self._ask_sign_out,
            seating.sign_out_all if seating is not None and seating.several else None,
        )
        lock = self.lock if seating is None else seating.lock
        acts = DayActs(lock, menu, self._style, self._window.name_connection)
        self._around.toasts.set_held(False)
        self._day = WorkingDay(self._rooms, self._around, acts, self.kept)
        self._window.show_page(self._day.workplace)
        self._day.begin(self.kept)
        self._brand.begin(after_rows=True)
        self.kept = replace(self.kept, locked_at=None)

    def _forget_others(self) -> None:
        """What was kept is for the person who left it."""
        me = self._rooms.desk.sign_in.me
        if me is not None and self.whose != (person := str(me.person.member_id)):
            if self.whose:
                self._rooms.ground.own_wait.choose(None)
            self.kept, self.whose = WindowState(), person

    def _leave_day(self, *, keep: bool) -> None:
        """Close dialogs, menus, toasts, clipboard and features; only ids and typed text are kept."""
        if self._day is None:
            return
        if keep:
            self.kept = replace(self._day.keep(), locked_at=self._around.clock())
        day, self._day = self._day, None
        take_away(self._window)
        self._around.toasts.set_held(True)
        self._around.toasts.clear()
        self._around.clipboard.clear_if_ours()
        day.close()

    def _leave_door(self) -> None:
        if self._door is not None:
            self._door.leave()

    def _choose_language(self, language: Language) -> None:
        """Build the page anew in another language; nothing is locked, loaded or typed again for it."""
        set_language(language)
        self._show_anew()

    def _show_anew(self) -> None:
        """Build the page that is shown once more: words and lengths are taken when a page is made."""
        if not self._in_front:
            return
        if self._day is not None:
            self._leave_day(keep=True)
            self._show_day()
        elif self._rooms.desk.sign_in.state.value.value == "locked":
            self._show_lock()
        elif self._door is not None and (typed := self._door.typed()) is not None:
            self._entrance().show_form(typed, self._choose_language)

    def _show_again(self) -> None:
        """Show the page of a seat that comes to the front."""
        sign_in = self._rooms.desk.sign_in
        state = sign_in.state.value.value
        if state == "signed-in":
            self._show_day()
        elif state == "locked" and sign_in.me is not None:
            self._show_lock()
        elif self._typed is not None:
            self._entrance().show_form(self._typed, self._choose_language)
        elif state == "starting" and not self._resumable:
            from leaddesk.ui.shell.opening.starting_page import StartingPage

            self._window.show_page(StartingPage(self._rooms.ground.instance))
        else:
            self._show_sign_in(resumable=self._resumable)

    def _take_scale(self) -> None:
        """Follow another text scale; colours reach everything by themselves."""
        if current().scale != self._scale:
            self._scale = current().scale
            self._show_anew()

    def _ask_sign_out(self) -> None:
        from leaddesk.ui.shell.outbox.unsent_dialog import Ending, ask_unsent, unsent_at

        go = partial(self._tasks.once, "sign-out", self._rooms.desk.sign_in.sign_out)
        ask_unsent(self._window, unsent_at(self._rooms.desk), go, Ending.SIGN_OUT)
