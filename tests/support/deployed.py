"""Two servers of one configuration at ports that stay theirs, and leads entered as a load does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from leaddesk.contract.ids import FormId, LeadId, TenantId, tenant_urn
from leaddesk.contract.rows import FieldContent, FieldList, LeadPart, LeadRow, encode_row
from leaddesk.contract.wire import format_time
from leaddesk.server.eventlog.bulk import SeedLead, write_leads
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.postgres.storage import PostgresStorage
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from leaddesk.server.eventlog.scope import Scope
from leaddesk.server.keys.custody.master import master_from_file
from leaddesk.server.keys.opening import keys_in_databases
from tests.support.nginx import free_ports
from tests.support.postgres import Cluster
from tests.support.processes import Running, configuration, new_key


@dataclass
class Deployed:
    """The servers, the ports they come back to, and the log as a third process has it."""

    ports: list[int]
    servers: list[Running]
    log: EventLog

    @property
    def tenant(self) -> TenantId:
        """The one tenant that came first."""
        (scope,) = self.log.scopes()
        return scope.tenant

    def leads(self, count: int) -> list[LeadId]:
        """Enter leads."""
        return enter_leads(self.log, self.tenant, count)


@contextmanager
def deployed(
    folder: Path, cluster: Cluster, bootstrap: Path, *, per_network: int = 10_000
) -> Iterator[Deployed]:
    """Run two servers behind a proxy that may come later, for the length of the block.

    ``per_network``: requests a second without a credential; ten times as many at once.
    """
    name, key_stores, started = cluster.database(), cluster.key_stores(), list[Running]()
    conninfo, ports = cluster.conninfo(name, APPLICATION), free_ports(2)
    shared = configuration(folder, conninfo, key_stores, bootstrap).replace(
        "requests_per_network = 10000", f"requests_per_network = {per_network}"
    )
    try:
        for port in ports:
            config = shared.replace("port = 0", f"port = {port}\nbehind_proxy = true")
            started.append(Running(folder, config))
        for one in started:
            one.ready()
        storage = PostgresStorage(conninfo)
        epochs = folder / "e1", folder / "e2"
        keys = keys_in_databases(master_from_file(folder / "master.key"), *key_stores, epochs)
        try:
            yield Deployed(ports, started, EventLog(storage, keys))
        finally:
            storage.close()
            keys.store.close()
    finally:
        for one in started:
            if one.process.poll() is None:
                one.kill()
        cluster.take_back(name)


def enter_leads(log: EventLog, tenant: TenantId, count: int) -> list[LeadId]:
    """Enter leads as a load does."""
    found = [_lead(tenant, number) for number in range(count)]
    write_leads(log.for_tenant(Scope(tenant)), found)
    return [lead.lead_id for lead in found]


def _lead(tenant: TenantId, number: int) -> SeedLead:
    at, lead_id = format_time(datetime(2026, 1, 1, number // 60, number % 60, tzinfo=UTC)), LeadId(new_key())
    block = FieldList({"Ort": FieldContent("text:singleline", "Kiel")}, ["Ort"])
    part = LeadPart(lead_id, 1, tenant_urn(tenant), at, at, block, block)
    return SeedLead(
        lead_id,
        FormId(new_key()),
        encode_row(LeadRow(at, part, None)),
        created_at=at,
        modified_at=at,
        lead_modified_at=at,
        serial=1,
        actor=tenant_urn(tenant),
    )
