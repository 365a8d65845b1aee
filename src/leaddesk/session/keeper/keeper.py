"""The keeper as the client sees it: a book whose pages another process turns."""

from __future__ import annotations

import weakref
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from leaddesk.session.keeper.launch import Child, launch
from leaddesk.session.keeper.messages import Garbled, Message, receive, send

if TYPE_CHECKING:
    from leaddesk.session.tokens import Profile


_AGAIN_SECONDS = 2.0
"""A keeper that ended within this time had been left alone or crashed; one that took longer hung (B2)."""


class KeeperGone(Exception):
    """The keeper ended, or said what nobody understands."""


class KeeperFailed(Exception):
    """The keyring refused; ``failure`` is the name of what the keeper met."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


class Keeper:
    """Implements :class:`~leaddesk.session.keeper.book.Book` by asking a process.

    The process is started at the first question, or ahead of it, and again after it ended: by itself when
    nobody asked, or by a crash of a library. Hence a question may be put twice; each may be. It ends with
    this object or this process. Blocking: used in one thread at a time.
    """

    def __init__(self) -> None:
        self._child: Child | None = None
        self._left: weakref.finalize[..., Keeper] | None = None
        self._ahead: Message | None = None

    def start(self, address: str | None = None) -> None:
        """Start the process and ask for a server's profile, or (``""``) the one that was in front last.

        The answer waits until somebody needs it.

        A profile is needed to be renewed, so the rotation is announced as soon as the profile was read
        (guarantee B5). What goes wrong is met again by the first real question.
        """
        try:
            child = self._running()
            if address is not None:
                self._ahead = _finding(address, quietly=False)
                send(child.questions, self._ahead | {"announce": True})
        except OSError:
            self._drop()

    def find(self, address: str, quietly: bool) -> Profile | None:
        """Return the first listed profile of a server."""
        return _profile(self._ask(_finding(address, quietly)))

    def ready(self) -> bool:
        """Tell whether there is a keyring that would prompt nobody."""
        return self._ask({"do": "ready"}) is True

    def names(self) -> tuple[str, ...]:
        """Return the listed ids."""
        told = self._ask({"do": "names"})
        return tuple(str(name) for name in told) if isinstance(told, list) else ()

    def read(self, name: str) -> Profile | None:
        """Return one profile."""
        return _profile(self._ask({"do": "read", "name": name}))

    def write(self, profile: Profile, listed: bool) -> None:
        """Write one profile."""
        facts = {"name": profile.profile_id, "text": profile.to_text(), "listed": listed}
        self._ask({"do": "write", **facts})

    def put_aside(self, key: Profile, owner: str) -> None:
        """Write a key of what is sealed."""
        self._ask({"do": "put_aside", "name": key.profile_id, "text": key.to_text(), "owner": owner})

    def prefer(self, name: str) -> None:
        """Put one profile before the others."""
        self._ask({"do": "prefer", "name": name})

    def remove(self, name: str) -> None:
        """Remove one profile."""
        self._ask({"do": "remove", "name": name})

    def _ask(self, question: Message) -> object:
        """Raises :class:`KeeperFailed`, :class:`KeeperGone`, :class:`OSError`."""
        began = monotonic()
        answer = self._attempt(question)
        if answer is None and monotonic() - began < _AGAIN_SECONDS:
            answer = self._attempt(question)
        if answer is None:
            raise KeeperGone
        if "failed" in answer:
            raise KeeperFailed(str(answer["failed"]))
        return answer.get("done")

    def _attempt(self, question: Message) -> Message | None:
        child, answer = self._running(), None
        ahead, self._ahead = self._ahead, None
        with suppress(OSError, Garbled):
            if ahead is not None and ahead != question:
                receive(child.answers)
            if ahead != question:
                send(child.questions, question)
            answer = receive(child.answers)
        if answer is None:
            self._drop()
        return answer

    def _running(self) -> Child:
        if self._child is None:
            self._child = launch()
            self._left = weakref.finalize(self, self._child.leave)
        return self._child

    def _drop(self) -> None:
        child, self._child, self._ahead = self._child, None, None
        if child is not None and self._left is not None and self._left.detach():
            child.end()


def _finding(address: str, quietly: bool) -> Message:
    return {"do": "find", "address": address, "quietly": quietly}


def _profile(told: object) -> Profile | None:
    from leaddesk.session.tokens import read_profile

    if not isinstance(told, list) or len(told) != 2:
        return None
    return read_profile(str(told[0]), str(told[1]))
