"""What this computer can promise: each of the doctor's findings has a sentence in one of the lists."""

from __future__ import annotations

import pytest

from leaddesk.doctor import looking
from leaddesk.doctor.looking import Finding, look_around
from leaddesk.session.vault import VaultNote
from leaddesk.ui.kit.wording import language, set_language
from leaddesk.wiring.promises import ALWAYS, promises


@pytest.mark.parametrize("spoken", ["de", "en"])
@pytest.mark.parametrize("broken", [True, False])
def test_every_finding_has_its_sentence(monkeypatch: pytest.MonkeyPatch, spoken: str, broken: bool) -> None:
    found = [Finding(one.name, one.says, "nothing" if broken else "") for one in look_around()]
    monkeypatch.setattr("leaddesk.wiring.promises.look_around", lambda: found)
    before = language()
    set_language(spoken)  # type: ignore[arg-type]
    try:
        said = promises(VaultNote.LOCKED if broken else VaultNote.KEPT)
    finally:
        set_language(before)
    kept, lost = (len(ALWAYS), len(found) + 1) if broken else (len(ALWAYS) + len(found) + 1, 0)
    assert (len(said.kept), len(said.not_promised)) == (kept, lost)


def test_a_probe_that_fails_is_said_and_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        looking, "_read", lambda path: "Filename\n/dev/swap partition\n" if "swaps" in path else ""
    )
    said = promises(VaultNote.KEPT)
    assert any("ausgelagert" in sentence for sentence in said.not_promised)
    assert not any("ausgelagert" in sentence for sentence in said.kept)
