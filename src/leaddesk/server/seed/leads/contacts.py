"""Prospects: names as they are frequent in the north, addresses that exist, telephone numbers that do not.

Telephone numbers lie in the ranges that the Bundesnetzagentur keeps for films ("Rufnummern für
Medienproduktionen", Mitteilung 148/2021), lengthened so that two prospects do not share one; e-mail
domains are those of RFC 2606.
"""

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from leaddesk.server.seed.leads.tables import Table, even, ranked
from leaddesk.server.seed.sources import folded, source

DRAWS = 14
"""Random numbers of 16 bits that one contact takes."""

Content = bytes | None
"""A value as it is encoded in a field list; ``None`` was left out."""


class Contact(NamedTuple):
    """What forms ask about a person."""

    salutation: Content
    title: Content
    first: Content
    last: Content
    name: Content
    company: Content
    function: Content
    street: Content
    postcode: Content
    town: bytes
    phone: Content
    mobile: Content
    mail: Content
    reachable: Content


class Town(NamedTuple):
    """A town: encoded, plain, its postcodes, and the prefix of the film numbers nearest to it."""

    content: bytes
    name: str
    postcodes: tuple[bytes, ...]
    prefix: str


class Name(NamedTuple):
    """A name: encoded, plain, and in letters for an e-mail address."""

    content: bytes
    plain: str
    ascii: str


class Origin(NamedTuple):
    """First names and surnames that go together."""

    female: Table[Name]
    male: Table[Name]
    surnames: Table[Name]


def line(value: str) -> bytes:
    """Encode a text that needs no escapes: no quotes, no backslashes, no line breaks."""
    return f'"{value}"'.encode()


@cache
def towns() -> Table[Town]:
    """Return the towns by weight."""
    weighted = []
    for region in source("towns"):
        for weight, name, codes in region["towns"]:
            postcodes = tuple(map(line, codes.split()))
            weighted.append((Town(line(name), name, postcodes, region["phone"]), weight))
    return Table(weighted, 2048)


@cache
def _origins() -> Table[Origin]:
    rows = source("names")["origins"]
    return Table((Origin(*(_names(row[kind]) for kind in Origin._fields)), row["share"]) for row in rows)


def _names(words: str) -> Table[Name]:
    return ranked([Name(line(word), word, folded(word)) for word in words.split()])


def _lines(values: list[str]) -> Table[bytes]:
    return even([line(value) for value in values], 64)


class Phones:
    """Film numbers, each used once as long as they last."""

    def __init__(self, leads: int, draw: Random) -> None:
        self._width = max(4, len(str(leads // 2)))
        self._modulus = 10**self._width
        self._used: dict[str, int] = {}
        free = [f"0171 39200 {tail:02d}" for tail in range(100) if tail != 42]
        free += [f"0176 040690 {tail:02d}" for tail in range(100)]
        draw.shuffle(free)
        self._mobiles: Iterator[str] = iter(free)
        self.mobile_rate = min(30_000, 65_536 * len(free) // max(leads, 1))

    def fixed(self, prefix: str, style: int) -> bytes:
        """Return a number of the area; one in ten is written in another way, as people do."""
        count = self._used[prefix] = self._used.get(prefix, 0) + 1
        tail = str(self._modulus + (count * 7919 + 4127) % self._modulus)[1:]
        if style < 58_000:
            return line(f"{prefix} {tail}")
        area, _, rest = prefix.partition(" ")
        if style < 61_000:
            return line(f"+49 {area[1:]} {rest}{tail}")
        return line(f"{area}/{rest}{tail}" if style < 63_500 else f"{area}{rest}{tail}")

    def mobile(self) -> Content:
        """Return a mobile number that nobody else has, ``None`` when all are given out."""
        number = next(self._mobiles, None)
        return line(number) if number else None


class Contacts:
    """Draws contacts. The same numbers in the same order give the same people."""

    def __init__(self, leads: int, draw: Random) -> None:
        names = source("names")
        self._phones = Phones(leads, draw)
        self._towns, self._origins = towns().slots, _origins().slots
        streets = [street.replace("_", " ") for street in names["streets"].split()]
        self._streets = ranked(streets)
        self._nobility, self._titles = even(names["nobility"], 64), even(names["titles"], 64)
        self._functions = _lines(names["functions"])
        self._firms = even([pattern.format for pattern in names["companies"]], 256)
        self._legal = even(names["legal_forms"], 64)
        self._reachable = _lines(source("texts")["reachable"])

    def draw(self, d: tuple[int, ...], firm: bool, full_name: bool = False) -> Contact:
        """Return one contact from 14 numbers; ``firm`` wants a company, ``full_name`` the name in one."""
        origin, sex = self._origins[d[0] & 1023], d[1]
        first, first_name, ascii_first = (origin.female if sex & 1 else origin.male).draw(d[2])
        last, surname, ascii_last = origin.surnames.draw(d[3])
        if d[4] < 2_600 or d[4] > 65_050:
            last, surname, ascii_last = self._rare_surname(surname, ascii_last, origin, d[4])
        title = self._titles.draw(d[5]) if d[5] < 2_400 else ""
        given: Content = first
        if sex < 2_300 and not firm:
            salutation: Content = _FAMILY
            given, title, first_name = None, "Familie", ""
        else:
            salutation = (_WOMAN if sex & 1 else _MAN) if sex < 61_000 else _UNKNOWN if sex > 63_500 else None
        town, place, postcodes, prefix = self._towns[d[6] & 2047]
        return Contact(
            salutation,
            line(title) if title and given else None,
            given,
            last,
            line(" ".join(f"{title} {first_name} {surname}".split())) if full_name else None,
            line(self._company(d[9], d[10], place, origin)) if firm else None,
            self._functions.draw(d[11] >> 3) if firm and d[11] < 52_000 else None,
            f'"{self._streets.draw(d[7])} {_house(d[8])}"'.encode() if d[8] > 11_000 else None,
            postcodes[d[5] % len(postcodes)] if d[11] & 63 else None,
            town,
            self._phones.fixed(prefix, d[12]) if d[13] > 11_500 else None,
            self._phones.mobile() if d[7] < self._phones.mobile_rate else None,
            _mail(ascii_first, ascii_last, d[10], firm) if d[12] & 1023 > 118 else None,
            self._reachable.draw(d[13] >> 4) if d[13] & 3 == 0 else None,
        )

    def _rare_surname(self, surname: str, letters: str, origin: Origin, number: int) -> Name:
        """Return a double name, or a noble one."""
        if number > 65_050:
            noble = self._nobility.draw(number)
            return Name(line(noble), noble, folded(noble))
        second = origin.surnames.draw(number * 25)
        if second.plain == surname:
            return second
        double = f"{surname}-{second.plain}"
        return Name(line(double), double, f"{letters}-{second.ascii}")

    def _company(self, number: int, other: int, town: str, origin: Origin) -> str:
        pattern: Callable[..., str] = self._firms.draw(number)
        return pattern(
            name=origin.surnames.draw(other).plain,
            town=town,
            form=self._legal.draw(number >> 9),
            street=f"{self._streets.draw(other)} {_house(number)}",
        )


_WOMAN, _MAN, _FAMILY, _UNKNOWN = line("Frau"), line("Herr"), line("Familie"), line("Keine Angabe")


def _house(number: int) -> str:
    """Return a house number: low ones are frequent, some carry a letter."""
    base = 1 + (number & 127) * (number >> 7 & 127) // 110
    return f"{base}{'abcd'[number & 3]}" if number % 13 == 0 else str(base)


def _mail(first: str, last: str, number: int, firm: bool) -> bytes:
    kind = number & 7
    if firm:
        return line(f"{first}.{last}@{last}.example" if kind > 2 else f"info@{last}-{number >> 8}.example")
    if kind < 4:
        domain = ("example.de", "post.example", "mail.example", "haus.example")[kind]
        return line(f"{first}.{last}{number >> 9 if number & 64 else ''}@{domain}")
    return line(
        f"{last}.{number >> 7}@example.de" if kind < 6 else f"{first[:3]}.{last}{number >> 9}@post.example"
    )
