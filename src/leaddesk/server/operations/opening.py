"""Opening what the configuration names: keys, the access log's database, the signer and the sink."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from leaddesk.server.operations.settings import Misconfigured, ServerSettings
from leaddesk.server.operations.upkeep import SignedSegments, witness_of_one_run

if TYPE_CHECKING:
    from leaddesk.server.keys.custody.master import MasterKey
    from leaddesk.server.keys.envelope import Envelope
    from leaddesk.server.mail.postbox import Postbox
    from leaddesk.server.oversight.storage import AccessStorage


def open_keys(settings: ServerSettings, environment: Mapping[str, str]) -> "Envelope":
    """Open the keys in files, or make keys that end with the process. Raises :class:`Misconfigured`."""
    from leaddesk.server.keys.custody.master import MasterKeyUnusable
    from leaddesk.server.keys.custody.sqlite import FolderTaken
    from leaddesk.server.keys.opening import keys_in_databases, keys_in_files, keys_in_memory
    from leaddesk.server.keys.sealing import Unreadable

    folders, databases, epochs = (settings[f"keys.{name}"] for name in ("mirrors", "databases", "epochs"))
    if folders is None and databases is None:
        return keys_in_memory()
    try:
        master = _master(settings, environment)
        with _places_of_epochs():
            if databases is not None:
                return keys_in_databases(master, databases[0], databases[1], epochs)
            return keys_in_files(master, folders[0], folders[1], epochs)
    except MasterKeyUnusable as wrong:
        raise Misconfigured(f"{_name_of_master(settings)}: {wrong}") from None
    except Unreadable:
        raise Misconfigured(
            f"{_name_of_master(settings)}: expected the key that keys.epochs was made with"
        ) from None
    except FolderTaken:
        raise Misconfigured(
            "keys.mirrors: expected folders of this process alone; several processes share keys.databases"
        ) from None
    except (OSError, sqlite3.Error):
        raise Misconfigured(
            "keys.mirrors, keys.epochs: expected folders that are there and writable"
        ) from None


@contextmanager
def _places_of_epochs() -> Iterator[None]:
    from leaddesk.server.keys.custody.epochs import EpochsLost, PlaceMissing

    try:
        yield
    except (EpochsLost, PlaceMissing) as wrong:
        raise Misconfigured(f"keys.epochs: {wrong}") from None


def open_accesses(settings: ServerSettings) -> "AccessStorage":
    """Open the access log's database. Raises ``WrongSchema``, ``StorageUnavailable``."""
    from leaddesk.server.oversight.sqlite import SqliteAccess

    if settings["access_log.postgresql"] is None:
        return SqliteAccess(settings["access_log.database"])
    from leaddesk.server.oversight.postgres.storage import PostgresAccess

    return PostgresAccess(settings["access_log.postgresql"])


def witness_maker(settings: ServerSettings) -> Callable[[], SignedSegments]:
    """Return who signs segments, its key already checked. Raises :class:`Misconfigured`."""
    if settings["access_log.sink"] is None:
        return witness_of_one_run
    from leaddesk.server.evidence.signing import KeyUnusable, signer_from_file
    from leaddesk.server.evidence.sink import FileSink

    try:
        signer = signer_from_file(settings["access_log.signing_key_file"])
    except KeyUnusable as wrong:
        raise Misconfigured(f"access_log.signing_key_file: {wrong}") from None
    witness = SignedSegments(signer, FileSink(settings["access_log.sink"]))
    return lambda: witness


def _master(settings: ServerSettings, environment: Mapping[str, str]) -> "MasterKey":
    from leaddesk.server.keys.custody.master import master_from_environment, master_from_file

    file: Any = settings["keys.master_key_file"]
    return master_from_environment(environment) if file is None else master_from_file(file)


def _name_of_master(settings: ServerSettings) -> str:
    return "LEADDESK_MASTER_KEY" if settings["keys.master_key_file"] is None else "keys.master_key_file"


def open_postbox(settings: ServerSettings) -> "Postbox":
    """Open the way for mail; without a mail server there is none. Raises :class:`Misconfigured`."""
    from leaddesk.personal.masked import Secret
    from leaddesk.server.mail.letters import Sender
    from leaddesk.server.mail.postbox import Postbox
    from leaddesk.server.mail.smtp import Smtp

    host, file = settings["mail.host"], settings["mail.password_file"]
    if host is None:
        return Postbox()
    try:
        password = None if file is None else Secret(file.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError):
        raise Misconfigured("mail.password_file: cannot be read; expected one line of text") from None
    way = host, settings["mail.port"], settings["mail.security"], settings["mail.user"]
    return Postbox(Smtp(*way, password), Sender(settings["instance.name"], settings["mail.sender"]))
