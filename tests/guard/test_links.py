"""Which links may leave the program, and the process outside the sandbox that opens them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.guard.links import outside
from leaddesk.guard.links.grammar import LONGEST, may_open
from leaddesk.guard.links.opener import Opener
from leaddesk.guard.links.outside import APART_SECONDS, opening, serve

GOOD = [
    "https://leads.example.com",
    "https://leads.example.com:8443/oauth/authorize?state=a-b&scope=x%20y",
    "https://xn--mller-kva.example/",
    "http://127.0.0.1:8600/sign-in?code=1",
    "http://localhost/",
    "http://[::1]:1/",
    "tel:+4943112345",
    "tel:0431-123.45",
    "mailto:anna.meyer@example.com",
    "mailto:anna@example.com?subject=Ihre%20Anfrage",
]
BAD = [
    *("", "https://", "https://example.com/ ", " https://example.com", "https://example.com/\n"),
    *("HTTPS://a.example", "http://leads.example.com", "ftp://example.com", "file:///etc/passwd"),
    *("javascript:alert(1)", "https://anna@example.com", "https://anna:secret@example.com/"),
    *("https://example.com:0/", "https://example.com:65536/", "https://example.com#part"),
    *("https://exa mple.com", "https://-a.example", "https://example.com/ä", "https://müller.example"),
    *("https://example.com/%0d%0aX", "https://example.com/%0A", "https://example.com/%zz"),
    *("https://example.com/%2f", "https://1.2.3.4", "https://2130706433", "https://127.0.0.1."),
    *("https://[::2]/", 'https://a.example/"x', "https://a.example/<x>", "https://a.example/\\x"),
    *("--help", "-a", "tel:", "tel:+", "tel:+49;phone-context=x", "tel:*100#", "tel:+49 431", "tel:-1"),
    *("mailto:", "mailto:anna", "mailto:anna@", "mailto:@example.com", "mailto:-a@example.com"),
    *("mailto:a@example.com?cc=b@example.com", "mailto:a@example.com?attach=/etc/passwd"),
    *("mailto:a@example.com?subject=x&body=y", "mailto:a@example.com?subject=x%0ABcc:b"),
    *("mailto:a@example.com,b@example.com", "mailto:a b@example.com", "https:/example.com"),
    *("https:example.com", "//example.com", "example.com", "\0", "https://a.example/" + "x" * LONGEST),
]
ODD = [" ", "\n", "\r", "\0", "\t", "<", '"', "`", "\\", "|", "é", "\u202e", "%0a", "%", "^"]


@pytest.mark.parametrize("link", GOOD)
def test_a_link_of_the_grammar_may_leave(link: str) -> None:
    assert may_open(link)


@pytest.mark.parametrize("link", BAD)
def test_any_other_may_not(link: str) -> None:
    assert not may_open(link)


def put(good: str, at: int, odd: str) -> str:
    return good[: at % (len(good) + 1)] + odd + good[at % (len(good) + 1) :]


@given(
    st.one_of(
        st.text(max_size=80),
        st.builds("{}:{}".format, st.sampled_from(["https", "tel", "mailto", "http"]), st.text(max_size=60)),
        st.builds(put, st.sampled_from(GOOD), st.integers(0, 200), st.sampled_from(ODD)),
    )
)
def test_what_leaves_is_plain_and_has_one_of_few_beginnings(link: str) -> None:
    if may_open(link):
        assert link.isascii() and link.isprintable() and not set(link) & set(' "<>\\^`{|}')
        here = ("http://127.", "http://localhost", "http://[::1]")
        assert link.startswith(("https://", "tel:", "mailto:", *here))


def served(sent: bytes, start: outside.Start, seconds: float = 1.0) -> bytes:
    """What the process outside answers to bytes; from one look at the clock to the next so much passes."""
    taken, links = os.pipe()
    answers, given_back = os.pipe()
    looks = iter(range(1_000_000))
    os.write(links, sent)
    os.close(links)
    serve(taken, given_back, start, clock=lambda: next(looks) * seconds)
    os.close(given_back)
    os.close(taken)
    with os.fdopen(answers, "rb") as read:
        return read.read()


def test_outside_checks_once_more_and_answers_each() -> None:
    opened: list[str] = []

    def start(link: str) -> bool:
        opened.append(link)
        return "example" in link

    assert served(b"https://a.example/\nfile:///etc/passwd\ntel:110\n", start) == b"100"
    assert opened == ["https://a.example/", "tel:110"]


def test_a_flood_opens_one() -> None:
    said = served(b"https://a.example/\n" * 5, lambda _link: True, seconds=APART_SECONDS / 10)
    assert said == b"10000"


def test_a_line_without_end_ends_it() -> None:
    assert served(b"https://a.example/\n" + b"x" * (LONGEST * 3), lambda _link: True) == b"1"


def test_an_opener_is_started_from_fixed_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    for place, words in (("good", f'echo "$1" > {told}'), ("bad", "exit 3")):
        (tmp_path / place).mkdir()
        program = tmp_path / place / "xdg-open"
        program.write_text(f"#!/bin/sh\n{words}\n")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path / "good"))
    monkeypatch.setattr(outside, "_PLACES", (str(tmp_path / "bad"),))
    assert not opening(os.environ, "linux")("tel:110")
    assert not told.exists()
    monkeypatch.setattr(outside, "_PLACES", (str(tmp_path / "good"),))
    assert opening({**os.environ, "PATH": os.defpath}, "linux")("tel:110")
    assert told.read_text() == "tel:110\n"
    assert not opening(os.environ, "win32")("tel:110")


def test_without_a_process_outside_nothing_opens() -> None:
    opener = Opener()
    assert not opener.ask("https://a.example/") and not opener.answer()


INSIDE = """
import os, sys
from leaddesk.guard.links import outside
outside._PLACES = (sys.argv[1],)
from leaddesk.guard.entering import enter
opener = enter().opener
opened = opener.ask("https://a.example/x") and opener.answer()
refused = opener.ask("file:///etc/passwd")
try:
    open(os.path.join(sys.argv[1], "inside"), "w")
    wrote = True
except OSError:
    wrote = False
print(opened, refused, wrote)
"""


def test_from_inside_the_guard_a_link_opens_in_a_program_that_may_write(tmp_path: Path) -> None:
    program = tmp_path / "xdg-open"
    program.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/browser\n')
    program.chmod(0o700)
    command = [sys.executable, "-B", "-c", INSIDE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "False", "False"]
    assert (tmp_path / "browser").read_text() == "https://a.example/x\n"
    assert not (tmp_path / "inside").exists()


def test_the_process_outside_ends_with_the_client() -> None:
    program = """
import os
from leaddesk.guard.links import opener
kept = opener._close_all_but
opener._close_all_but = lambda *pipes: kept(*pipes, 9)
os.dup2(1, 9)
opener.split_off()
"""
    done = subprocess.run(
        [sys.executable, "-B", "-c", program], stdout=subprocess.PIPE, timeout=60, check=True
    )
    assert done.stdout == b"", "the pipe that only the process outside still held was closed at its end"
