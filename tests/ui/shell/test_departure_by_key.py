"""What another API key left is asked about, and taken over only if it fits (ADR 72)."""

from __future__ import annotations

from typing import Any

import pytest

from leaddesk.session.state import SessionState
from leaddesk.ui.kit.wording import text
from leaddesk.ui.shell.state import Route
from tests.ui.shell.test_departure import CANARY, House, house  # noqa: F401 - a fixture

WINDOW = {"search": CANARY, "lead_id": "lead-1", "route": "leads"}


@pytest.mark.parametrize("fits", [True, False])
async def test_what_another_key_left_is_asked_about_and_taken_over_only_if_it_fits(
    house: House,  # noqa: F811
    fits: bool,
) -> None:
    left: Any = house.desk.safe.left
    told = list[str]()
    left.count, left.fits, left.drain = 2, fits, lambda: told.append("drained")
    left.tell = lambda: told.append("told")
    house.desk.safe.adopt = lambda: [WINDOW]  # type: ignore[attr-defined]
    await house.goes(SessionState.SIGNED_IN)
    left.offered.publish(2)
    await house.goes()
    ((words, more),) = house.toasts.shown
    assert words == text("shell.other_key" if fits else "shell.stranger_key", n=2)
    named = dict(more["actions"])
    assert set(named) == {text("shell.other_key_drop")} | ({text("shell.other_key_take")} if fits else set())
    named[text("shell.other_key_take" if fits else "shell.other_key_drop")]()
    assert told == ["told" if fits else "drained"]
    again = [(one.search, one.lead_id, one.route) for one in house.stages.went_back_to]
    assert again == ([(CANARY, "lead-1", Route.LEADS)] if fits else [])
