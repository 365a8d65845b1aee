"""What operators install agrees with the server and with itself; the guide names what there is."""

from __future__ import annotations

import re
import shlex
import stat
import tomllib
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from leaddesk.server.eventlog.postgres import walls
from leaddesk.server.installation.databases import databases_of
from leaddesk.server.keys.custody import postgres as custody
from leaddesk.server.operations.settings import OPTIONS, ServerSettings, read_settings
from leaddesk.server.oversight.postgres import storage as accesses
from leaddesk.server.process import IDLE_SECONDS_OF_A_PROXY

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = ROOT / "packaging" / "server"
GUIDE = (ROOT / "docs" / "operator-guide.md").read_text("utf-8")
UNIT = (SHIPPED / "leaddesk@.service").read_text("utf-8")
NGINX = (SHIPPED / "nginx.conf").read_text("utf-8")


def settings() -> ServerSettings:
    """The shipped configuration with what the unit sets for process 1."""
    given = dict(re.findall(r"^Environment=(LEADDESK_\w+)=(.+)$", UNIT, re.MULTILINE))
    assert len(given) == 4
    credentials = "/run/credentials/leaddesk@1.service"
    filled = {name: text.replace("%i", "1").replace("%d", credentials) for name, text in given.items()}
    return read_settings(SHIPPED / "server.toml", filled)


def test_the_shipped_configuration_is_accepted_with_what_the_unit_sets() -> None:
    found = settings()
    assert found["server.port"] == 8601 and found["server.behind_proxy"]
    assert str(found["operator.socket"]) == "/run/leaddesk-1/operator.sock"
    credentials = re.findall(r"^LoadCredential=([\w.]+):(.+)$", UNIT, re.MULTILINE)
    written = tomllib.loads((SHIPPED / "server.toml").read_text("utf-8"))
    assert dict(credentials) == {
        found["keys.master_key_file"].name: written["keys"]["master_key_file"],
        found["access_log.signing_key_file"].name: written["access_log"]["signing_key_file"],
    }
    stop = re.findall(r"TimeoutStopSec=(\d+)", UNIT)
    assert int(stop[0]) > found["server.grace_seconds"] + 20


def test_postgresql_lets_every_role_in_that_signs_in_and_into_every_database() -> None:
    roles = {**_logins(walls._ROLES), **_logins(custody.ROLES), **_logins(accesses.ROLES)}
    lines = [line.split() for line in (SHIPPED / "pg_ident.conf").read_text("utf-8").splitlines()]
    mapped = {words[2] for words in lines if words[:2] == ["leaddesk", "leaddesk"]}
    assert mapped == set(roles)
    rules = [line.split() for line in (SHIPPED / "pg_hba.conf").read_text("utf-8").splitlines()]
    named = {frozenset(words[1].split(",")) for words in rules if words and words[0] != "#"}
    databases = frozenset(one.dbname for one in databases_of(settings()))
    assert named == {databases}
    ports = {conninfo_to_dict(one.place)["port"] for one in databases_of(settings())}
    assert ports == {"5432", *re.findall(r"pg_createcluster \d+ \S+ --port (\d+)", GUIDE)}


def _logins(roles: dict[str, str]) -> dict[str, str]:
    return {name: words for name, words in roles.items() if words == "LOGIN"}


def test_the_proxy_asks_where_the_units_listen_and_lets_connections_go_first() -> None:
    ports = re.findall(r"server 127\.0\.0\.1:(\d+)", NGINX)
    assert ports == [
        f"860{number}"
        for number in re.findall(r"enable --now leaddesk.target leaddesk@(\d) leaddesk@(\d)", GUIDE)[0]
    ]
    (idle,) = re.findall(r"keepalive_timeout (\d+)s", NGINX)
    assert int(idle) < IDLE_SECONDS_OF_A_PROXY


def test_every_file_that_the_guide_installs_is_shipped_and_none_is_left_out() -> None:
    here = {path.name for path in SHIPPED.iterdir()}
    wanted = set(re.findall(r"packaging/server/([\w@.-]+)", GUIDE))
    for line in re.findall(r"^install -m \d+ (.+) \S+$", GUIDE, re.MULTILINE):
        wanted |= {Path(word).name for word in shlex.split(line)}
    assert here - wanted == set(NOT_IN_THE_GUIDE)
    assert wanted - here == set()
    assert stat.S_IMODE((SHIPPED / "rolling-restart").stat().st_mode) & 0o111


NOT_IN_THE_GUIDE = ("Containerfile",)
"""The other way to run it: docs/operations.md."""


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_setting_is_in_the_documentation(option: object) -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert f"`{option.name}` | `{option.variable}`" in text  # type: ignore[attr-defined]
