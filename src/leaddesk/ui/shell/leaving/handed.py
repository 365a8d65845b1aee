"""What a window that begins anew is told by the one before: who is locked out, since when, and how it looked.

It is all the new process has of a person: the name on the lock page and what unlocking asks the server with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leaddesk.contract.people import Me
from leaddesk.session.state import SessionState
from leaddesk.settings.settings import Language, Settings, ThemeChoice
from leaddesk.ui.shell.state import BY_HAND, LockCause, Locking

if TYPE_CHECKING:
    from leaddesk.ui.shell.main_window import MainWindow

_FORM = 2
"""Raised when the text below changes its meaning: a newer program then starts plainly."""


@dataclass(frozen=True)
class Look:
    """How the window looked: language, colours, place on the screen (in Qt's own words), in front or not,
    ``scale`` of texts.

    ``hidden``: it was minimised, and is again. ``wait``: minutes until the lock that the person chose, for
    whoever comes back to a lock of theirs.
    """

    language: str
    theme: str
    geometry: str
    active: bool
    wait: int | None = None
    scale: float = 1.0
    hidden: bool = False

    def settings(self, settings: Settings) -> Settings:
        """Return the settings of the start with what was chosen since."""
        return replace(settings, language=Language(self.language), theme=ThemeChoice(self.theme))

    def put_on(self, window: MainWindow) -> None:
        """Bring a window that is not shown yet to where the one before stands."""
        from PySide6.QtCore import QByteArray, Qt

        window.restoreGeometry(QByteArray.fromBase64(self.geometry.encode("ascii")))
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not self.active)

    def show(self, window: MainWindow) -> None:
        """Show it as the one before is shown; it takes the keyboard only if that one has it."""
        if self.hidden:
            window.showMinimized()
            return
        window.show()
        if self.active:
            window.activateWindow()


@dataclass(frozen=True)
class Part:
    """One seat. ``sealed``: ciphertext of what waits. ``unheard``: sessions still to be ended.

    ``untold``: how many changes of before a lock did not come back, by why, and nobody has seen that yet.
    """

    address: str
    state: SessionState
    me: Me | None = field(default=None, repr=False)
    since: datetime | None = None
    locking: Locking = BY_HAND
    sealed: str | None = field(default=None, repr=False)
    letters: bool = True
    unheard: tuple[str, ...] = ()
    untold: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Handed:
    """The window: its seats, one of them in ``front``. ``doomed``: what the keyring is still to forget."""

    look: Look
    parts: tuple[Part, ...]
    front: int = 0
    doomed: tuple[str, ...] = ()

    def to_text(self) -> str:
        """Encode."""
        facts: dict[str, Any] = {
            "form": _FORM,
            "look": vars(self.look),
            "parts": [_told(part) for part in self.parts],
            "front": self.front,
            "doomed": self.doomed,
        }
        return json.dumps(facts)


def read_handed(text: str | None) -> Handed | None:
    """Decode; what an older or newer program said differently is nothing, and the start a plain one."""
    if text is None:
        return None
    try:
        facts = json.loads(text)
        if facts["form"] != _FORM or not facts["parts"]:
            return None
        parts = tuple(_heard(part) for part in facts["parts"])
        doomed = tuple(str(name) for name in facts["doomed"])
        return Handed(Look(**facts["look"]), parts, min(int(facts["front"]), len(parts) - 1), doomed)
    except (ValueError, KeyError, TypeError):
        return None


def _told(part: Part) -> dict[str, Any]:
    return {
        "address": part.address,
        "state": part.state.value,
        "me": part.me.to_json().decode() if part.me is not None else None,
        "since": part.since.isoformat() if part.since is not None else None,
        "locking": [part.locking.cause.value, part.locking.minutes],
        "sealed": part.sealed,
        "letters": part.letters,
        "unheard": part.unheard,
        "untold": part.untold,
    }


def _heard(facts: dict[str, Any]) -> Part:
    me, since, (cause, minutes) = facts["me"], facts["since"], facts["locking"]
    return Part(
        address=str(facts["address"]),
        state=SessionState(facts["state"]),
        me=Me.model_validate_json(me) if me is not None else None,
        since=datetime.fromisoformat(since) if since is not None else None,
        locking=Locking(LockCause(cause), int(minutes)),
        sealed=facts["sealed"],
        letters=facts["letters"] is True,
        unheard=tuple(str(one) for one in facts.get("unheard", ())),
        untold={str(why): int(changes) for why, changes in facts.get("untold", {}).items()},
    )
