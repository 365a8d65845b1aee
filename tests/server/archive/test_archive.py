"""An export holds ciphertext only, comes on a signal, and is checked from a command line anywhere."""

from __future__ import annotations

import base64
import os
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leaddesk.server.archive.command import run_public_key, run_verify
from leaddesk.server.archive.outside import Outside
from leaddesk.server.archive.signal import Exports
from leaddesk.server.archive.verify import verify
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.evidence.signing import random_signer, signer_from_file
from leaddesk.server.evidence.sink import FileSink
from leaddesk.server.operations.upkeep import SignedSegments
from tests.support.thief import keys_of, opened
from tests.support.trade import Trade

MARK = "kanarie-5d20"


@pytest.fixture
def signing_key(tmp_path: Path) -> Path:
    path = tmp_path / "signing-key"
    path.write_text(base64.b64encode(bytes(range(32))).decode())
    path.chmod(0o600)
    return path


def exports_of(trade: Trade, folder: Path, signing_key: Path) -> Exports:
    notary = SignedSegments(signer_from_file(signing_key), FileSink(folder / "sink"))
    return Exports(trade.services.office.log, trade.services.access_log.storage, lambda: notary, folder)


def written(folder: Path) -> list[Path]:
    return list(folder.glob("history-*.jsonl"))


async def worked(trade: Trade) -> None:
    lead_id = trade.add_lead(marker=MARK)
    jens = await trade.sign_in("Jens")
    await jens.done(f"/leads/{lead_id}/notes", text=MARK)
    await jens.get(f"/leads/{lead_id}")
    await jens.delete(f"/leads/{lead_id}")


async def test_an_export_is_checked_from_the_command_line(
    trade: Trade, tmp_path: Path, signing_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exports = exports_of(trade, tmp_path, signing_key)
    await worked(trade)
    exports.write(lambda: trade.now)
    await worked(trade)
    file = exports.write(lambda: trade.now.replace(minute=1))
    assert file.stat().st_mode & 0o077 == 0 and MARK.encode() not in file.read_bytes()
    assert run_public_key(str(signing_key)) == 0
    public = tmp_path / "public-key"
    public.write_text(capsys.readouterr().out)
    sink = str(tmp_path / "sink")

    assert run_verify(str(file), sink, str(public)) == 0
    assert capsys.readouterr().out.startswith("as it was written and signed: ")
    assert run_verify(str(file), None, None) == 0
    assert "held against nothing outside" in capsys.readouterr().out

    lines = file.read_bytes().splitlines(keepends=True)
    changed = tmp_path / "changed"
    changed.write_bytes(b"".join(lines).replace(b"NoteAdded", b"NoteAddad", 1))
    assert run_verify(str(changed), sink, str(public)) == 1
    said = capsys.readouterr().out.splitlines()
    assert f"tenant {trade.wagner}, event" in said[0] and said[0].endswith("changed")
    assert said[-1].startswith("NOT as it was written")


def cut_off(trade: Trade) -> None:
    """Somebody takes the last event away who can: on PostgreSQL the server's own role cannot."""
    last = "DELETE FROM event WHERE tenant_id = ? AND position >= ?"
    with trade.services.office.log.for_tenant(Scope(trade.wagner)).keeping() as unit:
        head = unit.head()[0]
        if not hasattr(trade.storage, "tamper"):
            unit.run(last, head)
            return
    assert trade.storage.tamper(last, trade.wagner, head) == 1


async def test_a_log_whose_end_is_gone_is_exported_and_verifying_tells(
    trade: Trade, tmp_path: Path, signing_key: Path
) -> None:
    exports = exports_of(trade, tmp_path, signing_key)
    await worked(trade)
    exports.write(lambda: trade.now)
    cut_off(trade)
    file = exports.write(lambda: trade.now.replace(minute=1))
    sink = FileSink(tmp_path / "sink").lines()
    report = verify(
        file.read_bytes().splitlines(keepends=True), Outside(signer_from_file(signing_key).public, sink)
    )
    assert report.findings


@pytest.mark.parametrize("given", ["sink", "public-key", "missing", "no-key", "no-sink"])
def test_what_cannot_be_checked_is_one_sentence(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, key, sink = tmp_path / "file", tmp_path / "key", tmp_path / "sink"
    file.write_text("")
    key.write_text("none" if given == "no-key" else base64.b64encode(random_signer().public).decode())
    sink.write_text("nonsense\n" if given == "no-sink" else "")
    name = str(tmp_path / "other") if given == "missing" else str(file)
    outer = None if given == "public-key" else str(sink)
    code = run_verify(name, outer, None if given == "sink" else str(key))

    said = capsys.readouterr()
    assert code == 2 and said.out == "" and said.err.count("\n") == 1
    assert said.err.startswith("leaddesk server: ")


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"\xff\xfe\n", b'{"line":"end","lines":0}\n'])
def test_a_file_that_is_no_export_is_told(content: bytes) -> None:
    assert verify(content.splitlines(keepends=True)).findings


async def test_no_key_of_today_opens_an_erased_lead_in_an_export_of_before(
    trade: Trade, tmp_path: Path, signing_key: Path
) -> None:
    exports = exports_of(trade, tmp_path, signing_key)
    lead_id, kept = trade.add_lead(marker=MARK), trade.add_lead(marker="kept-81c7")
    file = exports.write(lambda: trade.now)
    await (await trade.sign_in("Jens")).delete(f"/leads/{lead_id}")
    contents = [
        base64.b64decode(line.split(b'"content":"')[1].split(b'"')[0])
        for line in file.read_bytes().splitlines()
        if b'"line":"event"' in line
    ]
    keys = [key for mirror in trade.keys.store.mirrors for key in keys_of(mirror.dump(), trade.keys.epochs)]
    readable = b"".join(opened(key, content) for key in keys for content in contents)
    assert MARK.encode() not in readable and b"kept-81c7" in readable and kept


async def test_where_there_is_no_such_signal_nothing_listens(
    trade: Trade, tmp_path: Path, signing_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(signal, "SIGUSR1")
    listened: list[object] = []
    monkeypatch.setattr(signal, "signal", lambda *asked: listened.append(asked))
    exports_of(trade, tmp_path, signing_key).on_signal()
    assert listened == []


async def test_the_signal_writes_one(trade: Trade, tmp_path: Path, signing_key: Path) -> None:
    trade.add_lead()
    before = signal.getsignal(signal.SIGUSR1)
    try:
        exports_of(trade, tmp_path, signing_key).on_signal()
        os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    for thread in threading.enumerate():
        if thread.name == "export":
            thread.join()
    (file,) = written(tmp_path)
    signer = signer_from_file(signing_key)
    with file.open("rb") as lines:
        report = verify(lines, Outside(signer.public, FileSink(tmp_path / "sink").lines()))
    assert report.findings == [] and report.events > 0


async def test_a_full_disk_is_noted_and_nothing_half_is_left_under_its_name(
    trade: Trade, tmp_path: Path, signing_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade.add_lead()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("leaddesk.server.archive.signal.export", full)
    exports = exports_of(trade, tmp_path, signing_key)
    with pytest.raises(OSError, match="No space"):
        exports.write(lambda: datetime.now(UTC))
    assert written(tmp_path) == []
