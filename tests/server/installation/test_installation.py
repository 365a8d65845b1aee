"""A configured server on PostgreSQL as an operator makes it: init, run, migrate, backup, restore."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest

from leaddesk.server.eventlog.postgres.walls import APPLICATION
from tests.server.operations.test_configured import in_files, outside, running, signed_in
from tests.support import postgres
from tests.support.postgres import Cluster
from tests.support.trade import new_id
from tests.support.typed import typed_here

NAMES = ("leads", "accesses", "keys_one", "keys_two")


@pytest.fixture
def bare() -> Iterator[Cluster]:
    """A PostgreSQL that knows nothing of us."""
    with postgres.cluster(prepared=False) as running_bare:
        yield running_bare


def places(own: Cluster, names: tuple[str, ...] = NAMES) -> str:
    """Where things lie, as the configuration says it."""
    data, accesses, one, other = (own.place(name) for name in names)
    return f"""
[storage]
backend = "postgresql"
database = "{data}"
[keys]
databases = ["{one}", "{other}"]
epochs = [EPOCHS]
master_key_file = MASTER
[access_log]
postgresql = "{accesses}"
"""


class Site:
    """One machine: its files, its PostgreSQL."""

    def __init__(self, own: Cluster, folder: Path) -> None:
        self.own, self.folder = own, folder
        self._files = in_files(folder)

    def more(self, names: tuple[str, ...] = NAMES) -> str:
        folder = self.folder
        said = places(self.own, names).replace("EPOCHS", f'"{folder}/e1", "{folder}/e2"')
        said = said.replace("MASTER", f'"{folder}/master.key"')
        said += f'signing_key_file = "{folder}/signing.key"\nsink = "{folder}/sink.jsonl"\n'
        return said + f'[bootstrap]\nfile = "{folder}/first.toml"\n'

    def asked(self, *words: str, names: tuple[str, ...] = NAMES) -> subprocess.CompletedProcess[str]:
        return typed_here(self.folder, self._surroundings(), "server", *self._words(words, names))

    def asked_outside(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Ask in a process of its own."""
        command = [sys.executable, "-m", "leaddesk", "server", *self._words(words, NAMES)]
        surroundings = self._surroundings()
        return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)

    def _words(self, words: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
        config = self.folder / "admin.toml"
        config.write_text(f'[instance]\nname = "Nordwind"\n{self.more(names)}')
        return [words[0], "--config", str(config), *words[1:], "--admin", "user=tests"]

    def _surroundings(self) -> dict[str, str]:
        return outside() | {"PATH": f"{postgres.programs()}:{outside()['PATH']}"}

    def done(self, *words: str, names: tuple[str, ...] = NAMES) -> list[str]:
        done = self.asked(*words, names=names)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()


@pytest.fixture
def site(bare: Cluster, tmp_path: Path) -> Site:
    return Site(bare, tmp_path)


def tenant_of(client: httpx.Client) -> str:
    return str(client.get("/me").json()["tenant"]["tenantId"])


def test_init_makes_everything_says_so_and_a_second_time_nothing(site: Site) -> None:
    made = site.asked_outside("init")
    assert made.returncode == 0, made.stderr
    first = made.stdout.splitlines()
    assert [line.partition(":")[0] for line in first] == ["data", "access", "keys-1", "keys-2"]
    assert "made role leaddesk_app" in first[0] and "made database leads" in first[0]
    assert "made role leaddesk_keeper" in first[2] and "made role" not in first[3]
    assert [line.partition(": ")[2] for line in site.done("init")] == ["as it should be"] * 4
    assert [line.partition(": ")[2] for line in site.done("migrate")] == ["as it should be"] * 4


def test_what_one_process_was_told_the_next_one_knows(site: Site) -> None:
    site.done("init")
    with running(site.folder, site.more()) as (_, url), closing(signed_in(url)) as admin:
        tenant = tenant_of(admin)
        answer = admin.post("/api-keys", json={"name": "x", "rights": ["lead.read"]}, headers=key())
        assert answer.status_code == 201, answer.text
        with running(site.folder, site.more()) as (_, other), closing(signed_in(other)) as beside:
            assert tenant_of(beside) == tenant
            assert [one["name"] for one in beside.get("/api-keys").json()] == ["x"]
    with running(site.folder, site.more()) as (_, url), closing(signed_in(url)) as admin:
        assert [one["name"] for one in admin.get("/api-keys").json()] == ["x"]
        assert httpx.get(f"{url}/readyz", timeout=60).status_code == 200


def key() -> dict[str, str]:
    return {"idempotency-key": new_id()}


def test_before_init_the_server_says_what_is_missing(site: Site) -> None:
    with pytest.raises(AssertionError, match="cannot be reached"), running(site.folder, site.more()):
        pass


def test_a_newer_database_is_refused_by_migrate_and_run(site: Site) -> None:
    site.done("init")
    with psycopg.connect(site.own.conninfo("leads")) as admin:
        admin.execute("UPDATE instance SET version = version + 1")
    refused = site.asked("migrate")
    assert refused.returncode == 1 and "newer version" in refused.stderr
    with pytest.raises(AssertionError, match="server migrate"), running(site.folder, site.more()):
        pass


def test_databases_that_were_mistaken_for_each_other_are_refused(site: Site) -> None:
    site.done("init")
    mixed = site.asked("migrate", names=("accesses", "leads", "keys_one", "keys_two"))
    assert (mixed.returncode == 1 and "permission denied" in mixed.stderr) or "another kind" in mixed.stderr


def test_a_backup_fills_an_empty_site_and_writes_over_nothing(site: Site, tmp_path: Path) -> None:
    site.done("init")
    with running(site.folder, site.more()) as (_, url), closing(signed_in(url)) as admin:
        tenant = tenant_of(admin)
        admin.post("/api-keys", json={"name": "x", "rights": ["lead.read"]}, headers=key())
    data, keys = tmp_path / "dumps", tmp_path / "dumps-of-keys"
    told = site.done("backup", "--to", str(data), "--keys-to", str(keys))
    assert len(told) == 4
    (at,), (keys_at,) = list(data.iterdir()), list(keys.iterdir())
    assert sorted(file.name for file in at.iterdir()) == ["access.dump", "data.dump"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in (*at.iterdir(), *keys_at.iterdir()))
    over = site.asked("restore", "--from", str(at))
    assert over.returncode == 1 and "not empty" in over.stderr
    names = ("leads2", "accesses2", "keys_one2", "keys_two2")
    site.done("restore", "--from", str(at), "--keys-from", str(keys_at), names=names)
    with running(site.folder, site.more(names)) as (_, url), closing(signed_in(url)) as admin:
        assert tenant_of(admin) == tenant
        assert [one["name"] for one in admin.get("/api-keys").json()] == ["x"]
    with psycopg.connect(site.own.conninfo("leads2", APPLICATION)) as application:
        assert application.execute("SELECT * FROM event").fetchall() == []


def test_keys_are_not_dumped_beside_data_and_only_if_asked_for(site: Site, tmp_path: Path) -> None:
    site.done("init")
    same = site.asked("backup", "--to", str(tmp_path / "d"), "--keys-to", str(tmp_path / "d"))
    assert same.returncode == 1 and "another folder" in same.stderr
    told = site.done("backup", "--to", str(tmp_path / "d"))
    assert sum("not dumped" in line for line in told) == 2
    old = tmp_path / "k" / "leaddesk-20200101T000000Z"
    old.mkdir(parents=True)
    told = site.done("backup", "--to", str(tmp_path / "d"), "--keys-to", str(old.parent))
    assert any("removed" in line for line in told)
    assert not old.exists()
