"""Reading a table of TOML key by key; what is wrong is one sentence that says where and what was expected."""

import difflib
from collections.abc import Collection
from typing import Any

from leaddesk.server.domain.blueprint.plan import Misdrawn

LONGEST_NAME, LONGEST_TEXT = 200, 1_000


class Table:
    """One table; ``place`` says which, ``known`` are the keys it may have. Raises :class:`Misdrawn`."""

    def __init__(self, raw: Any, place: str, known: Collection[str]) -> None:
        self.place = place
        if not isinstance(raw, dict):
            raise self.wrong("expected a table")
        self._raw: dict[str, Any] = raw
        for key in raw:
            if key not in known:
                raise self._unknown(key, known)

    def wrong(self, what: str) -> Misdrawn:
        """Make the error that says what is wrong here."""
        return Misdrawn(f"{self.place}: {what}" if self.place else what)

    def line(self, key: str, longest: int = LONGEST_NAME) -> str:
        """Read a line that has to be there."""
        value = self._raw.get(key)
        if not _is_line(value, longest):
            raise self.wrong(f"{key}: expected one line of 1 to {longest} characters")
        return str(value).strip()

    def perhaps(self, key: str, longest: int = LONGEST_TEXT) -> str | None:
        """Read a line that may be left out."""
        return self.line(key, longest) if self._raw.get(key, "") != "" else None

    def flag(self, key: str) -> bool | None:
        """Read a yes or no that may be left out."""
        value = self._raw.get(key)
        if not isinstance(value, bool | None):
            raise self.wrong(f"{key}: expected true or false")
        return value

    def number(self, key: str, usual: int, most: int) -> int:
        """Read a whole number from 1 on."""
        value = self._raw.get(key, usual)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise self.wrong(f"{key}: expected a whole number from 1 to {most}")
        return value

    def lines(self, key: str, most: int, *, least: int = 0) -> tuple[str, ...]:
        """Read different lines, in their order."""
        value = self._raw.get(key, [])
        good = isinstance(value, list) and all(_is_line(one, LONGEST_NAME) for one in value)
        found = tuple(one.strip() for one in value) if good else ()
        if not good or not least <= len(found) <= most or len(set(found)) < len(found):
            raise self.wrong(
                f"{key}: expected a list of {least} to {most} different names, one line each, as"
                ' ["One", "Two"]'
            )
        return found

    def tables(self, key: str, most: int) -> list[Any]:
        """Read the tables that lie inside."""
        value = self._raw.get(key, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.wrong(f"{key}: expected at most {most} tables")
        return value

    def _unknown(self, key: str, known: Collection[str]) -> Misdrawn:
        if not _is_line(key, LONGEST_NAME):
            return self.wrong(f"a key is unknown; known are {', '.join(known)}")
        near = difflib.get_close_matches(key, known, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        return self.wrong(f"{key} is unknown; {hint}")


def _is_line(value: Any, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= longest and value.isprintable()
