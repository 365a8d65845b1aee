"""``leaddesk server run --config FILE``: a server as an operator configured it, not the demo.

No population, no printed credentials, a name of its own. With the memory back end it starts empty but for the
first tenant and admin of the bootstrap file, which is an intervention in that tenant's stream (measure A11).
"""

import contextlib
import json
import logging
import os
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from leaddesk.server.operations.bootstrap import Bootstrap, read_bootstrap
from leaddesk.server.operations.logs import log_as_json
from leaddesk.server.operations.opening import open_accesses, open_keys, open_postbox, witness_maker
from leaddesk.server.operations.settings import Misconfigured, ServerSettings, read_settings

if TYPE_CHECKING:
    from leaddesk.server.app import Instance
    from leaddesk.server.archive.signal import Exports
    from leaddesk.server.eventlog.storage import Storage
    from leaddesk.server.identity.storage.port import Storage as IdentityStorage
    from leaddesk.server.process import Manner
    from leaddesk.server.web.edge.limits import Limits
    from leaddesk.server.web.services import Services, Vaults

EXIT_FAILED, EXIT_USAGE = 1, 2
FIRST = "first-tenant"
"""The lease of entering who comes first."""

_log = logging.getLogger(__name__)


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
    from leaddesk.server.archive.signal import Exports
    from leaddesk.server.listening import url_of
    from leaddesk.server.operations.service.supervisor import Supervisor
    from leaddesk.server.process import Moments, Process

    services, witness = build_configured(settings, environment), witness_maker(settings)
    exports = Exports(services.office.log, services.access_log.storage, witness, settings["evidence.exports"])
    manner = _manner(settings)
    instance, listener = _instance(settings, exports, manner), _listener(settings)
    url, supervisor = url_of(listener, "https" if manner.certificate else "http"), Supervisor(environment)

    def ready() -> None:
        sys.stdout.write(json.dumps({"url": url, "instance": instance.name}) + "\n")
        sys.stdout.flush()
        supervisor.ready()

    def ending() -> None:
        supervisor.ending()
        services.closing.set()

    app = build_app(services, _limits(settings), instance)
    exports.on_signal()
    Process(app, listener, Moments(ready, ending), manner).run()


def build_configured(settings: ServerSettings, environment: Mapping[str, str]) -> "Services":
    """Put the parts of a configured server together. Raises :class:`Misconfigured`."""
    from leaddesk.server.commands.attachments.scanning import Scanning
    from leaddesk.server.identity.facade import Identity
    from leaddesk.server.identity.people import People
    from leaddesk.server.identity.storage.books import Books
    from leaddesk.server.inspection.clamd import Clamd
    from leaddesk.server.web.beside.names import texts_of
    from leaddesk.server.web.beside.outside import Outside
    from leaddesk.server.web.services import build_services

    first = read_bootstrap(settings["bootstrap.file"]) if settings["bootstrap.file"] else None
    vaults = _vaults(settings, environment)
    scanner = Clamd(settings["attachments.scanner"]) if settings["attachments.scanner"] else None
    outside = Outside(
        Scanning(scanner),
        public_url=settings["server.public_url"],
        postbox=open_postbox(settings),
        texts=texts_of,
    )
    with contextlib.ExitStack() as undone:
        undone.callback(vaults.close)
        storage, tables = _storages(settings)
        undone.pop_all()
    people = People(Books(tables, vaults.keys))
    services = build_services(storage, Identity(_now, people), _now, outside, vaults)
    _begin(services, first)
    return services


def _begin(services: "Services", first: Bootstrap | None) -> None:
    """Do what comes before anything is answered. Raises :class:`Misconfigured`, :class:`NotServing`."""
    _erase_again(services)
    if first is not None:
        _enter_once(services, first)


def _erase_again(services: "Services") -> None:
    """Let what a restore has brought back go again. Raises :class:`NotServing`."""
    from leaddesk.server.commands.erasure.restored import erase_again
    from leaddesk.server.database.failures import StorageUnavailable

    try:
        count = erase_again(services.office, services.identity.people)
    except StorageUnavailable:
        raise NotServing("storage.database: does not answer in time") from None
    if count:
        _log.warning(
            "restored data held %d leads or other things that were erased since; erased again", count
        )


def _vaults(settings: ServerSettings, environment: Mapping[str, str]) -> "Vaults":
    """Open keys and access log. Raises :class:`Misconfigured`, :class:`NotServing`."""
    from leaddesk.server.database.failures import StorageUnavailable, WrongSchema
    from leaddesk.server.keys.custody.mirror import ArchivedKeys
    from leaddesk.server.web.services import Vaults

    try:
        return Vaults(open_keys(settings, environment), open_accesses(settings))
    except WrongSchema:
        raise NotServing(
            "keys or access_log: a schema is not this version's; run `leaddesk server migrate`"
        ) from None
    except ArchivedKeys:
        raise NotServing(
            "keys.databases: expected a PostgreSQL without archive_mode, which would keep destroyed keys"
        ) from None
    except StorageUnavailable:
        raise NotServing("keys.databases or access_log.postgresql: one cannot be reached") from None


def _storages(settings: ServerSettings) -> "tuple[Storage, IdentityStorage]":
    """Open where log and identity lie. Raises :class:`Misconfigured`, :class:`NotServing`."""
    if settings["storage.backend"] == "memory":
        from leaddesk.server.eventlog.memory import MemoryStorage
        from leaddesk.server.identity.storage.memory import MemoryIdentity

        return MemoryStorage(), MemoryIdentity()
    from leaddesk.server.database.conninfo import PasswordInside, as_role, checked_conninfo
    from leaddesk.server.eventlog.postgres.walls import APPLICATION

    try:
        place = as_role(checked_conninfo(settings["storage.database"]), APPLICATION)
        return _in_postgresql(place, settings["storage.connections"])
    except PasswordInside:
        raise Misconfigured("storage.database: expected no password in it, but in a passfile") from None
    except ValueError:
        raise Misconfigured("storage.database: expected a connection string of PostgreSQL") from None


def _in_postgresql(conninfo: str, size: int) -> "tuple[Storage, IdentityStorage]":
    """Open both in one database, as a role that its walls bind. Raises :class:`NotServing`."""
    from leaddesk.server.database.failures import StorageUnavailable, WrongSchema
    from leaddesk.server.eventlog.postgres.storage import PostgresStorage
    from leaddesk.server.identity.storage.postgres import PostgresIdentity

    try:
        with contextlib.ExitStack() as opened:
            storage = PostgresStorage(conninfo, size)
            opened.callback(storage.close)
            tables = PostgresIdentity(conninfo)
            opened.callback(tables.close)
            if tables.is_behind_walls():
                opened.pop_all()
                return storage, tables
    except WrongSchema:
        raise NotServing(
            "storage.database: its schema is not this version's; run `leaddesk server migrate`"
        ) from None
    except StorageUnavailable:
        raise NotServing("storage.database: cannot be reached, or refuses this role") from None
    raise NotServing("storage.database: expected a role that row-level security binds, leaddesk_app")


def _enter_once(services: "Services", first: Bootstrap) -> None:
    """Enter who comes first, unless another process that starts is about it."""
    from leaddesk.server.leases.turn import Turn

    with Turn(services.office.log.leases, FIRST).once() as is_ours:
        if is_ours:
            enter_first(services, first)
        else:
            _log.info("bootstrap.file: another process that starts is about it")


def enter_first(services: "Services", first: Bootstrap) -> None:
    """Enter the first tenant and its admin, unless they are there. Raises :class:`Misconfigured`."""
    from leaddesk.server.commands.interventions import WithoutInstruction
    from leaddesk.server.commands.setup import EmailInUse, Founding, create_tenant
    from leaddesk.server.domain.blueprint.choice import text_of
    from leaddesk.server.domain.blueprint.plan import Misdrawn
    from leaddesk.server.domain.blueprint.reading import read_blueprint

    founding = Founding(first.tenant, first.name, first.email, first.password)
    instruction = (first.operator, first.reason, first.reference)
    try:
        blueprint = read_blueprint(text_of(first.blueprint))
        create_tenant(services.office, services.identity.people, founding, instruction, blueprint)
    except Misdrawn as wrong:
        raise Misconfigured(f"bootstrap.file: blueprint: {wrong}") from None
    except WithoutInstruction as wrong:
        raise Misconfigured(f"bootstrap.file: {wrong}") from None
    except EmailInUse:
        _log.info("bootstrap.file names somebody who is there already; it can be deleted")


def _limits(settings: ServerSettings) -> "Limits":
    """Read the rates; four seconds' worth may come at once, ten for a network, where many people may sit."""
    from leaddesk.server.web.edge.limits import Limits, Rate

    per_key, per_network = settings["server.requests_per_key"], settings["server.requests_per_network"]
    return Limits(Rate(per_key, 4 * per_key), Rate(per_network, 10 * per_network))


def _instance(settings: ServerSettings, exports: "Exports", manner: "Manner") -> "Instance":
    from leaddesk.server.app import Door, Instance
    from leaddesk.server.door.threshold import open_socket
    from leaddesk.server.operations.service.branding import brand_of

    place = settings["operator.socket"]
    return Instance(
        settings["instance.name"],
        exports.notary,
        settings.networks_for_metrics,
        settings["server.behind_proxy"],
        settings["access_log.retention_months"],
        None if place is None else Door(open_socket(place), exports),
        settings["sign_in.in_app_form"],
        manner.certificate,
        brand=brand_of(settings["brand.name"], settings["brand.colour"], settings["brand.logo"]),
    )


def _manner(settings: ServerSettings) -> "Manner":
    """Say how to serve. Raises :class:`NotServing` for a certificate that cannot be used."""
    from leaddesk.server.operations.service.certificate import certificate_of
    from leaddesk.server.process import Manner

    try:
        certificate = certificate_of(settings["server.certificate"], settings["server.certificate_key"])
    except (OSError, ValueError):  # not there, not readable, not a certificate, not its key
        raise NotServing("server.certificate, server.certificate_key: expected a PEM pair") from None

    def hung_up() -> None:
        if certificate is None:
            _log.info("nothing to read anew: server.certificate is not set")
        else:
            certificate.reload()

    return Manner(
        settings["server.grace_seconds"], certificate, settings["server.behind_proxy"], on_hangup=hung_up
    )


def _listener(settings: ServerSettings) -> socket.socket:
    from leaddesk.server.listening import AddressTaken, listen_on

    try:
        return listen_on(settings["server.host"], settings["server.port"])
    except AddressTaken:
        raise NotServing("server.port: in use or not available; choose another") from None


def _now() -> datetime:
    return datetime.now(UTC)
