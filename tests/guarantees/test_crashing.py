"""S3 in short: a server and its PostgreSQL are killed under load; and the same with a write that was lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg

from tests.guarantees.crashing.guarantee import SMOKE, survived
from tests.guarantees.crashing.site import Site
from tests.guarantees.crashing.storm import DATA, SERVER
from tests.guarantees.crashing.verdict import judge
from tests.guarantees.crashing.writers import NOTE, Book


async def test_what_was_acknowledged_outlives_a_killed_server_and_a_killed_database(tmp_path: Path) -> None:
    noticed: list[str] = []

    def lose_one(site: Site, book: Book) -> None:
        """Look at a copy of the findings with one acknowledged note gone, then put it back."""
        lost = next(write for write in book.acknowledged if write.kind == NOTE)
        values = (lost.firm.tenant, lost.lead)
        with psycopg.connect(site.data.conninfo("leads"), autocommit=True) as admin:
            admin.execute(
                "CREATE TABLE aside AS SELECT * FROM event WHERE tenant_id = %s AND stream_id = %s"
                " AND version > 1",
                values,
            )
            admin.execute("DELETE FROM event WHERE tenant_id = %s AND stream_id = %s AND version > 1", values)
            noticed.extend(judge(site, book))
            admin.execute("INSERT INTO event SELECT * FROM aside")
            admin.execute("DROP TABLE aside")

    figure = await asyncio.to_thread(
        survived, tmp_path, SMOKE, victims=(SERVER, DATA), on_one=True, afterwards=lose_one
    )
    assert figure.kept, figure.findings
    said = " ".join(noticed)
    assert "is there 0 times" in said and "positions are not" in said and "history:" in said, noticed
