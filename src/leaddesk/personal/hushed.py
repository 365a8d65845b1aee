"""Everything that is told on standard error, by kind and place: what it says may be about somebody (A8).

Logs of other people's code, tracebacks, warnings and errors nobody took carry values – pydantic what it was
given, httpx whole addresses, asyncio its arguments. Here the words are left out by construction: one
formatter and five hooks, and nothing else writes to standard error. Our own records keep their words, for
they are constant and their arguments kinds and places (a house rule).
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any

OURS = "leaddesk"
_DEEPEST = 12
_CHAIN = 6


class Hushed(logging.Formatter):
    """Formats a record without its words unless it is our own; of an exception only kinds and places."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and one a frame of an exception."""
        told = f"{record.levelname} {record.name}"
        if record.name.partition(".")[0] == OURS:
            told = f"{told}: {record.getMessage()}"
        else:
            told = f"{told} ({record.module}:{record.lineno})"
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([told, *told_of(error)]) if error is not None else told


def told_of(error: BaseException) -> Iterator[str]:
    """Yield an exception and what it came from: kinds and places, innermost last."""
    found: BaseException | None = error
    for _ in range(_CHAIN):
        if found is None:
            return
        yield f"  {type(found).__qualname__}"
        yield from (f"    in {place}" for place in _places(found.__traceback__))
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _places(traceback: TracebackType | None) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_qualname} ({code.co_filename.rpartition('/')[2]}:{traceback.tb_lineno})")
        traceback = traceback.tb_next
    return places[-_DEEPEST:]


def hush() -> None:
    """Tell everything this way from now on: logs, errors nobody took – in threads and destructors too – and
    warnings. Replaces what was set up before.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Hushed())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed with its arguments
    logging.captureWarnings(True)
    sys.excepthook = _untaken
    sys.unraisablehook = _unraisable
    threading.excepthook = _thread_ended


def _untaken(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _tell("an error nobody took", error)


def _unraisable(found: Any) -> None:
    _tell("an error in a destructor", found.exc_value)


def _thread_ended(found: threading.ExceptHookArgs) -> None:
    if found.exc_type is not SystemExit:
        _tell("an error that ended a thread", found.exc_value)


def _tell(what: str, error: BaseException | None) -> None:
    """Not through a logger: this must work while the interpreter ends. Standard error may be gone."""
    lines = [f"ERROR {OURS}: {what}", *(told_of(error) if error is not None else ())]
    try:
        sys.stderr.write("\n".join(lines) + "\n")
    except (AttributeError, OSError, ValueError):
        return
