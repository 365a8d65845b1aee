"""What the history calls the end of a commission, and that a firm's name is never taken for a code."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leaddesk.contract.history import HistoryEntry
from leaddesk.ui.leads.detail.composition import history_lines
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
        ("commission-closed", "passed-on", "An einen Partner weitergegeben"),
        ("commission-closed", "SOMETHING_NEW", "SOMETHING_NEW"),
        ("commission-rated", "4", "4 von 5 Sternen"),
        ("offer-accepted", "WON", "WON"),
    ],
)
def test_subjects_are_worded(stage: Stage, kind: str, subject: str, words: str) -> None:
    (line,) = history_lines([_entry(kind, subject)])
    assert line.subject == words
