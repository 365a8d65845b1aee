"""A server as an operator installs it, on a PostgreSQL of the benchmark's own that is as durable as theirs.

Four databases (data, two of the key store, access log), any number of server processes, one tenant with an
admin. Everything lies in a temporary folder and goes with it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg

from leaddesk.contract.ids import TenantId
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.keys.custody import postgres as custody
from leaddesk.server.keys.envelope import Envelope
from leaddesk.server.operations.opening import open_keys
from leaddesk.server.operations.settings import read_settings
from leaddesk.server.oversight.postgres import storage as accesses
from tests.support.folders import short_folder
from tests.support.postgres import ACCESS_TEMPLATE, KEYS_TEMPLATE, TEMPLATE, Cluster, cluster
from tests.support.processes import Running, Tokens

DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "120",
}
"""Nothing acknowledged is lost by a crash; buffers as on a machine of 4 GB and more, all else as shipped."""

EMAIL, PASSWORD = "ada.lund@nordwind.example", "four words nobody has written"
_FIRST = f"""
tenant = "Nordwind AG"
name = "Ada Lund"
email = "{EMAIL}"
password = "{PASSWORD}"
operator = "benchmark"
reason = "what is measured"
reference = "P-11"
"""


@dataclass
class Installation:
    """Databases and folders, and what of them this process has open."""

    cluster: Cluster
    folder: Path
    names: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> str:
        """Write down what all server processes share."""
        one, two = (f'"{self.cluster.place(self.names[name])}"' for name in ("keys-1", "keys-2"))
        return f"""
[instance]
name = "Nordwind"
[server]
port = 0
requests_per_key = 100000
requests_per_network = 100000
[storage]
backend = "postgresql"
database = "{self.cluster.place(self.names["data"])}"
[keys]
databases = [{one}, {two}]
epochs = ["{self.folder}/e1", "{self.folder}/e2"]
master_key_file = "{self.folder}/master.key"
[access_log]
postgresql = "{self.cluster.place(self.names["access"])}"
[bootstrap]
file = "{self.folder}/first.toml"
"""

    def prepare(self) -> None:
        """Make the databases, and the files an operator makes."""
        made = {"data": TEMPLATE, "keys-1": KEYS_TEMPLATE, "keys-2": KEYS_TEMPLATE, "access": ACCESS_TEMPLATE}
        owners = {TEMPLATE: "leaddesk_owner", KEYS_TEMPLATE: custody.OWNER, ACCESS_TEMPLATE: accesses.OWNER}
        for name, template in made.items():
            self.names[name] = self.cluster.copy_of(template, owners[template])
        for name in ("e1", "e2"):
            (self.folder / name).mkdir()
        for name, text in (
            ("master.key", base64.b64encode(secrets.token_bytes(32)).decode()),
            ("first.toml", _FIRST),
            ("server.toml", self.config),
        ):
            (self.folder / name).touch(0o600)
            (self.folder / name).write_text(text)

    def conninfo(self, name: str = "data", user: str = APPLICATION) -> str:
        """How to reach one of the databases as somebody."""
        return self.cluster.conninfo(self.names[name], user)

    def admin(self, name: str = "data") -> psycopg.Connection[tuple[object, ...]]:
        """Connect as who may do everything."""
        return psycopg.connect(self.cluster.conninfo(self.names[name]), autocommit=True)

    @cached_property
    def keys(self) -> Envelope:
        """Open the key store here."""
        return open_keys(read_settings(self.folder / "server.toml", {}), {})

    @cached_property
    def log(self) -> EventLog:
        """Open the log here."""
        return EventLog(PostgresStorage(self.conninfo()), self.keys)

    @contextmanager
    def servers(self, count: int = 1) -> Iterator[list[Running]]:
        """Run server processes."""
        running: list[Running] = []
        try:
            running += [Running(self.folder, self.config) for _ in range(count)]
            yield [one.ready() for one in running]
        finally:
            for one in running:
                if one.process.poll() is None:
                    one.kill()

    def settle(self) -> None:
        """Bring statistics up to date and the write-ahead log to an end, as a quiet minute does."""
        for name in self.names:
            with self.admin(name) as admin:
                admin.execute("VACUUM ANALYZE")
        with self.admin() as admin:
            admin.execute("CHECKPOINT")


@contextmanager
def installation(**settings: str) -> Iterator[Installation]:
    """An installation for as long as it is needed."""
    with cluster(**{**DURABLE, **settings}) as own, short_folder("bench-") as folder:
        made = Installation(own, folder)
        made.prepare()
        yield made
        if "log" in made.__dict__:
            made.log.threads.close()
            made.log._storage.close()
        if "keys" in made.__dict__:
            made.keys.store.close()


def signed_in(server: Running) -> tuple[Tokens, TenantId]:
    """Sign the admin in; returns the tokens and the tenant."""
    tokens = server.sign_in(EMAIL, PASSWORD)
    return tokens, TenantId(server.get("/me", tokens).json()["tenant"]["tenantId"])
