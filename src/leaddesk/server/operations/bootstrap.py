"""The first tenant and its first admin, from a secret file an operator wrote for it (measure A11)."""

import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from leaddesk.personal.masked import Secret
from leaddesk.server.identity.choosing.rule import LONGEST as LONGEST_PASSWORD
from leaddesk.server.identity.choosing.rule import SHORTEST, Weakness, WeakPassword, check_password
from leaddesk.server.operations.settings import Misconfigured

BLUEPRINT, USUAL_BLUEPRINT = "blueprint", "de"
FIELDS = ("tenant", "name", "email", "password", "operator", "reason", "reference")
LONGEST = 200
WEAKNESSES = {
    Weakness.TOO_SHORT: f"expected at least {SHORTEST} characters",
    Weakness.TOO_LONG: f"expected at most {LONGEST_PASSWORD} characters",
    Weakness.NOT_TEXT: "expected one line of printable characters",
    Weakness.COMMON: "it is one of the most common ones; expected one that nobody else has",
    Weakness.GUESSABLE: "too much of it is names, runs or repetition; several unrelated words are better",
}
"""What an operator is told of a password that is not taken."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Who comes first, and on whose instruction; ``blueprint``: what the firm has to work with, as
    ``create-tenant`` takes it.
    """

    tenant: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    password: Secret
    operator: str
    reason: str
    reference: str
    blueprint: str = USUAL_BLUEPRINT


def read_bootstrap(file: Path) -> Bootstrap:
    """Read and check the file. Raises :class:`Misconfigured`; the text holds no value."""
    given = _parsed(file)
    for key in given:
        if key not in (*FIELDS, BLUEPRINT):
            raise Misconfigured(f"{file.name}: a key is unknown; expected only {', '.join(FIELDS)}")
    given = {BLUEPRINT: USUAL_BLUEPRINT, **given}
    for key in (*FIELDS, BLUEPRINT):
        value = given.get(key)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST or not value.isprintable():
            raise Misconfigured(f"{file.name}: {key}: expected one line of 1 to {LONGEST} characters")
    texts = {key: str(value).strip() for key, value in given.items()}
    if "@" not in texts["email"]:
        raise Misconfigured(f"{file.name}: email: expected an e-mail address")
    del texts["password"]
    first = Bootstrap(**texts, password=Secret(given["password"]))
    try:
        check_password(first.password, (first.tenant, first.name, first.email))
    except WeakPassword as weak:
        raise Misconfigured(f"{file.name}: password: {WEAKNESSES[weak.weakness]}") from None
    return first


def _parsed(file: Path) -> dict[str, str]:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise Misconfigured(f"{file.name}: expected to be readable by its owner alone (mode 600)")
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as failure:
        raise Misconfigured(f"{file.name}: cannot be read ({failure.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise Misconfigured(f"{file.name}: expected TOML in UTF-8") from None
