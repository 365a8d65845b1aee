"""A client as a person has it, on a display of its own: keys go in, its title and its memory come out."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from time import monotonic

from leaddesk.demo.child import DemoPerson, DemoServer
from leaddesk.demo.tour.hands import Hands, HandsFailed
from leaddesk.demo.tour.stage import end, open_display
from tests.guarantees.memory.scanning import following, held
from tests.support.desktop import descendants
from tests.support.desktops import FakeLogind, private_bus

PATIENCE = 60.0
PLAIN = ("-m", "leaddesk")
ATTEMPTS = 20
BEGUN = ("draft", "second")
"""How the notes go on that are begun, at two leads of which the second is open."""
PAGE_SECONDS, FIELD_SECONDS = 10.0, 1.0
"""So long a page may take until it is asked for again, and what was typed, until it is typed again."""
LOCKED, FORM, DISCARD = "gesperrt", "Passwort", "Verwerfen und abmelden"


class NotReached(Exception):
    """What was waited for did not come."""


class Window:
    """The product itself, with its keeper and its opener, in a session with one server."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        words: Sequence[str],
        env: Mapping[str, str],
        logind: FakeLogind,
    ) -> None:
        self._process, self._words, self._env = process, words, dict(env)
        self.hands, self.logind = Hands(env), logind

    async def close(self) -> None:
        """End the client."""
        await end(self._process)

    async def start_again(self) -> None:
        """End the client and start another; the keyring has kept the sign-in."""
        await self.close()
        self._process = await _client(self._words, self._env)
        await self.until_titled("leaddesk")

    def family(self) -> list[int]:
        """Return the client's process and all below it."""
        return [self._process.pid, *descendants(self._process.pid)]

    def keepers(self) -> set[int]:
        """Return the processes that speak with the keyring; one that has ended has no command any more."""
        return {one for one in self.family() if b"--keep-keyring" in _command(one)}

    def beginning(self) -> str:
        """Return what is different whenever a program begins, also over itself: where its stack lies."""
        lines = Path(f"/proc/{self._process.pid}/maps").read_text().splitlines()
        return next((line for line in lines if line.endswith("[stack]")), "")

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[list[float]]:
        """Look all the while whether a window is to be seen; collect for how long each time none was.

        A single look that finds none says nothing: a window that goes while they are listed spoils the list.
        """
        gaps, over = list[float](), asyncio.Event()

        async def watch() -> None:
            empty = list[float]()
            while not over.is_set():
                if await self.shown():
                    gaps.append(monotonic() - empty[0] if len(empty) > 1 else 0.0)
                    empty.clear()
                else:
                    empty.append(monotonic())
                await asyncio.sleep(0.03)

        watching = asyncio.create_task(watch())
        try:
            yield gaps
        finally:
            over.set()
            await watching

    def holds(self, mark: str, *ends: str) -> bool:
        """Return whether the mark lies in the client's memory with each of these ends."""
        found = following(self._process.pid, mark)
        return all(any(tail.startswith(end) for tail in found) for end in ends)

    async def title(self) -> str:
        """Return what the window is called, nothing if there is none."""
        return await self._ask("getwindowname")

    async def shown(self) -> frozenset[str]:
        """Return which windows are to be seen, by the display's numbers."""
        return frozenset((await self._ask()).split())

    async def _ask(self, *what: str) -> str:
        command = ("search", "--onlyvisible", "--name", "leaddesk", *what)
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        asked = await asyncio.create_subprocess_exec(
            "xdotool", *command, env=self._env, stdout=pipe, stderr=nowhere
        )
        return (await asked.communicate())[0].decode()

    async def until_replaced(self, before: frozenset[str]) -> None:
        """Wait until one window is to be seen, and it is another."""
        until = monotonic() + PATIENCE
        while len(now := await self.shown()) != 1 or now & before:
            if monotonic() > until:
                raise NotReached("another window")
            await asyncio.sleep(0.02)

    async def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until something holds. Raises :class:`NotReached`, also when the client is gone."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await asyncio.to_thread(true):
                    if self._process.returncode is not None:
                        raise NotReached(f"{what}: the client ended")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise NotReached(what) from None

    async def until_titled(self, word: str, *, there: bool = True) -> None:
        """Wait until the title has a word, or has it no more, and the window has the keyboard."""
        until = monotonic() + PATIENCE
        while not (title := await self.title()) or (word in title) is not there:
            if monotonic() > until:
                raise NotReached(f"a title with {word}" if there else f"a title without {word}")
            await asyncio.sleep(0.05)
        await self.take_the_keyboard()

    async def take_the_keyboard(self) -> None:
        """Give the keyboard to the window, which may just be coming."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(HandsFailed):
                    await self.hands.focus()
                    return
                await asyncio.sleep(0.05)

    async def sign_in(self, person: DemoPerson) -> None:
        """Sign in once the page is there: its words are texts of Qt then."""
        await self.comes_to_form(FORM)
        await self.fill(person.email)
        await self.hands.press("Tab")
        await self.unlock(person)

    async def comes_to_form(self, word: str) -> None:
        """Wait until a page to sign in at is there, which has this word."""
        form = {word.encode("utf-16-le").lower(): word}
        await self.until(lambda: held([self._process.pid], form), "the sign-in page")
        await self.until_titled("leaddesk")

    async def fill(self, words: str) -> None:
        """Type into the field that has the cursor until it holds just that: it may only be coming."""
        for _ in range(ATTEMPTS):
            await self.hands.press("ctrl+a")
            await self.hands.type(words)
            if await self._soon(words, FIELD_SECONDS):
                return
        raise NotReached("a field to type into")

    async def _soon(self, words: str, seconds: float) -> bool:
        """Tell whether a text of Qt comes to lie in memory."""
        wide, until = {words.encode("utf-16-le").lower(): words}, monotonic() + seconds
        while monotonic() < until:
            if await asyncio.to_thread(held, [self._process.pid], wide):
                return True
        return False

    async def unlock(self, person: DemoPerson) -> None:
        """Type the password where it is asked for."""
        await self.fill(person.password.reveal())
        await self.hands.press("Return")

    async def sign_out(self, *, of_one: bool = False) -> None:
        """By the person's menu, whose last entry it is; with several sign-ins that one is for all of them."""
        asked = await asyncio.create_subprocess_exec(
            *("xdotool", "search", "--onlyvisible", "--name", "leaddesk", "getwindowgeometry", "--shell"),
            env=self._env,
            stdout=asyncio.subprocess.PIPE,
        )
        said = (await asked.communicate())[0].decode()
        place = dict(line.split("=") for line in said.splitlines() if "=" in line)
        await self.hands.click(int(place["X"]) + int(place["WIDTH"]) - 24, int(place["Y"]) + 24)
        await self.hands.press(*(("Up", "Up") if of_one else ("Up",)), "Return")

    async def discard(self) -> None:
        """Answer the question whether begun notes may be lost, once it is there."""
        wide = {DISCARD.encode("utf-16-le").lower(): DISCARD}
        await self.until(lambda: held([self._process.pid], wide), "the question what may be lost")
        await self.hands.press("Return")

    async def sign_in_beside(self, person: DemoPerson, beside: str) -> None:
        """Sign in for another tenant of this server; the menu of all sign-ins ends with the way there.

        ``beside``: the tenant one is at; the page names it as the way back, in a text that ends there.
        """
        for attempt in range(ATTEMPTS):
            # never more Esc than needed: it closes a lead
            await self.hands.press(*(("Escape",) if attempt else ()), "alt+0", "Up", "Return")
            if await self._soon(f"Zurück zu {beside}\0", PAGE_SECONDS):
                break
        await self.fill(person.email)
        await self.hands.press("Tab")
        await self.unlock(person)

    async def work(self, mark: str) -> None:
        """Search, open a lead, begin a note; open the next one and begin another."""
        await self.hands.press("slash")
        await self.hands.type(mark)
        await self.hands.press("Return", "Down", "Return")
        await self.until(lambda: self.holds(mark, "note"), "a lead with its journal")
        for keys, words in (((), BEGUN[0]), (("Escape", "alt+Left"), BEGUN[1])):
            await self.hands.press(*keys, "n")
            await self.hands.type(f"{mark}{words}")
            await self.until(lambda words=words: self.holds(mark, words), "a note that was begun")


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


async def _client(words: Sequence[str], env: Mapping[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-B", *words, env=env)


async def open_window(
    stack: AsyncExitStack, env: Mapping[str, str], url: str, part: Sequence[str] = PLAIN
) -> Window:
    """Start the client for a server; it ends with the stack."""
    environment = dict(env) | {"DISPLAY": await open_display(stack)}
    bus = environment["DBUS_SYSTEM_BUS_ADDRESS"] = stack.enter_context(private_bus())
    logind = FakeLogind(bus)
    stack.callback(logind.close)
    words = (*part, "--server", url, "--language", "de")
    window = Window(await _client(words, environment), words, environment, logind)
    stack.push_async_callback(window.close)
    return window


def enter_leads(server: DemoServer, mark: str, count: int, tenant: int = 0) -> list[str]:
    """Enter leads and notes whose every free word carries a mark of its own; return the marks' ends."""
    from tests.guarantees.published_clients.form_create import block
    from tests.guarantees.published_clients.wire import Api

    api = Api(server.url, server.tenants[tenant].api_key.reveal())
    form = api.call("GET", "/forms")[2][0]["definition"]
    ends = [f"{number:02d}" for number in range(count)]
    for number, own in enumerate(ends):
        word = f"{mark}{own} Müller – 🙂" if number % 2 else f"{mark}{own}"
        lead = {name: _marked(block(form[name]), form[name], word) for name in ("prospect", "interest")}
        status, _, made = api.call("POST", "/leads", lead)
        assert status in (200, 201), json.dumps(made)
        status, _, made = api.call("POST", f"/leads/{made['leadId']}/notes", {"text": f"{mark}note {own}"})
        assert status in (200, 201), json.dumps(made)
    return ends


def _marked(content: dict, definition: dict, word: str) -> dict:  # type: ignore[type-arg]
    for label, field in content["fields"].items():
        if field["type"].startswith("text") and not definition["fields"][label].get("items"):
            field["value"] = word
    return content
