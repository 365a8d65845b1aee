"""What the presenters of sign-in and lock page share: a page's state, and one attempt at a time to get in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from leaddesk.ui.kit.tasks import TaskScope
from leaddesk.ui.signin.sign_in_state import BrowserStep

if TYPE_CHECKING:
    from leaddesk.contract.people import Me
    from leaddesk.desk.outcomes import Outcome


class Door(Protocol):
    """The state of a page that lets people in: a frozen dataclass with ``busy``, ``trouble``, ``second`` …"""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def browser(self) -> BrowserStep | None: ...


S = TypeVar("S", bound=Door)
S_contra = TypeVar("S_contra", contravariant=True)


class Shown(Protocol[S_contra]):
    """A page that renders a state."""

    def render_state(self, state: S_contra) -> None: ...
    def forget(self) -> None: ...


class Attempts(ABC, Generic[S]):
    """Owns a page's state until it is given up; what follows a way in is the shell's.

    Invariant: an attempt runs in the shell's scope, because success replaces the page while the clerk is
    still at work, and that must not cancel it. ``_key``: attempts of one name exclude each other.
    """

    _key: str

    def __init__(self, page: Shown[S], state: S, tasks: TaskScope) -> None:
        self._shown, self._state = page, state
        self._tasks, self._closed = tasks, False
        self._ends: list[Callable[[], object]] = []

    def close(self) -> None:
        """Stop rendering, empty the fields; an attempt under way goes on in the shell's scope."""
        self._closed = True
        for end in self._ends:
            end()
        self._shown.forget()

    def change(self, **facts: Any) -> None:
        """Show other facts of the state, unless the page was given up."""
        if not self._closed:
            self._render(replace(self._state, **facts))

    def run(self, key: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Do something for this page, in the scope of its attempts."""
        if not self._closed:
            self._tasks.latest(key, work)

    def when_closed(self, end: Callable[[], object]) -> None:
        """End something beside this page with it."""
        self._ends.append(end)

    def attempt(self, ask: Callable[[], Coroutine[Any, Any, Outcome[Me]]]) -> None:
        """Try to get in, unless somebody does."""
        self._tasks.once(self._key, lambda: self._attempt(ask))

    def give_up(self) -> None:
        """End the attempt that is under way."""
        self._tasks.cancel(self._key)
        self.change(busy=False, browser=_at_rest(self._state.browser))

    @abstractmethod
    def _trouble(self, outcome: Outcome[Me]) -> dict[str, Any]:
        """Return what the page says of an attempt that failed: its ``trouble`` and ``second``."""

    async def _attempt(self, ask: Callable[[], Coroutine[Any, Any, Outcome[Me]]]) -> None:
        self._render(replace(self._state, busy=True, trouble=None))
        outcome = await ask()
        if self._closed or outcome.code == "ok":
            return
        if outcome.code == "refused.second-factor":
            self.change(busy=False, second=True)
            return
        self.change(
            busy=False,
            seconds=max(1, round(getattr(outcome, "retry_after", None) or 1)),
            obstacle=getattr(outcome, "obstacle", None),
            browser=_at_rest(self._state.browser),
            **self._trouble(outcome),
        )

    def _render(self, state: S) -> None:
        self._state = state
        self._shown.render_state(state)


def _at_rest(step: BrowserStep | None) -> BrowserStep | None:
    return step if step in (None, BrowserStep.ABSENT) else BrowserStep.OFFERED
