"""A test's database that goes back is empty and quiet, whatever a killed server had begun in it."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.postgres import Cluster

ENTERED = "INSERT INTO lease VALUES (%s, 'somebody', now() + interval '1 hour')"


def test_what_was_begun_neither_holds_up_nor_comes_after(cluster: Cluster) -> None:
    name = cluster.database()
    with psycopg.connect(cluster.conninfo(name), autocommit=True) as whole:
        whole.execute(ENTERED, ("work",))
    begun = psycopg.connect(cluster.conninfo(name))
    begun.execute("UPDATE lease SET holder = 'another'")
    begun.execute(ENTERED, ("more",))
    cluster.take_back(name)
    with pytest.raises(psycopg.OperationalError):
        begun.commit()
    begun.close()
    assert cluster.database() == name
    with psycopg.connect(cluster.conninfo(name)) as again:
        assert again.execute("SELECT count(*) FROM lease").fetchall() == [(0,)]
    cluster.take_back(name)
