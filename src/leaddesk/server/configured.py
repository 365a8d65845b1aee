"""``leaddesk server run --config FILE``: a server as an operator configured it, not the demo.

No population, no printed credentials, a name of its own. With the memory back end it starts empty but for the
first tenant and admin of the bootstrap file, which is an intervention in that tenant's stream (measure A11).
"""

import json
import os
import socket
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from leaddesk.server.operations.bootstrap import Bootstrap, read_bootstrap
from leaddesk.server.operations.logs import log_as_json
from leaddesk.server.operations.opening import open_keys, witness_maker
from leaddesk.server.operations.settings import Misconfigured, ServerSettings, read_settings

if TYPE_CHECKING:
    from leaddesk.server.app import Instance
    from leaddesk.server.process import Manner
    from leaddesk.server.web.edge.limits import Limits
    from leaddesk.server.web.services import Services

EXIT_FAILED, EXIT_USAGE = 1, 2


class NotServing(Exception):
    """The configuration is right, but something does not work; the text is the sentence."""


def run_configured(file: str, environment: Mapping[str, str]) -> int:
    """Serve until a signal; one JSON line on stdout when ready. Returns the exit code."""
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # no foreign code (A7)
    try:
        settings = read_settings(Path(file), environment)
        log_as_json(settings["log.level"])
        _serve(settings, environment)
    except (Misconfigured, NotServing) as wrong:
        sys.stderr.write(f"leaddesk server: {wrong}\n")
        return EXIT_USAGE if isinstance(wrong, Misconfigured) else EXIT_FAILED
    except BrokenPipeError:
        return EXIT_FAILED  # nobody reads the ready line: whoever started it is gone
    return 0


def _serve(settings: ServerSettings, environment: Mapping[str, str]) -> None:
    from leaddesk.server.app import build_app
    from leaddesk.server.listening import url_of
    from leaddesk.server.process import Moments, Process

    services = build_configured(settings, environment)
    instance, manner, listener = _instance(settings), _manner(settings), _listener(settings)
    url = url_of(listener, "https" if manner.certificate else "http")

    def ready() -> None:
        sys.stdout.write(json.dumps({"url": url, "instance": instance.name}) + "\n")
        sys.stdout.flush()

    moments = Moments(ready, services.closing.set)
    try:
        process = Process(build_app(services, _limits(settings), instance), listener, moments, manner)
    except OSError:  # of ssl: not there, not readable, not a certificate, not its key
        raise NotServing("server.certificate, server.certificate_key: expected a PEM pair") from None
    _export_on_signal(settings, services, instance)
    process.run()


def _export_on_signal(settings: ServerSettings, services: "Services", instance: "Instance") -> None:
    folder = settings["evidence.exports"]
    if folder is None:
        return
    from leaddesk.server.archive.signal import Exports

    Exports(services.office.log, services.access_log.storage, instance.witness, folder).on_signal()


def build_configured(settings: ServerSettings, environment: Mapping[str, str]) -> "Services":
    """Put the parts of a configured server together. Raises :class:`Misconfigured`."""
    from leaddesk.server.commands.attachments.scanning import Scanning
    from leaddesk.server.eventlog.memory import MemoryStorage
    from leaddesk.server.identity.facade import Identity
    from leaddesk.server.identity.people import People
    from leaddesk.server.identity.storage.books import Books
    from leaddesk.server.inspection.clamd import Clamd
    from leaddesk.server.oversight.sqlite import SqliteAccess
    from leaddesk.server.web.beside.outside import Outside
    from leaddesk.server.web.services import Vaults, build_services

    first = read_bootstrap(settings["bootstrap.file"]) if settings["bootstrap.file"] else None
    vaults = Vaults(open_keys(settings, environment), SqliteAccess(settings["access_log.database"]))
    scanner = Clamd(settings["attachments.scanner"]) if settings["attachments.scanner"] else None
    outside = Outside(Scanning(scanner), public_url=settings["server.public_url"])
    people = People(Books(keys=vaults.keys))
    services = build_services(MemoryStorage(), Identity(_now, people), _now, outside, vaults)
    if first is not None:
        enter_first(services, first)
    return services


def enter_first(services: "Services", first: Bootstrap) -> None:
    """Enter the first tenant and its admin, on record in the tenant's own stream before it is done."""
    from leaddesk.contract.ids import MemberId, TenantId
    from leaddesk.contract.people import Role
    from leaddesk.server.commands.interventions import WithoutInstruction, intervene
    from leaddesk.server.domain.events import OperatorIntervened
    from leaddesk.server.eventlog.scope import Scope
    from leaddesk.server.identity.people import PersonRecord, TenantRecord

    tenant, people = TenantId(str(uuid.uuid4())), services.identity.people
    done = OperatorIntervened(first.operator, "tenant.create", first.reason, first.reference)
    try:
        intervene(services.office, Scope(tenant), done)
    except WithoutInstruction as wrong:
        raise Misconfigured(f"bootstrap.file: {wrong}") from None
    people.add_tenant(TenantRecord(tenant, first.tenant))
    admin = PersonRecord(tenant, MemberId(str(uuid.uuid4())), first.name, first.email, Role.ADMIN)
    people.add_person(admin, first.password)


def _limits(settings: ServerSettings) -> "Limits":
    """Read the rates; four seconds' worth may come at once, ten for a network, where many people may sit."""
    from leaddesk.server.web.edge.limits import Limits, Rate

    per_key, per_network = settings["server.requests_per_key"], settings["server.requests_per_network"]
    return Limits(Rate(per_key, 4 * per_key), Rate(per_network, 10 * per_network))


def _instance(settings: ServerSettings) -> "Instance":
    from leaddesk.server.app import Instance

    return Instance(
        settings["instance.name"],
        witness_maker(settings),
        settings.networks_for_metrics,
        settings["server.behind_proxy"],
        settings["access_log.retention_months"],
    )


def _manner(settings: ServerSettings) -> "Manner":
    from leaddesk.server.process import Manner

    return Manner(
        settings["server.grace_seconds"],
        settings["server.certificate"],
        settings["server.certificate_key"],
        settings["server.behind_proxy"],
    )


def _listener(settings: ServerSettings) -> socket.socket:
    from leaddesk.server.listening import AddressTaken, listen_on

    try:
        return listen_on(settings["server.host"], settings["server.port"])
    except AddressTaken:
        raise NotServing("server.port: in use or not available; choose another") from None


def _now() -> datetime:
    return datetime.now(UTC)
