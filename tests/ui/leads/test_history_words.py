"""What the history calls the end of a commission, and that a firm's name is never taken for a code."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leaddesk.contract.history import HistoryEntry
from leaddesk.ui.leads.detail.composition import history_lines
from leaddesk.ui.leads.detail.state import HistoryLine
from tests.stories.stage import Stage


def _entry(kind: str, subject: str) -> HistoryEntry:
    told: dict[str, Any] = {"position": 1, "at": datetime(2026, 11, 22, tzinfo=UTC), "kind": kind}
    return HistoryEntry.model_validate(
        {**told, "originator": {"urn": "urn:x", "name": "Maren Boysen"}, "subject": subject}
    )


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("commission-closed", "WON", "Gewonnen"),
        ("commission-closed", "partnership-ended", "Die Partnerschaft ist beendet"),
        ("commission-closed", "SOMETHING_NEW", "SOMETHING_NEW"),
        ("commission-rated", "4", "4 von 5 Sternen"),
        ("offer-accepted", "WON", "WON"),
    ],
)
def test_subjects_are_worded(stage: Stage, kind: str, subject: str, words: str) -> None:
    (line,) = history_lines([_entry(kind, subject)])
    assert line.subject == words


def _by(name: str, kind: str, subject: str) -> HistoryLine:
    entry = _entry(kind, subject)
    named = entry.originator.model_copy(update={"name": name})
    (line,) = history_lines([entry.model_copy(update={"originator": named})])
    return line


def test_who_accepts_ends_nobodys_offer(stage: Stage) -> None:
    """It is told of the firm that lost its chance, and through whom."""
    line = _by("Solar Nord GmbH", "offer-ended", "Lorenzen Wärmetechnik GmbH")
    assert (line.who, line.kind, line.subject) == (
        "Lorenzen Wärmetechnik GmbH",
        "offer-ended",
        "durch Solar Nord GmbH",
    )
    assert _by("Solar Nord GmbH", "offer-ended", "Solar Nord GmbH").subject is None


def test_nobody_is_named_twice(stage: Stage) -> None:
    assert _by("Solar Nord GmbH", "offer-accepted", "Solar Nord GmbH").subject is None
    assert _by("Björn Hansen", "offer-accepted", "Heiztechnik Wagner AG").subject == "Heiztechnik Wagner AG"


def test_who_accepts_closes_no_commission(stage: Stage) -> None:
    """Our own is closed, because the lead was passed on; what a partner closes is the partner's."""
    line = _by("Solar Nord GmbH", "commission-closed", "passed-on")
    assert (line.who, line.kind) == ("Der eigene Auftrag", "commission-ended")
    assert line.subject == "An einen Partner weitergegeben\ndurch Solar Nord GmbH"
    won = _by("Solar Nord GmbH", "commission-closed", "WON")
    assert (won.who, won.kind, won.subject) == ("Solar Nord GmbH", "commission-closed", "Gewonnen")
