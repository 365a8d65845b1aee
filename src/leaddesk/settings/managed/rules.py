"""What managed settings can say, and that it is said rightly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from leaddesk.settings.address import LIVE_SERVER, ServerAddress, SettingsError, read_address

T = TypeVar("T")

NAME_CAP, MOST_INSTANCES, MOST_DOMAINS = 40, 50, 50
LONGEST_IDLE = 240
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_PROXY = re.compile(r"direct|https?://[A-Za-z0-9._\[\]:-]+/?")
_HOST = re.compile(r"[A-Za-z0-9.*_:/\[\]-]{1,253}")


class Fault(StrEnum):
    """Why managed settings do not count; the values are the ends of the doctor's and the page's keys."""

    UNREADABLE = "unreadable"
    NOT_OURS = "not-ours"
    TOO_LARGE = "too-large"
    MALFORMED = "malformed"
    WRONG = "wrong"


class ManagedFault(Exception):
    """Managed settings that cannot be used. ``key`` names what is wrong in them, never its value."""

    def __init__(self, fault: Fault, key: str = "") -> None:
        super().__init__(f"{fault}: {key}")
        self.fault, self.key = fault, key


@dataclass(frozen=True, slots=True)
class ManagedInstance:
    """A server by the name people know it by, and whose e-mail addresses belong to it."""

    name: str
    address: ServerAddress
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Managed:
    """What counts on this machine. Without managed settings everything is as here.

    ``typed``: whether a person may type an address. ``idle_minutes``: the longest wait before the lock,
    whatever a tenant's policy allows. ``proxy``: an address, or ``direct``; ``exempt`` hosts need none.
    ``ca_file``: certificates of the company's own authorities, beside the system's.
    """

    instances: tuple[ManagedInstance, ...] = ()
    default: ManagedInstance | None = None
    typed: bool = True
    idle_minutes: int | None = None
    proxy: str | None = None
    exempt: tuple[str, ...] = ()
    ca_file: str | None = None

    def instance_for(self, email: str) -> ManagedInstance | None:
        """Return the instance an e-mail address belongs to."""
        domain = email.strip().rpartition("@")[2].lower()
        return next((one for one in self.instances if domain and domain in one.domains), None)

    def named(self, address: str) -> ManagedInstance | None:
        """Return the instance at a server."""
        return next((one for one in self.instances if one.address.url == address), None)

    def allows(self, address: str) -> bool:
        """Tell whether somebody may sign in at a server; where none is listed, at the live platform."""
        if self.typed or self.named(address) is not None:
            return True
        return not self.instances and address == LIVE_SERVER


def understood(said: Mapping[str, object]) -> Managed:
    """Check every key and value. Raises :class:`ManagedFault` naming the first that is wrong.

    Keys nobody knows are wrong too: a rule with a typing error would else be no rule, and nobody would see.
    """
    unknown = set(said) - _KEYS
    if unknown:
        raise ManagedFault(Fault.WRONG, _shown(min(unknown)))
    instances = tuple(_instance(one) for one in _tables(said.get("instance")))
    _check_once(instances)
    return Managed(
        instances=instances,
        default=_default(said.get("default-instance"), instances),
        typed=_one(said, "typed-instances", bool, True),
        idle_minutes=_idle(said.get("idle-lock-minutes")),
        proxy=_proxy(said.get("proxy")),
        exempt=_words(said.get("no-proxy"), "no-proxy", _HOST, MOST_DOMAINS),
        ca_file=_path(said.get("ca-file")),
    )


_KEYS = {
    *("instance", "default-instance", "typed-instances", "idle-lock-minutes"),
    *("proxy", "no-proxy", "ca-file"),
}
_INSTANCE_KEYS = {"name", "server", "domains"}


def _instance(said: Mapping[str, object]) -> ManagedInstance:
    unknown = set(said) - _INSTANCE_KEYS
    if unknown:
        raise ManagedFault(Fault.WRONG, f"instance.{_shown(min(unknown))}")
    name, server = said.get("name"), said.get("server")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_CAP or not name.isprintable():
        raise ManagedFault(Fault.WRONG, "instance.name")
    try:
        address = read_address(server if isinstance(server, str) else "", "instance.server")
    except SettingsError as wrong:
        raise ManagedFault(Fault.WRONG, wrong.what) from None
    return ManagedInstance(name.strip(), address, _words(said.get("domains"), "instance.domains", _DOMAIN))


def _check_once(instances: tuple[ManagedInstance, ...]) -> None:
    """A domain or server that stands twice would be decided by chance."""
    domains = [domain for one in instances for domain in one.domains]
    servers = [one.address.url for one in instances]
    names = [one.name for one in instances]
    for key, found in (("instance.domains", domains), ("instance.server", servers), ("instance.name", names)):
        if len(set(found)) < len(found):
            raise ManagedFault(Fault.WRONG, key)


def _default(said: object, instances: tuple[ManagedInstance, ...]) -> ManagedInstance | None:
    if said is None:
        return instances[0] if len(instances) == 1 else None
    found = next((one for one in instances if one.name == said), None)
    if found is None:
        raise ManagedFault(Fault.WRONG, "default-instance")
    return found


def _idle(said: object) -> int | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int) or not 1 <= said <= LONGEST_IDLE:
        raise ManagedFault(Fault.WRONG, "idle-lock-minutes")
    return said


def _proxy(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or _PROXY.fullmatch(said) is None:
        raise ManagedFault(Fault.WRONG, "proxy")
    return said


def _path(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str) or not said.isprintable() or len(said) > 1_000 or not said.strip():
        raise ManagedFault(Fault.WRONG, "ca-file")
    return said


def _one(said: Mapping[str, object], key: str, kind: type[T], otherwise: T) -> T:
    value = said.get(key, otherwise)
    if not isinstance(value, kind):
        raise ManagedFault(Fault.WRONG, key)
    return value


def _words(said: object, key: str, form: re.Pattern[str], most: int = MOST_DOMAINS) -> tuple[str, ...]:
    if said is None:
        return ()
    if not isinstance(said, list) or len(said) > most:
        raise ManagedFault(Fault.WRONG, key)
    words = tuple(word.strip().lower() if isinstance(word, str) else "" for word in said)
    if not all(form.fullmatch(word) for word in words):
        raise ManagedFault(Fault.WRONG, key)
    return words


def _tables(said: object) -> list[Mapping[str, object]]:
    if said is None:
        return []
    if (
        not isinstance(said, list)
        or len(said) > MOST_INSTANCES
        or not all(isinstance(one, dict) for one in said)
    ):
        raise ManagedFault(Fault.WRONG, "instance")
    return said


def _shown(key: str) -> str:
    """Return a key for a sentence: a word that somebody wrote wrongly, and nothing longer."""
    return key[:40] if key.isprintable() and key.isascii() else "?"
