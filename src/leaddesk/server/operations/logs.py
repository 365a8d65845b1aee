"""Logs as lines of JSON on stderr, without personal data: ids as pseudonyms of the day, routes as templates.

Only our own messages are written out: they hold no values (a house rule). Of a library's message only its
template is kept, of an exception only type and place (guarantee A8).
"""

import hashlib
import hmac
import json
import logging
import secrets
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from leaddesk.contract.wire import format_time

OURS = "leaddesk"
FACTS = "facts"
"""Attribute of a record with what a line holds beside its message, ``extra={FACTS: {…}}``."""


class JsonLines(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        ours = record.name == OURS or record.name.startswith(OURS + ".")
        told = {
            "at": format_time(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg)[:200],
            **getattr(record, FACTS, {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__name__
            told["place"] = _place(record.exc_info[1])
        return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def log_as_json(level: str) -> None:
    """Send all logs of the process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())


class DailyNames:
    """Short pseudonyms for ids in logs: another one every day, and after every start."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)

    def of(self, kind: str, thing_id: str) -> str:
        """Name an id for today (UTC)."""
        material = f"{kind}\x1f{thing_id}\x1f{self._clock():%Y%m%d}".encode()
        return f"{kind}-{hmac.digest(self._secret, material, hashlib.sha256)[:5].hex()}"


def _place(error: BaseException | None) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:] if error else []
    return ", ".join(f"{frame.name}:{frame.lineno}" for frame in frames)
