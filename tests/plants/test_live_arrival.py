"""Without the push of a share, an approval, an offer or a deletion the journeys turn red."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from leaddesk.api.live import LiveEvent
from leaddesk.contract.live import LiveKind
from leaddesk.desk.mirror.changes import Changes
from leaddesk.server.queries import feed
from tests.desk import test_journeys as journeys
from tests.desk.conftest import Office, Town, town
from tests.plants.planting import turns_red

__all__ = ["town"]
HASTE = 1.5
"""Seconds: what is broken does not come later either."""
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What is broken, and the line of the journey that must notice."""

    name: str
    plant: Plant
    at: str


def untold(*events: str) -> Plant:
    """The server tells nobody of some events."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        assert set(events) <= set(feed.KINDS)
        patch.setattr(
            feed, "KINDS", {event: kind for event, kind in feed.KINDS.items() if event not in events}
        )

    return plant


def unheard(deaf_to: LiveKind) -> Plant:
    """The client passes over a kind of message."""
    note = Changes.note

    def plant(patch: pytest.MonkeyPatch) -> None:
        def deaf(self: Changes, event: LiveEvent) -> None:
            if event.kind is not deaf_to:
                note(self, event)

        patch.setattr(Changes, "note", deaf)

    return plant


ASKED = "thomas.desk.approvals.waiting_for_me == 1"
OFFERED = "bjoern.desk.offers.open_count == 1"
ENDED = "finn.desk.offers.all()[0].status is OfferStatus.ENDED"
DECIDED = "maren.desk.sharing.requests()[0].status is ShareStatus.APPROVED"
GONE = "maren.until(lambda: not maren.has(lead))"
SHARING = [
    Fault("the request is not told", untold("ShareRequested"), ASKED),
    Fault("the request is not heard", unheard(LiveKind.SHARE_REQUEST), ASKED),
    Fault("the offer is not told", untold("OfferReceived"), OFFERED),
    Fault("the offer is not heard", unheard(LiveKind.OFFER), OFFERED),
    Fault("the end of the other offer is not told", untold("OfferClosed"), ENDED),
    Fault("the approval is not told", untold("ShareApproved"), DECIDED),
]
DELETING = [
    Fault("the deletion is not told", untold("LeadDeleted"), GONE),
    Fault("the deletion is not heard", unheard(LiveKind.GONE), GONE),
]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    """Nobody waits long for what will not come; for everything before it, as long as it takes."""
    until = Office.until

    def waiting(office: Office, true: Callable[[], object]) -> Awaitable[None]:
        asking = sys._getframe(1)
        line = linecache.getline(asking.f_code.co_filename, asking.f_lineno)
        return until(office, true, HASTE) if fault.at in line else until(office, true)

    monkeypatch.setattr(Office, "until", waiting)


@pytest.mark.parametrize("fault", SHARING, ids=lambda fault: fault.name)
async def test_sharing_turns_red(town: Town, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    fault.plant(monkeypatch)
    await turns_red(journeys.test_share_approve_accept_is_seen_by_everyone(town), fault.at)


@pytest.mark.parametrize("fault", DELETING, ids=lambda fault: fault.name)
async def test_deleting_turns_red(town: Town, monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    fault.plant(monkeypatch)
    told = journeys.test_a_deletion_is_told_to_the_other_who_need_not_ask(town, monkeypatch)
    await turns_red(told, fault.at)
