"""Base backups, the archive, a restore to a moment and its drill, on real PostgreSQLs as an ordinary user."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from leaddesk.server.archive.command import run_verification
from leaddesk.server.installation.command import run_installation
from leaddesk.server.installation.databases import Database, databases_of
from leaddesk.server.installation.dumps import NotDone
from leaddesk.server.installation.making import init
from leaddesk.server.installation.physical.base import Shelf, back_up
from leaddesk.server.installation.physical.drill import Drill, drill
from leaddesk.server.installation.physical.moment import Wanted, bring_back
from leaddesk.server.installation.physical.programs import Programs
from leaddesk.server.operations.settings import read_settings
from tests.server.installation.test_installation import NAMES, Site, key
from tests.server.operations.test_configured import running, signed_in
from tests.support import postgres
from tests.support.archiver import archiving_cluster
from tests.support.postgres import Cluster

ADMIN = "user=tests"
PATIENCE = 60.0
WHOLE = "as it was written and signed: 1 tenants"
ARCHIVED = "archives its write-ahead log"


@pytest.fixture
def own() -> Iterator[tuple[Cluster, Path]]:
    """A durable PostgreSQL that archives, and its archive."""
    with archiving_cluster() as found:
        yield found


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("LEADDESK_")]:
        monkeypatch.delenv(name)


class Halls(Site):
    """A machine whose keys lie in a PostgreSQL of their own, if they do; asked in this process."""

    def __init__(self, own: Cluster, keys: Cluster, folder: Path, out: pytest.CaptureFixture[str]) -> None:
        super().__init__(own, folder)
        self.keys = keys
        self._out = out

    def more(self, names: tuple[str, ...] = NAMES) -> str:
        """Name the keys' databases where they are."""
        said = super().more(names)
        for name in names[2:]:
            said = said.replace(self.own.place(name), self.keys.place(name))
        return said

    @property
    def config(self) -> Path:
        """Write the configuration as it is now."""
        file = self.folder / "admin.toml"
        file.write_text(f'[instance]\nname = "Nordwind"\n{self.more()}')
        return file

    def databases(self) -> list[Database]:
        """List them."""
        return databases_of(read_settings(self.config, {}))

    def told(self, *words: str) -> tuple[int, str]:
        """Have something done to the databases; the exit code, and what was said."""
        code = run_installation([words[0], "--config", str(self.config), "--admin", ADMIN, *words[1:]])
        return code, "".join(self._out.readouterr())

    def verified(self, *words: str) -> tuple[int, str]:
        """Have the databases checked."""
        code = run_verification(["--config", str(self.config), *words])
        return code, "".join(self._out.readouterr())

    def backed_up(self, shelf: Shelf) -> list[str]:
        """Make a base backup."""
        return list(back_up(self.databases(), ADMIN, shelf, programs()))

    def worked(self, name: str) -> list[str]:
        """Serve, change something, end: at the end everything is signed. Returns what was there before."""
        with running(self.folder, self.more()) as (server, url):
            with closing(signed_in(url)) as admin:
                known = [one["name"] for one in admin.get("/api-keys").json()]
                body = {"name": name, "rights": ["lead.read"]}
                answer = admin.post("/api-keys", json=body, headers=key())
                assert answer.status_code == 201, answer.text
            server.terminate()
            assert server.wait(PATIENCE) == 0
        return known


def programs() -> Programs:
    """PostgreSQL's programs as the user that runs the servers."""
    return Programs(postgres._surroundings())


def shelf_of(own: Cluster, archive: Path) -> Shelf:
    folder = own.folder / "base"
    folder.mkdir()
    own.own_all()
    return Shelf(folder, archive)


def archived(own: Cluster, archive: Path) -> None:
    with psycopg.connect(own.conninfo(), autocommit=True) as admin:
        ((last,),) = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
    until, waiting = time.monotonic() + PATIENCE, threading.Event()
    while not (archive / last).exists():
        assert time.monotonic() < until
        waiting.wait(0.05)


def test_a_moment_comes_back_and_is_verified(
    own: tuple[Cluster, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, archive = own
    with postgres.cluster(prepared=False) as keys:
        halls = Halls(data, keys, tmp_path, capsys)
        assert halls.told("init")[0] == 0
        shelf = shelf_of(data, archive)
        halls.worked("before")
        told = "\n".join(halls.backed_up(shelf))
        assert "access: in it" in told and told.count("keys are never archived") == 2
        moment = datetime.now(UTC)
        halls.worked("after")
        archived(data, archive)
        assert WHOLE in halls.verified()[1]

        wanted = Wanted(shelf, data.folder / "scratch", moment)
        settings = read_settings(halls.config, {})
        told = "\n".join(drill(Drill(halls.config, settings, halls.databases(), ADMIN), wanted, programs()))
        assert f"lost will be: everything after {moment:%Y-%m-%dT%H:%M}" in told
        assert "whole up to the head of event" in told and "lost with the restore" in told
        assert WHOLE in told and "the drill took" in told
        assert not wanted.into.exists()

        again = Cluster(data.folder / "again", {})
        again.folder.mkdir()
        data.own_all()
        wanted = replace(wanted, into=again.folder / "data")
        list(bring_back(wanted, programs()))
        with pytest.raises(NotDone, match="not empty"):
            list(bring_back(wanted, programs()))
        data.own_all()
        data.stop()
        again.start()
        try:
            again.wait_until_writable()
            halls.own = again
            _works_on(halls, moment)
            with pytest.raises(NotDone, match="archive_mode is off"):
                halls.backed_up(shelf)
        finally:
            again.stop()


def _works_on(halls: Halls, moment: datetime) -> None:
    """Verify what came back, put the restore on record, serve, verify, change."""
    code, said = halls.verified()
    assert code == 1 and "cut off" in said, said
    code, said = halls.verified("--restored-to", moment.isoformat(), "--on-record")
    assert code == 0 and "lost with the restore" in said, said
    assert halls.worked("new") == ["before"]
    code, said = halls.verified()
    assert code == 0 and WHOLE in said, said
    with psycopg.connect(halls.own.conninfo("leads")) as owner:
        owner.execute("DELETE FROM event WHERE position = (SELECT MAX(position) FROM event)")
    code, said = halls.verified()
    assert code == 1 and "missing or out of order" in said, said


def test_keys_in_an_archived_postgresql_are_refused_by_everything(
    own: tuple[Cluster, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    halls = Halls(own[0], own[0], tmp_path, capsys)
    for words in (["init"], ["migrate"], ["backup", "--to", str(tmp_path / "dumps")]):
        code, said = halls.told(*words)
        assert code == 1 and ARCHIVED in said, (words, said)
    list(init(halls.databases(), ADMIN))  # as if the archive had been switched on afterwards
    with pytest.raises(AssertionError, match="without archive_mode"), running(tmp_path, halls.more()):
        pass
    with pytest.raises(NotDone, match="the same PostgreSQL"):
        halls.backed_up(shelf_of(*own))
