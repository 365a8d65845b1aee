"""D5: whatever stands in a lead's fields, only plain links of three kinds ever reach another program.

Values as people and attackers write them go the whole way: made into links, handed over the pipe, checked
outside. What the process outside would start is compared with a rule of its own, written in other words than
the grammar's: few characters, one of three beginnings, a host that is known.
"""

from __future__ import annotations

import os
import random
import string
import threading
from collections.abc import Callable, Mapping
from unittest.mock import patch
from urllib.parse import unquote

from leaddesk.guard.links import grammar, making, outside
from leaddesk.guard.links.opener import Opener
from tests.guarantees.figure import Figure

HOSTS = frozenset({"leads.example.com"})
SHORT, FULL = 10_000, 100_000
GOOD = (
    *("0431 12345", "+49 (0)431 / 12 34-56", "(0171) 39200 42", "+45.33.12.34.56", "110"),
    *("anna.meyer@example.de", "a+b@mail.example.com", "O_k@Example.DE"),
    *("https://leads.example.com/page?x=1", "https://leads.example.com"),
)
EVIL = (
    *("javascript:alert(1)", "file:///etc/passwd", "tel:0431;phone-context=evil", "smb://evil/x", "--help"),
    *("https://evil.example/", "https://leads.example.com@evil.example/", "https://leads.example.com.evil/"),
    *("https://leads.example.com:99999/", "https://LEADS.example.com/", "http://leads.example.com/"),
    *("a@b.example?attach=/etc/passwd", "a@b.example?cc=c@d.example", "a@b.example%0ABcc:c@d.example"),
    *("a@b.example,c@d.example", "-a@b.example", "mailto:a@b.example", "*#06#", "tel:*100#", "0431,,,1;2"),
    *("0431\N{FULLWIDTH DIGIT ONE}2345", "\N{ARABIC-INDIC DIGIT ONE}10", "\u202e0431 12345", "11\n0"),
    *("https://leads.example.com/\r\nX: y", "https://leads.example.com\\@evil.example", "data:text/html,x"),
)
ODD = [*string.punctuation, *" \t\r\n\0", "\u202e", "\u2028", "ä", "\N{FULLWIDTH COLON}", "%0d%0a", "://"]
MAKERS: tuple[Callable[[str], str | None], ...] = (
    making.call,
    making.mail,
    lambda value: making.web(value, HOSTS),
    lambda value: value,
)
"""The last one hands over what stands there: as if a page forgot to make a link of it."""
_SCHEMES = {"tel": "+0123456789.-", "mailto": string.ascii_letters + string.digits + "@._+-"}
_ADDRESS = frozenset(string.ascii_letters + string.digits + ":/?=&%.-_~!$'()*+,;@")


def written(drawn: random.Random) -> str:
    """Return a value of a field: good, evil, a mixture, or noise."""
    value = drawn.choice(GOOD if drawn.random() < 0.5 else EVIL)
    for _ in range(drawn.choice((0, 0, 1, 1, 2, 5))):
        at, odd = drawn.randrange(len(value) + 1), drawn.choice(ODD)
        value = drawn.choice((value[:at] + odd + value[at:], value[:at] + odd, odd + value[at:]))
    return value if drawn.random() < 0.9 else value + drawn.choice(EVIL)


def leads_outside(link: str, made: bool) -> bool:
    """Tell whether a link that was opened may not have been. ``made``: by us, so its host must be known."""
    scheme, _, rest = link.partition(":")
    if scheme in _SCHEMES:
        return not rest or rest.startswith("-") or not set(rest) <= set(_SCHEMES[scheme])
    plain = set(link) <= _ADDRESS and unquote(link).isprintable()
    host = rest.removeprefix("//").split("/")[0].split("?")[0].split(":")[0]
    known = host in HOSTS if made else "@" not in rest.removeprefix("//").split("/")[0].split("?")[0]
    return scheme != "https" or not rest.startswith("//") or not plain or not known


class Way:
    """The pipes to the process outside, which lives in a thread here and remembers instead of starting."""

    def __init__(self) -> None:
        self.started: list[str] = []
        taken, links = os.pipe()
        answers, given = os.pipe()
        self.opener = Opener(links, answers)
        self._ends = (taken, given)
        self._outside = threading.Thread(target=self._serve, args=(taken, given), daemon=True)
        self._outside.start()

    def _serve(self, taken: int, given: int) -> None:
        ticks = iter(range(10**9))
        outside.serve(taken, given, self._start, clock=lambda: float(next(ticks)))

    def _start(self, link: str) -> bool:
        self.started.append(link)
        return True

    def opened(self, link: str) -> bool:
        """Hand a link over and wait for what came of it."""
        return self.opener.ask(link) and self.opener.answer()

    def close(self) -> None:
        """Let the other side go."""
        self.opener.close()
        self._outside.join()
        for end in self._ends:
            os.close(end)


def _forgiving(link: str) -> bool:
    """The planted grammar: it looks at the beginning of a link only."""
    found = (grammar._TEL, grammar._MAILTO, grammar._WEB)
    return "\n" not in link and any(one.match(link) for one in found)


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Open what fields hold; with ``planted`` the grammar matches beginnings only, inside and outside."""
    count = FULL if os.environ.get("FULL") == "1" else SHORT
    drawn, way = random.Random(5), Way()
    findings: list[str] = []
    opened = 0
    judge = _forgiving if planted else grammar.may_open
    with (
        patch.object(grammar, "may_open", judge),
        patch.object(making, "may_open", judge),
        patch.object(outside, "may_open", judge),
    ):
        for number in range(count):
            value, kind = written(drawn), number % len(MAKERS)
            try:
                link = MAKERS[kind](value)
            except ValueError:  # a grammar with holes lets pass what is no address at all
                link = None
            if link is None or not way.opened(link):
                continue
            opened += 1
            if way.started[-1] != link or leads_outside(link, made=kind < len(MAKERS) - 1):
                findings.append(f"number {number} of kind {kind} left the program")
    way.close()
    if opened < count // 50:
        findings.append(f"only {opened} links were opened at all")
    return Figure("links: {found} of {looked:,} launched outside", count, tuple(findings))
