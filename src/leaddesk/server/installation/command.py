"""``leaddesk server init | migrate | backup | restore --config FILE``: for an administrator of PostgreSQL."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from leaddesk.server.installation import dumps, making
from leaddesk.server.installation.databases import Database, databases_of
from leaddesk.server.operations.settings import Misconfigured, read_settings

EXIT_FAILED, EXIT_USAGE = 1, 2
ADMIN = "user=postgres"


def run_installation(words: Sequence[str]) -> int:
    """Carry one out; a line for each database. Returns the exit code."""
    options = _parser().parse_args(words)
    try:
        databases = databases_of(read_settings(Path(options.config), os.environ))
        for line in _lines(options, databases):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except Misconfigured as wrong:
        return _refused(str(wrong), EXIT_USAGE)
    except (making.NotMade, dumps.NotDone) as wrong:
        return _refused(str(wrong), EXIT_FAILED)
    except (psycopg.Error, OSError) as wrong:
        return _refused(_sentence(wrong), EXIT_FAILED)
    return 0


def _lines(options: argparse.Namespace, databases: list[Database]) -> Iterator[str]:
    if options.act == "init":
        return making.init(databases, options.admin)
    if options.act == "migrate":
        return making.migrate(databases, options.admin)
    if options.act == "backup":
        return dumps.backup(databases, options.admin, dumps.Folders(options.to, options.keys_to))
    return dumps.restore(databases, options.admin, options.source, options.keys_source)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("leaddesk server", allow_abbrev=False)
    acts = parser.add_subparsers(dest="act", required=True)
    known = {
        name: acts.add_parser(name, allow_abbrev=False) for name in ("init", "migrate", "backup", "restore")
    }
    for act in known.values():
        act.add_argument("--config", metavar="FILE", required=True, help="the server's configuration")
        act.add_argument("--admin", metavar="WORDS", default=ADMIN, help=f"how to connect ({ADMIN})")
    known["backup"].add_argument("--to", metavar="FOLDER", type=Path, required=True)
    known["backup"].add_argument("--keys-to", metavar="FOLDER", type=Path)
    known["restore"].add_argument("--from", dest="source", metavar="FOLDER", type=Path)
    known["restore"].add_argument("--keys-from", dest="keys_source", metavar="FOLDER", type=Path)
    return parser


def _sentence(wrong: psycopg.Error | OSError) -> str:
    """Say what failed; PostgreSQL's first line, which holds no data here: nothing but schemas is touched."""
    if isinstance(wrong, psycopg.Error):
        return str(wrong).splitlines()[0] if str(wrong) else type(wrong).__name__
    return wrong.strerror or type(wrong).__name__


def _refused(sentence: str, code: int) -> int:
    sys.stderr.write(f"leaddesk server: {sentence}\n")
    return code
