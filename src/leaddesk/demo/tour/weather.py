"""Bad weather in the tour: the rep's line is cut, two people move the same lead, everything arrives once."""

from __future__ import annotations

from leaddesk.api.leads import read_lead
from leaddesk.api.notes import list_notes
from leaddesk.demo.tour.outside import NotTrue, eventually, find_lead
from leaddesk.demo.tour.script import FIRST, Cast, search
from leaddesk.demo.words import around, opening
from leaddesk.ui.kit.phrases import money
from leaddesk.ui.kit.wording import text

QUERY = "lüdenscheidt"
LEAD = "Gabriele Müller-Lüdenscheidt"
FIRST_NAME, TOWN, BUDGET = "Gabriele", "24768 Rendsburg", 4300
"""What of it no row cuts off, and what only the open lead shows."""
NOTE = "Termin Dienstag 10 Uhr bestätigt"
MINE, THEIRS = "Vor-Ort-Termin", "Angebot"


async def rep_goes_offline(cast: Cast) -> None:
    """The line is cut; a note and a step are taken in and wait, and the window says so (picture 10c)."""
    await search(cast.rep, QUERY)
    await cast.rep.click(FIRST_NAME)
    await cast.rep.eyes.see(_head())
    cast.rep.line.cut()
    await cast.rep.eyes.see(around("shell.outage", "since"))
    await cast.rep.click(text("lead_detail.tab_journal"))
    await cast.rep.hands.press("n")
    await cast.rep.hands.type(NOTE)
    await cast.rep.hands.press("ctrl+Return")
    await cast.rep.eyes.see(NOTE)
    await cast.rep.hands.press("Escape", "s", "Right", "Return")
    await cast.rep.eyes.see(text("shell.waiting", n=2))
    await cast.rep.click(text("shell.waiting", n=2))
    await cast.rep.eyes.see(text("outbox.title"))
    await cast.rep.eyes.see(opening("outbox.info_queued", 3))
    if await _notes(cast):
        raise NotTrue("the note is at the server although the line is cut")


async def admin_moves_the_same_lead(cast: Cast) -> None:
    """Meanwhile a colleague decides otherwise; the rep's window cannot know."""
    await cast.admin.click(text("shell.nav_leads"))
    await search(cast.admin, QUERY)
    await cast.admin.click(FIRST_NAME)
    await cast.admin.eyes.see(_head())
    await cast.admin.hands.press("s", "Right", "Right", "Return")
    await eventually(lambda: _stands_at(cast, THEIRS), f"the lead is not at the step {THEIRS}")
    await cast.rep.eyes.see(around("shell.outage", "since"))


async def rep_returns(cast: Cast) -> None:
    """The line is back: the note arrives exactly once, and of the step both versions are shown (10d).

    The pointer waits on the button before the line is back: the client tries again by itself, and the button
    goes with the outage. Coming back is more than one change and has more time than one.
    """
    await cast.admin.click(text("lead_detail.tab_journal"))
    retry = await cast.rep.aim(text("shell.outage_now"))
    await cast.rep.line.mend()
    await cast.rep.hands.click(*retry)
    await cast.rep.eyes.see(opening("outbox.toast_conflict", 3), FIRST)
    await cast.admin.eyes.see(NOTE)
    await cast.rep.eyes.miss(around("shell.outage", "since"))
    await cast.rep.click(text("outbox.open"))
    await cast.rep.eyes.see(text("outbox.conflict_title", name=LEAD))
    await cast.rep.eyes.see(text("outbox.conflict_by", name=cast.admin.person.name))
    await cast.rep.eyes.see(MINE)
    await cast.rep.eyes.see(THEIRS)
    await eventually(lambda: _stands_at(cast, THEIRS), "the step was changed without being asked")


async def rep_decides(cast: Cast) -> None:
    """The own version, on top of the other one, for everybody; nothing waits any more."""
    await cast.rep.click(text("outbox.conflict_take"))
    await eventually(lambda: _stands_at(cast, MINE), f"the lead is not at the step {MINE}")
    await cast.rep.eyes.see(opening("outbox.empty", 2))
    if await _notes(cast) != 1:
        raise NotTrue("the note is not at the server exactly once")
    await cast.rep.hands.press("Escape")


def _head() -> str:
    return f"{TOWN} • {money(BUDGET)}"


async def _stands_at(cast: Cast, step: str) -> bool:
    lead = await read_lead(cast.admin_api, await find_lead(cast.admin_api, LEAD))
    return lead.commission is not None and lead.commission.step == step


async def _notes(cast: Cast) -> int:
    notes = await list_notes(cast.admin_api, await find_lead(cast.admin_api, LEAD))
    return [note.text for note in notes].count(NOTE)
