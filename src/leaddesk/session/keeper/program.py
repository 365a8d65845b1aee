"""The keeper itself: answers one question after the other, and ends with its client or when it is left alone.

A keyring that shows a prompt, or hangs, blocks its thread for as long as it likes. Another thread listens, so
that the process ends soon after the client does: what is being written may be finished.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import replace

from leaddesk.session.keeper.book import Book, KeyringBook
from leaddesk.session.keeper.messages import Garbled, Message, receive, send
from leaddesk.session.tokens import Profile, random_name, read_profile

IDLE_SECONDS = 60.0
"""Nobody is asked for so long: the process goes, the next question starts another."""

CALM_SECONDS = 0.5
"""Nobody is asked for so long: there is time to clear away what processes that are gone left."""

PATIENCE_SECONDS = 300.0
"""So long a prompt may wait for a person, or a library for nobody; then the process ends, however stuck."""

FAREWELL_SECONDS = 1.0
"""So long a question under way may take when the client is gone."""

GREETINGS = 60
"""So often a busy message bus is greeted; the library gives up each greeting after a second."""


def keep() -> int:
    """Serve standard input and output until one of both sides is done; returns the exit code."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no message
    questions: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    book = KeyringBook()
    with contextlib.suppress(Exception):  # told to whoever asks
        book.open()
    is_open = False
    with contextlib.suppress(queue.Empty, OSError):
        while (question := _next(questions, book, is_open)) is not None:
            faulthandler.dump_traceback_later(PATIENCE_SECONDS, exit=True)
            told = answer(book, question)
            faulthandler.cancel_dump_traceback_later()
            send(answers, told)
            with contextlib.suppress(Exception):  # the entry is written; nobody waits for the list
                book.catch_up()
            is_open = "done" in told and question["do"] != "ready"
    return 0


def _next(questions: queue.SimpleQueue[Message | None], book: KeyringBook, is_open: bool) -> Message | None:
    """Wait for a question; raises :class:`queue.Empty` when left alone.

    ``is_open``: the keyring has just answered, so that tidying up prompts nobody.
    """
    if is_open:
        with contextlib.suppress(queue.Empty):
            return questions.get(timeout=CALM_SECONDS)
        faulthandler.dump_traceback_later(PATIENCE_SECONDS, exit=True)
        with contextlib.suppress(Exception):
            book.sweep()
        faulthandler.cancel_dump_traceback_later()
    return questions.get(timeout=IDLE_SECONDS)


def _listen(questions: queue.SimpleQueue[Message | None]) -> None:
    with contextlib.suppress(OSError, Garbled):
        while (question := receive(0)) is not None:
            questions.put(question)
    questions.put(None)
    threading.Event().wait(FAREWELL_SECONDS)
    os._exit(0)


def answer(book: Book, question: Message) -> Message:
    """Do what is asked; of a failure only the name of its type is told.

    A message bus that did not greet in time is asked again: it is busy, and the keyring may be well.
    Each question may be put twice. Whoever asked waits no longer than they like.
    """
    try:
        return {"done": _done(book, question)}
    except Exception as failure:
        return {"failed": type(failure).__name__}


def _done(book: Book, question: Message) -> object:
    do = _VERBS[str(question["do"])]
    for _ in range(GREETINGS - 1):
        with contextlib.suppress(TimeoutError):
            return do(book, question)
    return do(book, question)


def _find(book: Book, question: Message) -> object:
    found = book.find(str(question["address"]), question["quietly"] is True)
    if found is not None and found.rotation_id is None and question.get("announce") is True:
        found = _announced(book, found)
    return _told(found)


def _announced(book: Book, profile: Profile) -> Profile:
    """Write a rotation id beside the token; who cannot reads on, and the client tries again itself."""
    announced = replace(profile, rotation_id=random_name())
    try:
        book.write(announced, listed=True)
    except Exception:
        return profile
    return announced


def _read(book: Book, question: Message) -> object:
    return _told(book.read(str(question["name"])))


def _ready(book: Book, question: Message) -> bool:
    return book.ready()


def _names(book: Book, question: Message) -> object:
    return list(book.names())


def _prefer(book: Book, question: Message) -> None:
    book.prefer(str(question["name"]))


def _write(book: Book, question: Message) -> None:
    profile = read_profile(str(question["name"]), str(question["text"]))
    if profile is None:
        raise Garbled
    book.write(profile, question["listed"] is True)


def _put_aside(book: Book, question: Message) -> None:
    key = read_profile(str(question["name"]), str(question["text"]))
    if key is None:
        raise Garbled
    book.put_aside(key, str(question["owner"]))


def _remove(book: Book, question: Message) -> None:
    book.remove(str(question["name"]))


def _told(profile: Profile | None) -> object:
    return None if profile is None else [profile.profile_id, profile.to_text()]


_VERBS: dict[str, Callable[[Book, Message], object]] = {
    "find": _find,
    "ready": _ready,
    "names": _names,
    "read": _read,
    "prefer": _prefer,
    "put_aside": _put_aside,
    "write": _write,
    "remove": _remove,
}
