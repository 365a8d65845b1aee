"""What prospects write and what the house notes about it: put together from sentences that fit."""

from leaddesk.server.seed.leads.tables import Table, even
from leaddesk.server.seed.sources import source

DRAWS = 8
"""Random numbers of 16 bits that one message takes."""

_SHAPES = (("none", 15.0), ("one", 24.0), ("two", 25.0), ("mail", 29.0), ("story", 5.0), ("epic", 2.0))
_SIZES = {"mail": 1, "story": 3, "epic": 7}
_BUSINESS, _AT_THE_STAND = "gewerbe", "messe"


class Messages:
    """Messages and notes. Invariant: no sentence comes twice in one message; at most 1,600 letters."""

    def __init__(self) -> None:
        raw = source("texts")
        self._products = {family: _ring(pool) for family, pool in raw["products"].items()}
        self._heating = {fuel: _ring(pool) for fuel, pool in raw["heating"].items()}
        self._home, self._firm = _ring(raw["situation"]), _ring(raw["situation_firm"])
        self._questions, self._availability = _ring(raw["questions"]), _ring(raw["availability"])
        self._greetings, self._closings = even(raw["greetings"], 64), even(raw["closings"], 64)
        self._notes: Table[str] = even(raw["notes"], 256)
        self._shapes = Table(_SHAPES, 1024).slots

    def message(self, d: tuple[int, ...], family: str, fuel: str | None, town: str) -> str | None:
        """Return the free text of an enquiry from 8 numbers, ``None`` where nothing was written."""
        shape = self._shapes[d[0] & 1023]
        if shape == "none":
            return None
        product = self._products[family]
        if shape == "one" or family == _AT_THE_STAND:
            text = _some(product, d[1], 1 + (d[3] & 1))
        elif shape == "two":
            text = f"{self._opening(d, family, fuel)} {_some(product, d[1], 1 + (d[3] & 1))}"
        else:
            text = self._letter(d, family, fuel, _SIZES[shape])
        return text.replace("{town}", town) if "{" in text else text

    def _opening(self, d: tuple[int, ...], family: str, fuel: str | None) -> str:
        heating = self._heating.get(fuel or "")
        return _some(heating or (self._firm if family == _BUSINESS else self._home), d[2], 1)

    def _letter(self, d: tuple[int, ...], family: str, fuel: str | None, size: int) -> str:
        """Write with greeting and closing: a few lines, or most of what there is to say."""
        firm = family == _BUSINESS
        parts = [f"{self._opening(d, family, fuel)} {_some(self._products[family], d[1], size)}"]
        if size > 1:
            parts.append(_some(self._firm if firm else self._home, d[2] + 1, size + 1))
        parts.append("\n".join(_pick(self._questions, d[4], size)))
        if size > 1 and not firm:
            parts.append(_some(self._availability, d[7], 1))
        return "\n\n".join((self._greetings.draw(d[5]), *parts, self._closings.draw(d[6])))

    def note(self, number: int) -> str:
        """Return one line of a journal."""
        return self._notes.draw(number)


def _ring(pool: list[str]) -> list[str]:
    return pool + pool


def _pick(ring: list[str], number: int, count: int) -> list[str]:
    half = len(ring) // 2
    start = number % half
    return ring[start : start + min(count, half)]


def _some(ring: list[str], number: int, count: int) -> str:
    return " ".join(_pick(ring, number, count))
