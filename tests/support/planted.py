"""Planted violations: run by tests/house/test_watchdogs.py in a pytest of their own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from pathlib import Path

import pytest

ELSEWHERE = Path(os.environ.get("PLANTED_FOLDER", "elsewhere"))
kept: list[object] = []


def test_log() -> None:
    logging.getLogger("leaddesk.planted").warning("something is odd")


@pytest.mark.warns("leaddesk.planted")
def test_innocent_expected_log() -> None:
    logging.getLogger("leaddesk.planted.room").warning("foreseen")


def test_log_of_a_failing_subscriber() -> None:
    from leaddesk.store.topics import Topic

    topic: Topic[int] = Topic()
    topic.subscribe(lambda number: 1 / number)
    topic.publish(0)


async def test_task() -> None:
    kept.append(asyncio.create_task(asyncio.sleep(60)))
    await asyncio.sleep(0)


async def test_innocent_task() -> None:
    await asyncio.create_task(asyncio.sleep(0))


def test_timer(qapp: object) -> None:
    from PySide6.QtCore import QTimer

    timer = QTimer()
    timer.start(60_000)
    kept.append(timer)


def test_window(qapp: object) -> None:
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    window.show()
    kept.append(window)


def test_innocent_window(qapp: object) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    QTimer(window).start(60_000)
    window.show()
    window.close()
    window.deleteLater()


def test_socket() -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way_out:
        way_out.connect(("192.0.2.1", 9))


def test_lookup() -> None:
    with contextlib.suppress(OSError):
        socket.getaddrinfo("somewhere.example", 443)


def test_innocent_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_write() -> None:
    with contextlib.suppress(OSError):
        (ELSEWHERE / "note.txt").write_text("left behind")


def test_folder() -> None:
    with contextlib.suppress(OSError):
        (ELSEWHERE / "folder").mkdir()


def test_innocent_read() -> None:
    Path(__file__).read_text("utf-8")
    Path(os.devnull).write_text("")
