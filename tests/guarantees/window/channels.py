"""A9: a session leaves no word of anybody beside the window: bus, titles, selection, recent files.

One client works through a whole session on a display and a session bus of its own. A monitor reads every
message of the bus, another program the primary selection, every window's title is looked at all the time, and
the home folder at the end. Searched are the names, the note and the address that were on the screen, raw and
as the bus escapes them. First the monitor has to find a name that is sent on purpose. The accessibility bus
is one of its own and is excepted: it serves what is on the screen, and says so in the promises.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from leaddesk.demo.child import DemoPerson, DemoServer, start_demo_server
from leaddesk.demo.tour.hands import Hands
from leaddesk.demo.tour.stage import end, open_display
from tests.guarantees import zero_writes
from tests.guarantees.figure import Figure

LEADS, PATIENCE, PAUSE = 500, 60.0, 0.2
SENT, NOTE = "control-canary-Meyer", "Termin zugesagt"
WORDS = ("Meyer", "Rückruf", "R\\303\\274ckruf")
LOOKING = """
import json, sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication, QLabel
class Taking(QLabel):
    def dragEnterEvent(self, event):
        event.acceptProposedAction()
    def dropEvent(self, event):
        given = event.mimeData()
        print(json.dumps([given.formats(), given.text()]), flush=True)
        event.acceptProposedAction()
app = QApplication([])
taking = Taking("elsewhere")
taking.setAcceptDrops(True)
taking.setGeometry(1480, 20, 110, 900)
taking.show()
timer = QTimer()
def look():
    print(json.dumps(app.clipboard().text(QClipboard.Mode.Selection)), flush=True)
timer.timeout.connect(look)
timer.start(200)
app.exec()
"""
"""Another program, which reads the primary selection again and again, and takes whatever is dropped on it."""
ELSEWHERE = (1535, 500)
PLANTED = """
import runpy
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from leaddesk.ui.leads.detail.view import LeadDetailView
render = LeadDetailView.render_state
def telling(self, state):
    render(self, state)
    news = QDBusMessage.createSignal("/org/example", "org.example.News", "Opened")
    news.setArguments([state.name])
    QDBusConnection.sessionBus().send(news)
    self.window().setWindowTitle(state.name)
LeadDetailView.render_state = telling
runpy.run_module("leaddesk.demo.player", run_name="__main__")
"""
"""The product with a broken part: its detail tells the bus and the title whom it shows."""


def found_in(haystack: str, words: Iterable[str], where: str) -> list[str]:
    """Say which words stand somewhere, in any case."""
    low = haystack.casefold()
    return [f"{where}: {number}" for number, word in enumerate(words) if word.casefold() in low]


def json_texts(lines: str) -> str:
    """Join what was read of a selection; the last line may be cut."""
    return " ".join(json.loads(line) for line in lines.splitlines() if line.endswith('"'))


def dropped_texts(lines: str) -> str:
    """Join what was dropped elsewhere."""
    return " ".join(json.loads(line)[1] for line in lines.splitlines() if line.endswith("]"))


async def carry_out(eyes: zero_writes.Eyes, hands: Hands, person: DemoPerson) -> list[str]:
    """Sign in, and drag whatever can be taken hold of to another program: a note's words, a row, a number.

    Returns what was wrong with the window afterwards.
    """
    await zero_writes.sign_in(eyes, hands, person)
    await zero_writes.press_words(eyes, hands, "Anna Meyer")
    await eyes.see("Journal", PATIENCE)
    await eyes.still()
    number = eyes.place("0171 39200")
    await hands.press("n")
    await hands.type(NOTE)
    await eyes.see(NOTE, PATIENCE)
    await hands.press("ctrl+a")
    await _drag(hands, eyes.place(NOTE))
    await eyes.still()
    gone = [] if eyes.shows(NOTE) else ["the note is gone from where it was written"]
    await _drag(hands, eyes.place("Anna Meyer"))
    await _drag(hands, number)
    await hands.press("Escape", "ctrl+l")
    await eyes.see("Gesperrt seit", PATIENCE)
    await zero_writes.press_words(eyes, hands, "Abmelden")
    await eyes.see("Verwerfen und abmelden", PATIENCE)
    await hands.press("Return")
    return gone


async def _drag(hands: Hands, begin: tuple[int, int]) -> None:
    """Take hold, move, let go over the other program."""
    await hands._run("mousemove", *map(str, begin), "mousedown", "1")
    for step in range(1, 9):
        at = (start + (end_ - start) * step // 8 for start, end_ in zip(begin, ELSEWHERE, strict=True))
        await hands._run("mousemove", *map(str, at))
        await asyncio.sleep(PAUSE / 4)
    await asyncio.sleep(PAUSE)
    await hands._run("mouseup", "1")
    await asyncio.sleep(PAUSE)


class Bus:
    """Reads everything that a monitor says: of a session bus, or of a selection."""

    def __init__(self, monitor: asyncio.subprocess.Process) -> None:
        self._monitor, self.heard = monitor, bytearray()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._monitor.stdout is not None
        while piece := await self._monitor.stdout.read(65_536):
            self.heard += piece

    async def until(self, word: str, env: Mapping[str, str]) -> None:
        """Say a word on the bus until it is heard: only then the monitor hears everything."""
        async with asyncio.timeout(PATIENCE):
            while word.encode() not in self.heard:
                say = ("dbus-send", "--session", "/org/example", "org.example.Control.Said", f"string:{word}")
                await (await asyncio.create_subprocess_exec(*say, env=dict(env))).wait()
                await asyncio.sleep(PAUSE)

    async def close(self) -> str:
        """End it and give what was heard."""
        await end(self._monitor)
        await self._reading
        return self.heard.decode("utf-8", "replace")


async def _watched(env: Mapping[str, str], titles: set[str]) -> None:
    """Look at the titles of all windows again and again, until cancelled."""
    while True:
        look = ("xdotool", "search", "--name", ".", "getwindowname", "%@")
        found = await asyncio.create_subprocess_exec(
            *look, env=dict(env), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        titles.add((await found.communicate())[0].decode("utf-8", "replace"))
        await asyncio.sleep(PAUSE)


async def guarantee(env: Mapping[str, str], *, planted: bool = False, brief: bool = False) -> Figure:
    """Work through a session and search; with ``planted`` the detail tells whom it shows.

    ``brief``: sign in, drag out what one can, lock and sign out; no more.
    """
    server = await start_demo_server(LEADS)
    try:
        return await _session(env, server, planted=planted, brief=brief)
    finally:
        await server.stop()


async def _session(env: Mapping[str, str], server: DemoServer, *, planted: bool, brief: bool) -> Figure:
    person, titles = server.tenants[0].people[0], set[str]()
    async with AsyncExitStack() as stack:
        env = dict(env) | {"DISPLAY": await open_display(stack)}
        monitor = await asyncio.create_subprocess_exec(
            "dbus-monitor", "--session", env=dict(env), stdout=asyncio.subprocess.PIPE
        )
        bus = Bus(monitor)
        await bus.until(SENT, env)
        before = len(bus.heard)
        process = await _client(stack, env, server, planted=planted)
        watching = asyncio.create_task(_watched(env, titles))
        looking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-B", "-c", LOOKING), env=dict(env), stdout=asyncio.subprocess.PIPE
        )
        selected = Bus(looking)
        gone = await carry_out(process.eyes, Hands(dict(env)), person)
        if not brief:
            await zero_writes._session(process.eyes, Hands(dict(env)), person)
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await process.leave()
        chosen = await selected.close()
        await bus.until("the end", env)
        said = (await bus.close()).encode()[before:].decode("utf-8", "replace")
    words = (*WORDS, person.email, person.password.reveal())
    findings = found_in(said, words, "on the bus") + found_in("".join(titles), words, "in a title")
    findings += found_in(json_texts(chosen), words, "in the primary selection")
    findings += gone + found_in(dropped_texts(chosen), (*words, NOTE), "dropped elsewhere")
    findings += found_in(await asyncio.to_thread(_written, Path(env["HOME"])), words, "in a file")
    if "leaddesk" not in "".join(titles):
        findings.append("no title was seen at all")
    if not chosen:
        findings.append("the primary selection was not looked at")
    sentence = "side channels: {found} words in {looked:,} bytes of the bus, titles, selection and files"
    return Figure(sentence, len(said), tuple(findings))


def _written(home: Path) -> str:
    """Return all that lies in a home folder, but for the keyring daemon's own store."""
    found = (path for path in home.rglob("*") if path.is_file() and "keyrings" not in path.parts)
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in found)


class _Client:
    """A running client, and what it paints."""

    def __init__(self, process: asyncio.subprocess.Process, eyes: zero_writes.Eyes) -> None:
        self._process, self.eyes = process, eyes

    async def leave(self) -> None:
        """Hang up; it ends by itself."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), PATIENCE)


async def _client(
    stack: AsyncExitStack, env: Mapping[str, str], server: DemoServer, *, planted: bool
) -> _Client:
    part = ("-c", PLANTED) if planted else ("-m", "leaddesk.demo.player")
    painted, painting = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", *part, str(painting)),
        env=dict(env),
        stdin=asyncio.subprocess.PIPE,
        pass_fds=(painting,),
    )
    os.close(painting)
    stack.push_async_callback(end, process)
    assert process.stdin is not None
    look = {"url": server.url, "email": None, "theme": "light", "language": "de"}
    process.stdin.write(json.dumps(look).encode() + b"\n")
    return _Client(process, await zero_writes._eyes(stack, painted))
