"""How files are told of: sizes, drawings, and why one cannot be sent."""

from __future__ import annotations

from typing import Any

from leaddesk.decoding.bounds import Kind, kind_of
from leaddesk.desk.outcomes import Outcome, Reason, Refused
from leaddesk.ui.kit.presenting.outcome_words import sentence
from leaddesk.ui.kit.wording import language, text
from leaddesk.ui.theme.icons import Icon

_KILO, _MEGA = 1_000, 1_000_000
_ICONS = {Kind.IMAGE: Icon.PICTURE, Kind.TEXT: Icon.TEXT_FILE, Kind.PDF: Icon.TEXT_FILE}
_REFUSED = {
    Reason.TOO_LARGE: "attachments.too_large",
    Reason.LIMIT: "attachments.too_many",
    Reason.OTHER: "attachments.unreadable",
}


def size_words(size: int) -> str:
    """Return a size as people say it: ``340 KB``, ``1,2 MB``."""
    if size < _MEGA:
        return text("attachments.kilobytes", n=str(max(1, round(size / _KILO)) if size else 0))
    shown = f"{size / _MEGA:.1f}"
    return text("attachments.megabytes", n=shown if language() == "en" else shown.replace(".", ","))


def icon_of(content_type: str) -> Icon:
    """Return the drawing of a kind of file."""
    kind = kind_of(content_type)
    return Icon.FILES if kind is None else _ICONS[kind]


def why_not_sent(outcome: Outcome[Any]) -> str:
    """Say why a file did not get to the lead."""
    if isinstance(outcome, Refused):
        if outcome.reason is Reason.INVALID:
            return text("attachments.kind_refused" if outcome.field == "file" else "attachments.name_refused")
        if outcome.reason in _REFUSED and outcome.field in (None, "file", "attachments"):
            return text(_REFUSED[outcome.reason])
    return sentence(outcome) or text("attachments.unreadable")
