"""The choices of one start: flags win over the environment, the environment over the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from leaddesk.settings.address import (
    DEMO_SERVER,
    LIVE_SERVER,
    ServerAddress,
    SettingsError,
    SettingsFault,
    read_address,
)

if TYPE_CHECKING:
    from leaddesk.settings.managed.reading import Reading

T = TypeVar("T", bound=StrEnum)


class ThemeChoice(StrEnum):
    """Colours: the system's, or fixed."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


class Language(StrEnum):
    """Languages the client speaks; ``pseudo`` finds cut-off texts."""

    GERMAN = "de"
    ENGLISH = "en"
    PSEUDO = "pseudo"


_FLAGS = {
    "--server": "LEADDESK_SERVER",
    "--instance": "LEADDESK_INSTANCE",
    "--theme": "LEADDESK_THEME",
    "--language": "LEADDESK_LANGUAGE",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What one start was told. Nothing of it is ever written anywhere.

    ``language`` is ``None`` when nobody chose: the ui then follows the system.
    ``instance`` is the local name of the server on the rim and in the title bar. ``named``: the person said
    which server; else it is where one signs in for want of another. ``managed``: what this machine's
    administrators decided; flags and variables choose among what they allow.
    """

    server: ServerAddress
    instance: str
    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: Language | None = None
    named: bool = False
    managed: Reading | None = None


def read_settings(
    arguments: Sequence[str], environment: Mapping[str, str], managed: Reading | None = None
) -> Settings:
    """Read flags (``--server URL`` or ``--server=URL``) and variables.

    Raises :class:`SettingsError`, which names the flag and never its value.
    """
    given = {name: (value, name) for name in _FLAGS.values() if (value := environment.get(name, "").strip())}
    given |= {_FLAGS[flag]: (value, flag) for flag, value in _pairs(arguments)}
    address = _server(given, managed)
    return Settings(
        server=address,
        instance=_instance(given, address, managed),
        theme=_choice(ThemeChoice, given.get("LEADDESK_THEME")) or ThemeChoice.SYSTEM,
        language=_choice(Language, given.get("LEADDESK_LANGUAGE")),
        named="LEADDESK_SERVER" in given,
        managed=managed,
    )


def _pairs(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    rest = iter(arguments)
    for argument in rest:
        flag, equals, value = argument.partition("=")
        if flag not in _FLAGS:
            raise SettingsError(SettingsFault.UNKNOWN_FLAG, flag if flag.startswith("--") else "argument")
        if not equals:
            value = next(rest, "")
        if not value.strip():
            raise SettingsError(SettingsFault.UNKNOWN_VALUE, flag)
        yield flag, value.strip()


def _choice(kind: type[T], given: tuple[str, str] | None) -> T | None:
    if given is None:
        return None
    value, what = given
    try:
        return kind(value.lower())
    except ValueError:
        raise SettingsError(SettingsFault.UNKNOWN_VALUE, what) from None


def _server(given: Mapping[str, tuple[str, str]], managed: Reading | None) -> ServerAddress:
    """Return the server that was named, if it may be; else the machine's, else the live platform."""
    rules = managed.managed if managed is not None else None
    if "LEADDESK_SERVER" not in given and rules is not None and rules.default is not None:
        return rules.default.address
    value, what = given.get("LEADDESK_SERVER", (LIVE_SERVER, "--server"))
    address = read_address(value, what)
    if "LEADDESK_SERVER" in given and rules is not None and not rules.allows(address.url):
        raise SettingsError(SettingsFault.SERVER_NOT_ALLOWED, what)
    return address


def _instance(given: Mapping[str, tuple[str, str]], address: ServerAddress, managed: Reading | None) -> str:
    if "LEADDESK_INSTANCE" in given:
        name, what = given["LEADDESK_INSTANCE"]
        if len(name) > 40 or not name.isprintable():
            raise SettingsError(SettingsFault.UNKNOWN_VALUE, what)
        return name
    named = managed.managed.named(address.url) if managed is not None else None
    return named.name if named is not None else name_of(address)


def name_of(address: ServerAddress) -> str:
    """Return what a server is called that nobody gave a name: the platform's by their kind, else the host."""
    known = {LIVE_SERVER: "Live", DEMO_SERVER: "Demo"}
    return known.get(address.url) or address.url.partition("//")[2]
