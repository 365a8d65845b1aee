"""Who may cross the threshold, and what is left of those who may not, say nothing or leave."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest

from leaddesk.server.door import threshold
from leaddesk.server.door.calling import NobodyThere, call, door_of
from leaddesk.server.door.command import run_order
from leaddesk.server.door.orders import LONGEST_LINE, Status, decode_answer
from leaddesk.server.door.threshold import caller_of, open_socket
from leaddesk.server.operations.settings import Misconfigured
from tests.server.door.conftest import Operator, inside, opened_door
from tests.support.trade import Trade

SOMEBODY = 65_534


def wrong(place: Path) -> str:
    with pytest.raises(Misconfigured) as caught:
        open_socket(place).close()
    return str(caught.value)


def test_a_door_is_only_in_a_folder_of_the_servers_own(folder: Path, tmp_path: Path) -> None:
    assert "cannot be made (No such file" in wrong(tmp_path / "away" / "o.sock")
    for mode in (0o750, 0o701, 0o777):
        folder.chmod(mode)
        assert "expected its folder to be the server's own" in wrong(folder / "o.sock")
    folder.chmod(0o700)
    (tmp_path / "link").symlink_to(folder)
    assert "mode 700" in wrong(tmp_path / "link" / "o.sock")
    assert "at most 100 bytes" in wrong(folder / ("x" * 100))
    (folder / "file").write_text("kept")
    assert "cannot be made (Address already in use)" in wrong(folder / "file")
    assert (folder / "file").read_text() == "kept"
    with open_socket(folder / "o.sock"):
        assert (folder / "o.sock").stat().st_mode & 0o777 == 0o600
        assert "another server listens there" in wrong(folder / "o.sock")
    open_socket(folder / "o.sock").close()  # what a killed server has left is taken away


def test_where_nobody_tells_who_calls_there_is_no_door(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_PEERCRED")
    assert "this system does not tell who calls" in wrong(folder / "o.sock")
    monkeypatch.delattr(socket, "AF_UNIX")
    with pytest.raises(NobodyThere, match="which this system does not have"):
        call(folder / "o.sock", Status())


def test_the_kernel_says_who_calls() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert caller_of(one) == os.geteuid()


def called_by_somebody_else(place: Path) -> socket.socket:
    """Connect as another user, with all walls but the last one taken down. (Who may not become somebody else
    stays who they are, and the server is told that it is another.)
    """
    one = socket.socket(socket.AF_UNIX)
    one.settimeout(60)
    if os.geteuid() == 0:
        for path in (place, *place.parents):
            path.chmod(path.stat().st_mode | (0o666 if path == place else 0o011))
        os.seteuid(SOMEBODY)
    try:
        one.connect(str(place))
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    return one


async def test_somebody_else_is_told_so_and_nothing_more(
    trade: Trade, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_door(trade, folder / "o.sock", []):
        if os.geteuid() != 0:
            monkeypatch.setattr(threshold, "may_enter", lambda uid: uid == SOMEBODY)
        with called_by_somebody_else(folder / "o.sock") as one, one.makefile("rb") as heard:
            one.sendall(b'{"order":"turn-epoch"}\n')
            answer = decode_answer(await asyncio.to_thread(heard.readline))
    assert (answer.outcome, answer.facts) == ("not-allowed", {}) and trade.keys.epochs.newest == 1


async def said(place: Path, line: bytes) -> bytes:
    reader, writer = await asyncio.open_unix_connection(str(place))
    writer.write(line)
    if not line.endswith(b"\n"):
        writer.write_eof()
    answer = await reader.readline()
    writer.close()
    return answer


@pytest.mark.parametrize(
    "line",
    [
        b"\n", b"status\n", b"{}\n", b"[]\n", b'{"order":"nonsense"}\n', b'{"order":"status","more":1}\n',
        b'{"order":"retention","dryRun":"yes"}\n', b'{"order":"delete-tenant"}\n', b'{"order":"st',
        b'{"order":"status"}', b"\xff\xfe\n", b"x" * (LONGEST_LINE + 10) + b"\n",
    ],
)  # fmt: skip
async def test_what_is_no_order_is_refused(operator: Operator, line: bytes) -> None:
    assert decode_answer(await said(operator.place, line)).outcome == "malformed"
    assert (await operator.types("status"))[0] == 0


async def test_who_says_nothing_or_leaves_keeps_nobody_waiting(
    trade: Trade, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold, "PATIENCE_SECONDS", 0.05)
    reader, writer = await asyncio.open_unix_connection(str(operator.place))
    assert await reader.read() == b""
    writer.close()
    _, leaving = await asyncio.open_unix_connection(str(operator.place))
    leaving.write(b'{"order":"turn-epoch"}\n')
    leaving.close()
    async with asyncio.timeout(60):
        while trade.keys.epochs.newest == 1:  # noqa: ASYNC110 - the order is carried out all the same
            await asyncio.sleep(0.01)
    assert (await operator.types("status"))[0] == 0


async def test_the_end_takes_the_door_away(trade: Trade, folder: Path) -> None:
    async with opened_door(trade, folder / "o.sock", []):
        assert inside(folder) == ["o.sock"]
    assert inside(folder) == []


def test_nobody_there_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = folder / "o.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(place))
    left.close()
    for path in (place, folder / "away"):
        assert run_order(["status", "--socket", str(path)]) == 1
        assert f"no server listens at {path}" in capsys.readouterr().err


def test_the_door_is_found_as_the_server_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "server.toml"
    file.write_text('[instance]\nname = "Nordwind"\n[keys]\nmaster_key_file = "/away"\n')
    with pytest.raises(NobodyThere, match="sets no operator"):
        door_of(str(file), {})
    assert door_of(str(file), {"LEADDESK_OPERATOR_SOCKET": "/run/x"}) == Path("/run/x")
    file.write_text('[operator]\nsocket = "/run/y"\n')
    assert door_of(str(file), {}) == Path("/run/y")
    file.write_text('[operator]\nsocket = "y"\n')
    assert run_order(["status", "--config", str(file)]) == 2
    assert "[operator] socket: expected an absolute path" in capsys.readouterr().err
    assert run_order(["status", "--config", str(tmp_path / "away.toml")]) == 2
    assert "away.toml: cannot be read" in capsys.readouterr().err
    for words in (["status", "--nonsense"], ["nonsense"], [], ["create-tenant"]):
        with pytest.raises(SystemExit) as ended:
            run_order(words)
        assert ended.value.code == 2 and capsys.readouterr().err.count("\n") == 1


def test_an_interrupted_order_is_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("leaddesk.server.door.command.call", interrupted)
    assert run_order(["turn-epoch", "--socket", str(folder / "o.sock")]) == 130
    assert "may be carrying it out" in capsys.readouterr().err
