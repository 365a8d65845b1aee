"""``leaddesk server init | migrate | backup | restore | drill --config FILE``, for who runs PostgreSQL."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from leaddesk.server.archive.databases import CannotCheck
from leaddesk.server.database.failures import StorageUnavailable, WrongSchema
from leaddesk.server.installation import dumps, making
from leaddesk.server.installation.databases import Database, databases_of
from leaddesk.server.installation.physical.base import KEPT_DAYS, Shelf, back_up
from leaddesk.server.installation.physical.clusters import archived_keys
from leaddesk.server.installation.physical.drill import Drill, drill
from leaddesk.server.installation.physical.moment import Wanted, bring_back, moment_of
from leaddesk.server.installation.physical.programs import Programs
from leaddesk.server.operations.service.arguments import Parser
from leaddesk.server.operations.settings import Misconfigured, ServerSettings, read_settings

EXIT_FAILED, EXIT_USAGE = 1, 2
ADMIN = "user=postgres"
_HELP = {
    "--to": "backup: folder of the dumps; restore, drill: a moment with its zone, or latest",
    "--keys-to": "folder of the keys' dumps",
    "--from": "folder of one backup's dumps",
    "--keys-from": "folder of one backup's dumps of keys",
    "--base": "folder of the base backups",
    "--wal": "folder of the archived write-ahead log",
    "--into": "restore: the new data folder; drill: a folder that is there for its time",
}
_OF = {
    "backup": ("--to", "--keys-to", "--base", "--wal"),
    "restore": ("--from", "--keys-from", "--to", "--base", "--wal", "--into"),
    "drill": ("--to", "--base", "--wal", "--into"),
}


def run_installation(words: Sequence[str]) -> int:
    """Carry one out; a line for each step. Returns the exit code."""
    options = _parser().parse_args(words)
    try:
        for line in _lines(options, read_settings(Path(options.config), os.environ)):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except Misconfigured as wrong:
        return _refused(str(wrong), EXIT_USAGE)
    except (making.NotMade, dumps.NotDone, CannotCheck) as wrong:
        return _refused(str(wrong), EXIT_FAILED)
    except (WrongSchema, StorageUnavailable):
        return _refused("a database does not answer, or is not of this version", EXIT_FAILED)
    except (psycopg.Error, OSError) as wrong:
        return _refused(_sentence(wrong), EXIT_FAILED)
    return 0


def _lines(options: argparse.Namespace, settings: ServerSettings) -> Iterator[str]:
    databases = databases_of(settings)
    if options.act == "drill":
        this = Drill(Path(options.config), settings, databases, options.admin)
        return drill(this, _wanted(options), Programs())
    if options.act == "restore" and options.to is not None:
        return bring_back(_wanted(options), Programs())
    _refuse_archived_keys(databases, options.admin)
    if options.act == "restore":
        return dumps.restore(databases, options.admin, options.source, options.keys_source)
    if options.act == "backup":
        return _backup(options, databases)
    make = {"init": making.init, "migrate": making.migrate}[options.act]
    return make(databases, options.admin)


def _backup(options: argparse.Namespace, databases: list[Database]) -> Iterator[str]:
    if options.base is not None:
        return back_up(databases, options.admin, _shelf(options), Programs(), options.days)
    if options.to is None:
        raise dumps.NotDone("backup: expected --to for dumps, or --base and --wal for a base backup")
    return dumps.backup(databases, options.admin, dumps.Folders(Path(options.to), options.keys_to))


def _refuse_archived_keys(databases: list[Database], admin: str) -> None:
    for one in archived_keys(databases, admin):
        raise dumps.NotDone(
            f"{one.name}: its PostgreSQL archives its write-ahead log; keys that are destroyed would stay"
            " there. Give the keys a PostgreSQL of their own, without archive_mode"
        )


def _wanted(options: argparse.Namespace) -> Wanted:
    if options.into is None or options.to is None:
        raise dumps.NotDone(f"{options.act}: expected --to, --base, --wal and --into")
    return Wanted(_shelf(options), options.into, moment_of(options.to))


def _shelf(options: argparse.Namespace) -> Shelf:
    for name in ("base", "wal"):
        folder = getattr(options, name)
        if folder is None or not folder.is_dir():
            raise dumps.NotDone(f"--{name}: expected a folder that is there")
    return Shelf(options.base, options.wal)


def _parser() -> Parser:
    parser = Parser("leaddesk server")
    acts = parser.add_subparsers(dest="act", required=True, parser_class=Parser)
    for name in ("init", "migrate", "backup", "restore", "drill"):
        act = acts.add_parser(name)
        act.add_argument("--config", metavar="FILE", required=True, help="the server's configuration")
        act.add_argument("--admin", metavar="WORDS", default=ADMIN, help=f"how to connect ({ADMIN})")
        for option in _OF.get(name, ()):
            named = {"--from": "source", "--keys-from": "keys_source"}.get(
                option, option[2:].replace("-", "_")
            )
            kind = str if option == "--to" else Path
            act.add_argument(option, dest=named, metavar="FOLDER", type=kind, help=_HELP[option])
        if name == "backup":
            act.add_argument("--days", type=int, default=KEPT_DAYS, help=f"how far back ({KEPT_DAYS})")
    return parser


def _sentence(wrong: psycopg.Error | OSError) -> str:
    """Say what failed; PostgreSQL's first line, which holds no data here: nothing but schemas is touched."""
    if isinstance(wrong, psycopg.Error):
        return str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__
    told = wrong.strerror or type(wrong).__name__
    return f"{wrong.filename}: {told}" if wrong.filename else told


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"leaddesk server: {sentence}\n")
    return code
