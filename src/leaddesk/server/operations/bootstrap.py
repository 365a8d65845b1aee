"""The first tenant and its first admin, from a secret file an operator wrote for it (measure A11)."""

import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from leaddesk.personal.masked import Secret
from leaddesk.server.operations.settings import Misconfigured

FIELDS = ("tenant", "name", "email", "password", "operator", "reason", "reference")
SHORTEST_PASSWORD, LONGEST = 15, 200
"""NIST SP 800-63B-4: at least 15 characters where a password stands alone."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Who comes first, and on whose instruction."""

    tenant: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    password: Secret
    operator: str
    reason: str
    reference: str


def read_bootstrap(file: Path) -> Bootstrap:
    """Read and check the file. Raises :class:`Misconfigured`; the text holds no value."""
    given = _parsed(file)
    for key in given:
        if key not in FIELDS:
            raise Misconfigured(f"{file.name}: a key is unknown; expected only {', '.join(FIELDS)}")
    for key in FIELDS:
        value = given.get(key)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST or not value.isprintable():
            raise Misconfigured(f"{file.name}: {key}: expected one line of 1 to {LONGEST} characters")
    texts = {key: str(given[key]).strip() for key in FIELDS}
    if "@" not in texts["email"]:
        raise Misconfigured(f"{file.name}: email: expected an e-mail address")
    if len(given["password"]) < SHORTEST_PASSWORD:
        raise Misconfigured(f"{file.name}: password: expected at least {SHORTEST_PASSWORD} characters")
    del texts["password"]
    return Bootstrap(**texts, password=Secret(given["password"]))


def _parsed(file: Path) -> dict[str, str]:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise Misconfigured(f"{file.name}: expected to be readable by its owner alone (mode 600)")
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as failure:
        raise Misconfigured(f"{file.name}: cannot be read ({failure.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Misconfigured(f"{file.name}: expected TOML in UTF-8") from None
