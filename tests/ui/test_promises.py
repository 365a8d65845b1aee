"""What this computer can promise: each of the doctor's findings has a sentence in one of the lists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import TypeVar

import pytest

from leaddesk.doctor import looking
from leaddesk.doctor.locking import AT_SWITCH, BEFORE_SLEEP, WITH_DESKTOP, signals
from leaddesk.doctor.looking import Finding, look_around
from leaddesk.doctor.swapping import Swap
from leaddesk.session.vault import VaultNote
from leaddesk.ui.kit.wording import Language, language, set_language, text
from leaddesk.wiring.promises import ALWAYS, promises
from leaddesk.workstation.bus.asking import Heard
from leaddesk.workstation.signs import Teller

T = TypeVar("T")


SIGNS = (WITH_DESKTOP, AT_SWITCH, BEFORE_SLEEP)


def answering(answer: T) -> Callable[[], Awaitable[T]]:
    async def looked() -> T:
        return answer

    return looked


@pytest.mark.parametrize("spoken", ["de", "en"])
@pytest.mark.parametrize("broken", [True, False])
async def test_every_finding_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, spoken: str, broken: bool
) -> None:
    found = [Finding(one.name, one.says, "nothing" if broken else "") for one in look_around()]
    signs = [Finding(one, "", "nothing" if broken else "") for one in SIGNS]
    monkeypatch.setattr("leaddesk.wiring.promises.look_around", lambda **_: found)
    monkeypatch.setattr("leaddesk.wiring.promises.signals", answering(signs))
    before = language()
    set_language(spoken)  # type: ignore[arg-type]
    try:
        said = await promises(VaultNote.LOCKED if broken else VaultNote.KEPT, renews=True)
    finally:
        set_language(before)
    all_found = len(found) + len(signs) + 1
    kept, lost = (len(ALWAYS), all_found) if broken else (len(ALWAYS) + all_found, 0)
    assert (len(said.kept), len(said.not_promised)) == (kept, lost)


async def test_a_probe_that_fails_is_said_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking.Machine, "swap", lambda _self: Swap.READABLE)
    said = await promises(VaultNote.KEPT, renews=True)
    assert any("ausgelagert" in sentence for sentence in said.not_promised)
    assert not any("ausgelagert" in sentence for sentence in said.kept)


def broken(monkeypatch: pytest.MonkeyPatch, probe: str) -> None:
    """Let one probe of this computer fail, at the edge of the system."""
    held = looking.probe()
    worse = {
        "sandbox": replace(held, version=0, files=False, attributes=False, alone=True),
        "crash_dumps": replace(held, dumps=False),
        "links": replace(held, opener=False),
    }
    monkeypatch.setattr(looking, "probe", lambda: worse.get(probe, held))
    heard = {
        "lock_with_the_desktop": Heard(holds=True),
        "lock_at_a_switch": Heard((Teller.GNOME,), holds=True),
        "lock_before_sleep": Heard((Teller.LOGIND,), session=True),
    }.get(probe, Heard((Teller.LOGIND,), session=True, holds=True))
    monkeypatch.setattr("leaddesk.doctor.locking._heard", answering(heard))
    monkeypatch.setattr(looking, "possible", lambda: probe != "after_a_lock")
    if probe == "crash_dumps":
        monkeypatch.setattr("resource.getrlimit", lambda _: (-1, -1))
    if probe == "certificates":
        nowhere = SimpleNamespace(openssl_cafile="/nowhere", openssl_capath="/nowhere")
        monkeypatch.setattr("ssl.get_default_verify_paths", lambda: nowhere)
    if probe == "swap":
        monkeypatch.setattr(looking.Machine, "swap", lambda _self: Swap.READABLE)


PROBES = (
    *("certificates", "sandbox", "crash_dumps", "links", "swap", "other_programs", "screen", "keyring"),
    "after_a_lock",
    *(name.replace(" ", "_") for name in SIGNS),
)


@pytest.mark.parametrize("spoken", ["de", "en"])
@pytest.mark.parametrize("probe", PROBES)
async def test_each_probe_that_fails_gives_its_sentence(
    monkeypatch: pytest.MonkeyPatch, probe: str, spoken: Language
) -> None:
    broken(monkeypatch, probe)
    before = language()
    set_language(spoken)
    try:
        said = await promises(VaultNote.LOCKED if probe == "keyring" else VaultNote.KEPT, renews=True)
        sentence = text(f"promises.{probe}_cannot")
    finally:
        set_language(before)
    assert sentence in said.not_promised
    assert sentence not in said.kept


async def test_a_window_that_stays_the_same_process_does_not_promise_to_begin_anew() -> None:
    said = await promises(VaultNote.KEPT, renews=False)
    assert text("promises.after_a_lock_cannot") in said.not_promised


async def test_the_list_of_probes_is_whole() -> None:
    names = {finding.name.replace(" ", "_") for finding in [*look_around(), *await signals()]}
    assert names | {"keyring"} == set(PROBES)
