"""A configured server on PostgreSQL: what is wrong with the database is one sentence, without a value."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from leaddesk.server.configured import NotServing, build_configured
from leaddesk.server.eventlog.postgres.walls import APPLICATION, OWNER
from leaddesk.server.operations.settings import Misconfigured, read_settings
from tests.server.operations.test_settings import CANARY, written
from tests.support.postgres import Cluster
from tests.support.processes import configuration


@pytest.fixture
def database(cluster: Cluster) -> Iterator[str]:
    name = cluster.database()
    yield name
    cluster.take_back(name)


def opened(tmp_path: Path, cluster: Cluster, conninfo: str) -> list[str]:
    """Open what is configured; gives the tenants that are there."""
    file = tmp_path / "server.toml"
    if not file.exists():
        first = written(tmp_path / "first.toml")
        file.write_text(configuration(tmp_path, "{}", cluster.key_stores(), first))
    text = file.read_text().replace('"{}"', f'"{conninfo}"')
    (tmp_path / "now.toml").write_text(text)
    services = build_configured(read_settings(tmp_path / "now.toml", {}), {})
    tenants = [services.identity.people.tenant(scope.tenant).name for scope in services.office.log.scopes()]
    services.identity.close()
    services.office.log._storage.close()
    services.office.log.keys.store.close()  # type: ignore[attr-defined]
    services.access_log.storage.close()
    return tenants


def test_who_came_first_is_there_again_and_once(tmp_path: Path, cluster: Cluster, database: str) -> None:
    conninfo = cluster.conninfo(database, APPLICATION)
    first = opened(tmp_path, cluster, conninfo)
    assert len(first) == 1 and opened(tmp_path, cluster, conninfo) == first


def test_another_key_store_opens_nothing_and_enters_nobody(
    tmp_path: Path, cluster: Cluster, database: str
) -> None:
    conninfo = cluster.conninfo(database, APPLICATION)
    opened(tmp_path, cluster, conninfo)
    (tmp_path / "master.key").write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    with pytest.raises(Misconfigured, match="expected the key that"):
        opened(tmp_path, cluster, conninfo)


@pytest.mark.parametrize(
    ("conninfo", "kind", "said"),
    [
        (f"host=/nowhere dbname={CANARY}", NotServing, "cannot be reached"),
        (f"host=x password={CANARY}", Misconfigured, "expected no password in it"),
        (f"postgresql://ada:{CANARY}@x/y", Misconfigured, "expected no password in it"),
        (f"{CANARY} = = x", Misconfigured, "expected a connection string"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, cluster: Cluster, conninfo: str, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        opened(tmp_path, cluster, conninfo)
    assert str(caught.value).startswith("storage.database: ") and CANARY not in str(caught.value)
    assert caught.value.__suppress_context__ and "\n" not in str(caught.value)


def test_a_role_that_walls_do_not_bind_is_refused(tmp_path: Path, cluster: Cluster, database: str) -> None:
    with pytest.raises(NotServing, match="leaddesk_app"):
        opened(tmp_path, cluster, cluster.conninfo(database))


def test_a_database_that_nobody_migrated_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    with psycopg.connect(cluster.conninfo(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE bare OWNER {OWNER}".encode())
        try:
            with pytest.raises(NotServing, match="migrate"):
                opened(tmp_path, cluster, cluster.conninfo("bare", APPLICATION))
        finally:
            admin.execute("DROP DATABASE bare WITH (FORCE)")
