"""The doctor on what signing in needs: each is tried, each can fail, and all of it is said in German too."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from leaddesk.doctor import looking, reaching, signing_in
from leaddesk.doctor.looking import Finding
from leaddesk.doctor.words import _known, in_german, speaks_german
from leaddesk.guard.probing import Holds
from leaddesk.session.renewal import neighbours
from leaddesk.settings.managed.reading import Reading
from leaddesk.settings.managed.rules import Managed
from tests.support.certificates import pem_of, root
from tests.support.desktops import Service as Answering
from tests.support.secret_service import ILLS, Service, secret_service, swept  # noqa: F401 - a fixture

ALL_WELL = Holds(version=7, files=True, attributes=True, python=True, dumps=True, opener=True, alone=True)
ROOMS = Path(looking.__file__).parent


@pytest.fixture
def nobody_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A private bus on which a keyring may appear."""
    with secret_service(tmp_path, monkeypatch, bare=True) as found:
        yield found


def told(finding: Finding) -> Finding:
    """A finding, once it is known to have its German words."""
    for words in filter(None, (finding.name, finding.says, finding.cannot)):
        assert words.isdigit() or _known(words) is not None, f"no German for: {words}"
    return finding


async def test_a_vetted_keyring_is_named(nobody_yet: Service) -> None:
    nobody_yet.start()
    assert told(await looking._keyring()) == Finding("keyring", "SecretService, vetted")
    assert told(await reaching._entries()) == Finding("kept sign-ins", "0")


@pytest.mark.parametrize("ill", [*ILLS, "no bus"])
async def test_why_there_is_no_keyring_is_said(
    nobody_yet: Service, monkeypatch: pytest.MonkeyPatch, ill: str
) -> None:
    nobody_yet.start()
    mend = nobody_yet.falls_ill(ill) if ill != "no bus" else None
    if mend is None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:abstract=nobody")
    found, kept = told(await looking._keyring()), told(await reaching._entries())
    if mend is not None:
        mend()
    says = {"stopped": "no Secret Service", "error answers": "errors", "no bus": "no session bus"}
    assert says.get(ill, "asks for its password") in found.says and bool(found.cannot) is (ill != "locked")
    assert ("locked" if ill == "locked" else "none can be kept") in kept.says


@pytest.mark.parametrize(
    ("platform", "says"), [("linux", "keyring alone"), ("win32", "not roaming"), ("darwin", "synchronised")]
)
def test_where_entries_lie_and_how_long_they_may_be(
    monkeypatch: pytest.MonkeyPatch, platform: str, says: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    found = told(signing_in._entries())
    assert says in found.says and "1,200" in found.says and "1.024" in in_german(found.says)


@pytest.mark.parametrize(
    ("opener", "program", "says"),
    [
        (True, "/usr/bin/xdg-open", "opened by a helper"),
        (False, "/usr/bin/xdg-open", "no helper"),
        (True, None, "no program"),
    ],
)
def test_what_opens_a_browser_is_said(
    monkeypatch: pytest.MonkeyPatch, opener: bool, program: str | None, says: str
) -> None:
    monkeypatch.setattr(signing_in, "probe", lambda: replace(ALL_WELL, opener=opener))
    monkeypatch.setattr(signing_in, "desktop_opener", lambda: program)
    found = told(signing_in._browser(portal=False))
    assert says in found.says and bool(found.cannot) is not (opener and program is not None)


async def test_a_desktops_portal_is_seen_and_its_absence_too(
    nobody_yet: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = nobody_yet.env["DBUS_SESSION_BUS_ADDRESS"]
    for bus in ("", "unix:abstract=nobody", address):
        assert not await signing_in._has_portal({"DBUS_SESSION_BUS_ADDRESS": bus})
    portal = await asyncio.to_thread(Answering, address, signing_in.PORTAL)
    assert await signing_in._has_portal({"DBUS_SESSION_BUS_ADDRESS": address})
    await asyncio.to_thread(portal.close)
    monkeypatch.setattr(signing_in, "probe", lambda: ALL_WELL)
    monkeypatch.setattr(signing_in, "desktop_opener", lambda: "/usr/bin/xdg-open")
    said = [told(signing_in._browser(portal=there)).says for there in (True, False)]
    assert "with a desktop portal" in said[0] and "without" in said[1]


@pytest.mark.parametrize(
    ("closed", "says"),
    [((), "127.0.0.1 and ::1"), (("::1",), "127.0.0.1 alone"), (("127.0.0.1", "::1"), "none answers")],
)
async def test_addresses_to_come_back_to_are_tried(
    monkeypatch: pytest.MonkeyPatch, closed: tuple[str, ...], says: str
) -> None:
    start = asyncio.start_server

    async def starts(answer: object, host: str, port: int) -> asyncio.Server:
        if host in closed:
            raise OSError
        return await start(answer, host, port)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio, "start_server", starts)
    found = told(await signing_in._loopback())
    assert found.says == says and bool(found.cannot) is (len(closed) == 2)


async def test_whether_windows_can_agree_on_one_renewal_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "abstract socket" in told(await signing_in._renewal()).says
    with monkeypatch.context() as patch:
        patch.setattr(neighbours, "_is_ours", lambda _writer: False)
        assert "for itself" in told(await signing_in._renewal()).says
    monkeypatch.setattr(neighbours, "_can_meet", lambda: False)
    assert "for itself" in told(await signing_in._renewal()).says


def test_authorities_are_counted_and_a_company_whose_none_can_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for pem, says, cannot in (
        (None, "none of the company", ""),
        (pem_of(root().certificate).decode(), "1 of the company", ""),
        ("-----BEGIN CERTIFICATE-----\nnonsense\n", "0 of the company", "could be read"),
    ):
        reading = Reading(Managed(), True, authorities=pem)
        monkeypatch.setattr(signing_in, "managed_settings", lambda reading=reading: reading)
        found = told(signing_in._authorities())
        assert says in found.says and (cannot in found.cannot if cannot else not found.cannot)


def sentences() -> Iterator[str]:
    """Every sentence of a finding in the source, with something in its gaps."""
    for path in sorted(set(ROOMS.glob("*.py")) - {ROOMS / "words.py"}):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                yield from filter(None, map(filled, (*node.args[1:], *(one.value for one in node.keywords))))
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                yield from filter(None, map(filled, node.value.values))
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "cannot":
                yield from [filled(node.value)] if isinstance(node.value, ast.Constant) else []
            elif isinstance(node, ast.ClassDef) and "StrEnum" in map(ast.unparse, node.bases):
                yield from filter(
                    None, (filled(one.value) for one in node.body if isinstance(one, ast.Assign))
                )


def filled(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
        return "".join(map(str, parts))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_every_sentence_has_its_german_words() -> None:
    found = list(sentences())
    assert len(found) > 60
    names = {"App Sandbox", "AppContainer", "low integrity", "X11", "Wayland"}
    assert [one for one in found if one not in names and _known(one) is None] == []


def test_the_language_is_chosen_as_every_programs() -> None:
    assert speaks_german({"LANG": "de_DE.UTF-8"}) and not speaks_german({"LANG": "C.UTF-8"})
    assert not speaks_german({"LANG": "de_DE.UTF-8"}, "en") and speaks_german({}, "de")
    assert not speaks_german({"LC_ALL": "en_US.UTF-8", "LANG": "de_DE.UTF-8"}) and not speaks_german({})
    lock = "a lock together with the desktop and before sleep: nobody here tells of it;"
    german = in_german(f"{lock} leaddesk locks by its own wait")
    assert german.startswith("eine Sperre zusammen mit dem Desktop und vor")
    assert in_german("what nobody knows") == "what nobody knows"
