"""The configuration of a server: a TOML file, over it variables of the environment, checked to the last key.

What is wrong is one sentence that names the key and what is expected; the value is not repeated, for it may
be a secret. Secrets stand in files of their own or in the environment, never in arguments.
"""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leaddesk.server.operations.kinds import (
    DATABASE,
    EMAIL,
    HOST,
    NETWORKS,
    PATH,
    SCANNER,
    SEVERAL_PATHS,
    SWITCH,
    TWO_DATABASES,
    TWO_PATHS,
    URL,
    Kind,
    Network,
    Unexpected,
    choice,
    text,
    whole,
)
from leaddesk.server.operations.service.branding import BRAND_NAME, COLOUR, LOGO

PREFIX = "LEADDESK_"
LARGEST_FILE = 256 * 1024
DEMO_NAME = "demo"
MEMORY, POSTGRESQL = "memory", "postgresql"

OTHERS = frozenset({"LEADDESK_SERVER", "LEADDESK_INSTANCE", "LEADDESK_THEME", "LEADDESK_LANGUAGE"})
"""The client's variables; they may be set on the same machine."""

SECRETS = frozenset({"LEADDESK_MASTER_KEY"})
"""Variables that hold a secret itself; read where it is needed (server keys), never part of the settings."""


class Misconfigured(Exception):
    """The configuration cannot be used; the text names key and expectation, never a value."""


@dataclass(frozen=True, slots=True)
class Option:
    """One key: ``[section] key`` in the file, ``LEADDESK_SECTION_KEY`` in the environment."""

    section: str
    key: str
    kind: Kind
    default: Any
    meaning: str

    @property
    def name(self) -> str:
        """Name the key as the file has it."""
        return f"{self.section}.{self.key}"

    @property
    def variable(self) -> str:
        """Name the variable."""
        return f"{PREFIX}{self.section}_{self.key}".upper()


OPTIONS = (
    Option("instance", "name", text(60), None, "How this instance is called; people see it. Required"),
    Option("brand", "name", BRAND_NAME, None, "What clients call this instance instead of its host name"),
    Option("brand", "colour", COLOUR, None, "What they paint its edge with, made to stand out"),
    Option("brand", "logo", LOGO, None, "PNG they show beside it, at most 32 KiB and 512 pixels a side"),
    Option("server", "host", HOST, "127.0.0.1", "Address to listen on; beyond this machine only with TLS"),
    Option("server", "port", whole(0, 65_535), 8600, "Port to listen on; 0 lets the system choose"),
    Option("server", "certificate", PATH, None, "File with the TLS certificate and its chain (PEM)"),
    Option("server", "certificate_key", PATH, None, "File with its private key (PEM)"),
    Option("server", "behind_proxy", SWITCH, False, "A proxy on this machine ends TLS and tells who asks"),
    Option("server", "public_url", URL, None, "How the server is reached from outside, behind a proxy"),
    Option("server", "grace_seconds", whole(0, 300), 10, "How long running requests may take at the end"),
    Option(
        "server", "requests_per_key", whole(200, 100_000), 500, "Requests a second of a person or API key"
    ),
    Option(
        "server", "requests_per_network", whole(1, 100_000), 100, "Requests a second without a credential"
    ),
    Option("sign_in", "in_app_form", SWITCH, True, "The client may ask for e-mail and password itself"),
    Option("mail", "host", text(253), None, "Mail server (SMTP); without one no mail is sent"),
    Option("mail", "port", whole(1, 65_535), 587, "Its port"),
    Option("mail", "security", choice("starttls", "tls", "none"), "starttls", "none: on this machine only"),
    Option("mail", "user", text(200), None, "User name there"),
    Option("mail", "password_file", PATH, None, "File with the password, one line"),
    Option("mail", "sender", EMAIL, None, "Address letters are from"),
    Option("attachments", "scanner", SCANNER, None, "A clamd; without it files are let out unscanned"),
    Option("storage", "backend", choice(MEMORY, POSTGRESQL), MEMORY, "Where data lies; memory forgets it"),
    Option("storage", "database", text(1000), None, "Connection string of PostgreSQL, without a password"),
    Option("storage", "connections", whole(2, 200), 8, "Connections of one process to it, and its threads"),
    Option("keys", "mirrors", TWO_PATHS, None, "Two folders with the key store, best on two disks"),
    Option("keys", "databases", TWO_DATABASES, None, "Two PostgreSQL databases with the key store"),
    Option("keys", "epochs", SEVERAL_PATHS, None, "Two folders or more with the epoch key, in no backup"),
    Option("keys", "master_key_file", PATH, None, "File with the master key, instead of LEADDESK_MASTER_KEY"),
    Option("access_log", "database", PATH, None, "File of the access log; without it, in memory"),
    Option("access_log", "postgresql", DATABASE, None, "PostgreSQL database of the access log"),
    Option("access_log", "signing_key_file", PATH, None, "File with the key that signs segments"),
    Option("access_log", "sink", PATH, None, "File outside that signed segments are appended to"),
    Option("evidence", "exports", PATH, None, "Folder for exports of the history, on the signal USR1"),
    Option("operator", "socket", PATH, None, "Socket for orders such as `leaddesk server status`"),
    Option("access_log", "retention_months", whole(1, 120), 12, "Months whose pseudonyms can be resolved"),
    Option(
        "log", "level", choice("debug", "info", "warning", "error"), "info", "What the log holds at least"
    ),
    Option(
        "metrics",
        "allow",
        NETWORKS,
        (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")),
        "Networks that may read /metrics; for all others it is not there",
    ),
    Option("bootstrap", "file", PATH, None, "File with the first tenant and its first admin"),
)
_BY_NAME = {option.name: option for option in OPTIONS}
_BY_VARIABLE = {option.variable: option for option in OPTIONS}


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Checked values by ``section.key``; every option is there."""

    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def is_public(self) -> bool:
        """Tell whether other machines can reach the port."""
        return not ipaddress.ip_address(self["server.host"]).is_loopback

    @property
    def has_lasting_keys(self) -> bool:
        """Tell whether the keys outlive the process."""
        return self["keys.mirrors"] is not None or self["keys.databases"] is not None

    @property
    def networks_for_metrics(self) -> tuple[Network, ...]:
        """Return who may read the metrics."""
        networks: tuple[Network, ...] = self["metrics.allow"]
        return networks


def read_settings(file: Path, environment: Mapping[str, str]) -> ServerSettings:
    """Read and check everything. Raises :class:`Misconfigured`."""
    given = {**_from_file(file), **_from_environment(environment)}
    values: dict[str, Any] = {option.name: option.default for option in OPTIONS}
    for name, (where, value) in given.items():
        option = _BY_NAME[name]
        try:
            values[name] = option.kind.read(value)
        except (Unexpected, TypeError):
            raise Misconfigured(f"{where}: expected {option.kind.expected}") from None
    settings = ServerSettings(values)
    _check(settings, environment)
    return settings


def read_setting(name: str, file: Path, environment: Mapping[str, str]) -> Any:
    """Read one key as the server would; the others are not judged. Raises :class:`Misconfigured`."""
    option = _BY_NAME[name]
    where, value = option.variable, environment.get(option.variable)
    if value is None:
        where, value = _from_file(file).get(name, ("", None))
    try:
        return option.default if value is None else option.kind.read(value)
    except (Unexpected, TypeError):
        raise Misconfigured(f"{where}: expected {option.kind.expected}") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in OTHERS | SECRETS:
            continue
        if variable not in _BY_VARIABLE:
            raise Misconfigured(_unknown(variable, [*_BY_VARIABLE, *SECRETS]))
        found[_BY_VARIABLE[variable].name] = (variable, value)
    return found


def _from_file(file: Path) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    sections = {option.section for option in OPTIONS}
    for section, content in _parsed(file).items():
        if section not in sections or not isinstance(content, dict):
            raise Misconfigured(f"{file.name}: {_unknown(f'[{section}]', [f'[{one}]' for one in sections])}")
        for key, value in content.items():
            if f"{section}.{key}" not in _BY_NAME:
                known = [option.key for option in OPTIONS if option.section == section]
                raise Misconfigured(f"{file.name}: [{section}] {_unknown(key, known)}")
            found[f"{section}.{key}"] = (f"{file.name}: [{section}] {key}", value)
    return found


def _parsed(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
    except OSError as failure:
        raise Misconfigured(f"{file.name}: cannot be read ({failure.strerror})") from None
    if len(content) > LARGEST_FILE:
        raise Misconfigured(f"{file.name}: expected at most {LARGEST_FILE} bytes")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line \d+", str(error))
        raise Misconfigured(f"{file.name}: expected TOML{f'; see {place[0]}' if place else ''}") from None
    except (UnicodeDecodeError, RecursionError):
        raise Misconfigured(f"{file.name}: expected TOML in UTF-8") from None


def _unknown(name: str, known: list[str]) -> str:
    """Say that a key is unknown and which one may be meant; a name that is none is not repeated."""
    shown = name if re.fullmatch(r"[\w\[\].-]{1,60}", name) else "a key"
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"{shown} is unknown" + (f"; did you mean {near[0]}?" if near else "")


def _check(settings: ServerSettings, environment: Mapping[str, str]) -> None:
    """Check what depends on each other."""
    if settings["instance.name"] is None:
        raise Misconfigured("instance.name is missing: expected one line of 1 to 60 characters")
    if settings["instance.name"].casefold() == DEMO_NAME:
        raise Misconfigured("instance.name: expected a name of its own; only the demo is called so")
    _together(settings, "server.certificate", "server.certificate_key")
    _check_storage(settings)
    _check_mail(settings)
    _together(settings, "access_log.sink", "access_log.signing_key_file")
    if settings.is_public and settings["server.certificate"] is None:
        raise Misconfigured(
            "server.certificate is missing: expected, because server.host reaches beyond this machine"
        )
    lasting = settings["access_log.database"] is not None or settings["access_log.postgresql"] is not None
    if lasting and not settings.has_lasting_keys:
        raise Misconfigured(
            "keys.mirrors is missing: expected, because access_log.database outlives keys in memory"
        )
    has_master = settings["keys.master_key_file"] is not None or "LEADDESK_MASTER_KEY" in environment
    if settings.has_lasting_keys and not has_master:
        raise Misconfigured("keys.master_key_file is missing: expected, or LEADDESK_MASTER_KEY")


def _check_mail(settings: ServerSettings) -> None:
    if settings["mail.host"] is None:
        return
    for needed in ("mail.sender", "server.public_url"):
        if settings[needed] is None:
            raise Misconfigured(f"{needed} is missing: expected, because mail.host is set")
    _together(settings, "mail.user", "mail.password_file")
    if settings["mail.security"] == "none" and settings["mail.host"] not in ("127.0.0.1", "::1", "localhost"):
        raise Misconfigured("mail.security: expected starttls or tls, because mail.host is not this machine")


def _check_storage(settings: ServerSettings) -> None:
    is_lasting = settings["storage.backend"] == POSTGRESQL
    if is_lasting and settings["storage.database"] is None:
        raise Misconfigured("storage.database is missing: expected, because storage.backend is postgresql")
    if not is_lasting and settings["storage.database"] is not None:
        raise Misconfigured("storage.backend: expected postgresql, because storage.database is set")
    for one, other in (("keys.mirrors", "keys.databases"), ("access_log.database", "access_log.postgresql")):
        if settings[one] is not None and settings[other] is not None:
            raise Misconfigured(f"{other}: expected to be absent, because {one} is set")
    if is_lasting and not settings.has_lasting_keys:
        raise Misconfigured(
            "keys.mirrors is missing: expected, or keys.databases, because data outlives keys in memory"
        )
    _together(
        settings, "keys.mirrors" if settings["keys.databases"] is None else "keys.databases", "keys.epochs"
    )


def _together(settings: ServerSettings, one: str, other: str) -> None:
    for present, absent in ((one, other), (other, one)):
        if settings[present] is not None and settings[absent] is None:
            raise Misconfigured(f"{absent} is missing: expected, because {present} is set")
