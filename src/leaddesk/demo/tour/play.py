"""Plays the tour: one line a step with its time, numbered pictures, an exit code."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from leaddesk.demo.child import DemoPerson, DemoServer, DemoServerFailed, start_demo_server
from leaddesk.demo.tour import script, weather
from leaddesk.demo.tour.eyes import NotSeen
from leaddesk.demo.tour.hands import HandsFailed
from leaddesk.demo.tour.likeness import NotAlike, compare
from leaddesk.demo.tour.outside import Listener, NotTrue, signed_in
from leaddesk.demo.tour.script import Cast
from leaddesk.demo.tour.stage import Player, StageFailed, enter
from leaddesk.ui.kit.wording import Language, language, set_language

PICTURED: Language = "de"
"""The language of the pictures that screens are compared with."""
EXIT_FAILED = 1
OK = "ok"
EXIT_NO_STAGE = 4


@dataclass(frozen=True)
class Step:
    """One step: its name in the output and the pictures, what is done, and whose window is pictured.

    ``screen`` names the picture that the window must look like; one step a screen has one.
    """

    name: str
    act: Callable[[Cast], Awaitable[None]]
    pictured: Callable[[Cast], Player]
    screen: str | None = None


STEPS = (
    Step("rep-signs-in", script.rep_signs_in, lambda cast: cast.rep, "leads"),
    Step("others-sign-in", script.others_sign_in, lambda cast: cast.partner),
    Step("rep-searches", script.rep_searches, lambda cast: cast.rep),
    Step("rep-opens-lead", script.rep_opens, lambda cast: cast.rep, "lead"),
    Step("rep-looks-at-file", script.rep_looks_at_file, lambda cast: cast.rep),
    Step("rep-writes-note", script.rep_writes_note, lambda cast: cast.rep),
    Step("rep-moves-step", script.rep_moves_step, lambda cast: cast.admin),
    Step("rep-shares", script.rep_shares, lambda cast: cast.rep, "share"),
    Step("rep-sends", script.rep_sends, lambda cast: cast.admin),
    Step("rep-cannot-approve", script.rep_cannot_approve, lambda cast: cast.rep),
    Step("admin-reads", script.admin_reads, lambda cast: cast.admin, "approvals"),
    Step("admin-approves", script.admin_approves, lambda cast: cast.partner, "offers"),
    Step("partner-accepts", script.partner_accepts, lambda cast: cast.rep, "recipients"),
    Step("partner-opens-lead", script.partner_opens, lambda cast: cast.partner),
    Step("partner-moves-step", script.partner_moves_step, lambda cast: cast.rep, "history"),
    Step("rep-goes-offline", weather.rep_goes_offline, lambda cast: cast.rep),
    Step("admin-moves-same-lead", weather.admin_moves_the_same_lead, lambda cast: cast.admin),
    Step("rep-returns", weather.rep_returns, lambda cast: cast.rep, "conflict"),
    Step("rep-decides", weather.rep_decides, lambda cast: cast.rep),
    Step("rep-deletes-lead", script.rep_deletes, lambda cast: cast.admin),
    Step("all-lock", script.all_lock, lambda cast: cast.rep, "lock"),
    Step("all-unlock", script.all_unlock, lambda cast: cast.rep),
    Step("all-sign-out", script.all_sign_out, lambda cast: cast.rep, "sign-in"),
)


def play_tour(leads: int, folder: str, spoken: Language = PICTURED) -> int:
    """Play all steps against a server of our own; returns 0 only if every one came true.

    In another language than that of the pictures no screen is compared with its picture.
    """
    set_language(spoken)
    pictures = Path(folder).resolve()
    try:
        pictures.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.stderr.write(f"leaddesk: {folder}: {error.strerror}\n")
        return EXIT_NO_STAGE
    return asyncio.run(_play_tour(leads, pictures))


async def _play_tour(leads: int, pictures: Path) -> int:
    try:
        server = await start_demo_server(leads)
    except DemoServerFailed:
        return EXIT_NO_STAGE
    try:
        async with _cast(server) as cast:
            failed = await _play(cast, pictures)
    except StageFailed as failure:
        sys.stderr.write(f"leaddesk: {failure}\n")
        return EXIT_NO_STAGE
    finally:
        await server.stop()
    _say(f"pictures: {pictures}")
    _say(f"tour: {len(STEPS)} steps, {failed} failed")
    return EXIT_FAILED if failed else 0


async def _play(cast: Cast, pictures: Path) -> int:
    failed = 0
    loop = asyncio.get_running_loop()
    for number, step in enumerate(STEPS, 1):
        began = loop.time()
        verdict = await _attempt(step.act(cast))
        took = loop.time() - began
        seen = await _attempt(_keep_picture(step, cast, pictures / f"{number:02d}-{step.name}.png"))
        verdict = seen if verdict == OK else verdict
        failed += verdict != OK
        late = "".join(f"; late: {what}" for player in cast.windows() for what in player.eyes.late())
        _say(f"{number:2d} {step.name}: {took:.2f} s {verdict}{late}")
    return failed


async def _attempt(act: Awaitable[None]) -> str:
    try:
        await act
    except (NotSeen, NotTrue, NotAlike, HandsFailed) as failure:
        return f"failed: {failure}"
    return OK


async def _keep_picture(step: Step, cast: Cast, file: Path) -> None:
    """Write the picture of a step, then compare it; a message still on the screen is waited for first."""
    player = step.pictured(cast)
    if step.screen is not None:
        await player.eyes.still()
    picture = await player.picture()
    await asyncio.to_thread(file.write_bytes, picture)
    if step.screen is not None and language() == PICTURED:
        compare(step.screen, picture)


@asynccontextmanager
async def _cast(server: DemoServer) -> AsyncIterator[Cast]:
    """Open three windows and three API clients; all end with the tour."""
    maker, partner, second = server.tenants[:3]
    rep, admin = _named(maker.people, "Jens Kröger"), _named(maker.people, "Thomas Lüders")
    look = {"theme": "light", "language": language()}
    async with AsyncExitStack() as stack:
        second_api = await stack.enter_async_context(signed_in(server.url, _of_role(second.people, "rep")))
        listener = Listener(second_api)
        listening = asyncio.create_task(listener.listen())
        stack.callback(listening.cancel)
        yield Cast(
            rep=await enter(stack, rep, server.url, look),
            admin=await enter(stack, admin, server.url, look),
            partner=await enter(stack, _of_role(partner.people, "rep"), server.url, look),
            rep_api=await stack.enter_async_context(signed_in(server.url, rep)),
            admin_api=await stack.enter_async_context(signed_in(server.url, admin)),
            second_api=second_api,
            second=listener,
        )


def _named(people: tuple[DemoPerson, ...], name: str) -> DemoPerson:
    return next(person for person in people if person.name == name)


def _of_role(people: tuple[DemoPerson, ...], role: str) -> DemoPerson:
    return next(person for person in people if person.role == role)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
