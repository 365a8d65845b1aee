"""pgbench on the benchmark's own PostgreSQL: what machine and database give for the same statement."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence

from benchmarks.postgres.installation import Installation
from leaddesk.server.eventlog.postgres.walls import APPLICATION
from tests.support.postgres import DEBIANS


def rate(
    place: Installation, scripts: Sequence[str], *options: str, clients: int, seconds: float, tenant: str = ""
) -> float:
    """Return transactions a second of scripts that are chosen from at random, as the application's role.

    ``tenant``: named for the whole connection, as nobody else may.
    """
    files = []
    for number, script in enumerate(scripts):
        file = place.folder / f"pgbench-{number}.sql"
        file.write_text(script)
        files.append(f"--file={file}")
    command = [
        "pgbench",
        "--no-vacuum",
        f"--host={place.cluster.folder}",
        f"--username={APPLICATION}",
        f"--client={clients}",
        f"--time={max(round(seconds), 1)}",
        *options,
        *files,
        place.names["data"],
    ]
    asked = f"-c leaddesk.tenant={tenant}" if tenant else ""
    places = [str(place.parent) for place in DEBIANS.glob("*/bin/pgbench")]  # they are not on the PATH
    env = {**os.environ, "PGOPTIONS": asked, "PATH": ":".join([*sorted(places), os.environ["PATH"]])}
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    said = done.stdout.decode()
    assert done.returncode == 0 and "failed transactions: 0 " in said, done.stderr.decode()
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found is not None, said
    return float(found[1])
