"""Upkeep: hourly and final segments, their copies outside, months that are over; failures are tried again."""

import base64
import secrets
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from leaddesk.server.evidence.signing import KeyUnusable, is_signed, random_signer, signer_from_file
from leaddesk.server.evidence.sink import FileSink, MemorySink
from leaddesk.server.operations.upkeep import SignedSegments, Upkeep, segments_of
from leaddesk.server.oversight import chain, reading
from tests.support.trade import Trade


async def accessed(trade: Trade, times: int = 3) -> None:
    lead = trade.add_lead()
    maren = await trade.sign_in("Maren")
    for _ in range(times):
        await maren.get(f"/leads/{lead}")


async def test_the_end_seals_what_was_recorded_and_the_sink_proves_it(trade: Trade, tmp_path: Path) -> None:
    await accessed(trade)
    signer, sink = random_signer(), FileSink(tmp_path / "sink.jsonl")
    log, storage = trade.services.access_log, trade.services.access_log.storage
    upkeep = Upkeep(log, lambda: SignedSegments(signer, sink), lambda: trade.now, 12)
    await upkeep.once()
    kept = segments_of(sink, trade.wagner)
    assert [(one.first, one.last) for one in kept] == [(1, 3)] and kept == reading.segments(
        storage, trade.wagner
    )
    assert stat.S_IMODE((tmp_path / "sink.jsonl").stat().st_mode) == 0o600

    def ours(message: bytes, signature: bytes) -> bool:
        return is_signed(signer.public, message, signature)

    entries = reading.chained(storage, trade.wagner)
    assert chain.faults(entries, kept, ours) == []
    assert chain.faults(entries[:-1], kept, ours) != []
    assert chain.faults(entries, [replace(kept[0], last=2)], ours) != []
    assert not is_signed(random_signer().public, kept[0].message(), kept[0].signature)
    await upkeep.end()
    assert "<" in repr(signer) and signer.public.hex() not in repr(signer)


async def test_a_sink_that_is_gone_is_noted_and_served_later(
    trade: Trade, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL", "leaddesk.server.operations.upkeep")
    await accessed(trade)
    path = tmp_path / "away" / "sink.jsonl"
    witness = SignedSegments(random_signer(), FileSink(path))
    upkeep = Upkeep(trade.services.access_log, lambda: witness, lambda: trade.now, 12)
    assert not await upkeep.once()
    path.parent.mkdir()
    assert await upkeep.once()
    assert [one.last for one in segments_of(FileSink(path), trade.wagner)] == [3]


async def test_months_end_after_their_retention(trade: Trade) -> None:
    await accessed(trade)
    names, storage = trade.services.access_log.pseudonyms, trade.services.access_log.storage
    upkeep = Upkeep(
        trade.services.access_log, lambda: SignedSegments(random_signer(), MemorySink()), lambda: trade.now, 2
    )
    (entry,) = reading.page(storage, trade.wagner, reading.Wanted(), 2, 1)
    who = [("person", trade.urn("Maren"))]
    trade.now += timedelta(days=31)
    await upkeep.once()
    assert names.meant(trade.wagner, entry.person, who) == who[0]
    trade.now += timedelta(days=31)
    await upkeep.once()
    with pytest.raises(LookupError):
        names.meant(trade.wagner, entry.person, who)


def test_a_cut_line_at_the_end_of_a_sink_is_left_out(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "sink.jsonl")
    sink.append({"a": 1})
    sink.append({"b": "ü"})
    with (tmp_path / "sink.jsonl").open("ab") as opened:
        opened.write(b'{"c":')
    assert sink.lines() == [{"a": 1}, {"b": "ü"}]


def test_a_signing_key_is_32_bytes_in_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    seed = secrets.token_bytes(32)
    path.write_text(base64.b64encode(seed).decode() + "\n")
    path.chmod(0o600)
    assert signer_from_file(path).public == signer_from_file(path).public
    path.chmod(0o640)
    with pytest.raises(KeyUnusable, match="600"):
        signer_from_file(path)
    path.chmod(0o600)
    for wrong in ("nonsense", base64.b64encode(seed[:5]).decode(), "ü"):
        path.write_text(wrong)
        with pytest.raises(KeyUnusable):
            signer_from_file(path)
    with pytest.raises(KeyUnusable):
        signer_from_file(tmp_path / "nowhere")
