"""A PostgreSQL that archives by our own command, also where it runs as somebody who sees no checkout.

Root starts it as ``nobody``: then the few modules of the command lie in a folder of their own, and the
interpreter is one that everybody may run. Nothing of it needs more than the standard library.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.folders import remove
from tests.support.postgres import Cluster, cluster

SOURCE = Path(__file__).parents[2] / "src" / "leaddesk"
NEEDED = (
    "__init__.py",
    "server/__init__.py",
    "server/front/*.py",
    "server/installation/__init__.py",
    "server/installation/physical/__init__.py",
    "server/installation/physical/wal.py",
    "server/operations/__init__.py",
    "server/operations/service/__init__.py",
    "server/operations/service/arguments.py",
)
CALL = "from leaddesk.server.front.commandline import *; sys.exit(run_server_command(sys.argv[1:]))"
INTERPRETERS = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")


def archive_command(folder: Path, archive: Path) -> str:
    """Put the command below ``folder`` and write down how PostgreSQL calls it."""
    for pattern in NEEDED:
        for file in SOURCE.glob(pattern):
            copy = folder / "leaddesk" / file.relative_to(SOURCE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    python = next(one for one in INTERPRETERS if os.geteuid() != 0 or _for_everybody(Path(one)))
    words = ["env", f"PYTHONPATH={folder}", "PYTHONDONTWRITEBYTECODE=1", python, "-c", CALL, "keep-wal"]
    return f"{shlex.join(words)} %p --to {shlex.quote(str(archive))}"


def _for_everybody(program: Path) -> bool:
    """Tell whether everybody may run a program, wherever its links lead."""
    ways = (program, program.resolve())
    return all(
        one.exists() and one.stat().st_mode & stat.S_IXOTH for way in ways for one in (way, *way.parents)
    )


@contextmanager
def archiving_cluster() -> Iterator[tuple[Cluster, Path]]:
    """A durable server whose log of writes our own command archives, and the archive's folder."""
    archive = Path(tempfile.mkdtemp(prefix="wal-"))
    program = Path(tempfile.mkdtemp(prefix="keep-"))
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    command = archive_command(program, archive)
    archived = {"wal_level": "replica", "archive_mode": "on", "archive_command": command}
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(archive, nobody.pw_uid, nobody.pw_gid)
        with cluster(prepared=True, **durable, **archived, max_wal_senders="4") as own:
            yield own, archive
    finally:
        remove(archive)
        remove(program)
