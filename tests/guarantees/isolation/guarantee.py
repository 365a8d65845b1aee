"""S1: 0 foreign ids in so many steps of three tenants over every endpoint of the document."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from leaddesk.server.eventlog.log import Unit, scoped
from leaddesk.server.eventlog.memory import MemoryStorage
from tests.guarantees.figure import Figure
from tests.guarantees.isolation.machine import machine
from tests.support import postgres

SMOKE, SHORT, ON_POSTGRESQL, FULL = 100, 1_100, 200, 10_000
"""Steps: in ``make test``, in short in memory and on PostgreSQL, and with FULL=1 on each."""
STEPS_OF_A_RUN = 200
SENTENCE = "tenants-never-meet: {found} foreign ids in {looked:,} steps"
TENANT_OF_LEADS = re.compile(r"l\.tenant_id = \?")
OWN_KEYS = "NULLIF(l.owner_id, l.tenant_id)"
"""With this a page looks for keys with the caller's tenant: another's row stays shut even if it is found."""


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Let everybody ask everything: in memory, on PostgreSQL, and there once more with statements on leads
    that forget their tenant, where the second wall has to hold.

    With ``planted`` they forget it in memory, and on PostgreSQL with its walls taken down.
    """
    full = os.environ.get("FULL") == "1"
    figures = [await asyncio.to_thread(walked, FULL if full else SHORT, planted=planted)]
    with postgres.cluster() as own:
        if planted:
            walls_down(own)
        for forgetful in (True,) if planted else (False, True):
            steps = FULL if full else ON_POSTGRESQL
            figures.append(await asyncio.to_thread(walked, steps, own=own, planted=forgetful))
    if planted and not all(figure.findings for figure in figures):
        return _figure(figures, ())  # one of them was not caught
    return _figure(figures, tuple(finding for figure in figures for finding in figure.findings))


def walls_down(own: postgres.Cluster) -> None:
    """Plant: no table of any database made from now on is behind its policy."""
    tables = "SELECT relid::regclass::text FROM pg_stat_user_tables WHERE relname <> 'instance'"
    with psycopg.connect(own.conninfo(postgres.TEMPLATE)) as admin:
        for (table,) in admin.execute(tables).fetchall():
            admin.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())


def walked(steps: int, *, own: postgres.Cluster | None = None, planted: bool = False) -> Figure:
    """Run the machine, in memory or in ``own``, until it has made so many steps or found something."""
    everybody = machine(MemoryStorage if own is None else partial(postgres.Lent, own))
    length = min(steps // 2, STEPS_OF_A_RUN)
    findings: list[str] = []
    with _forgotten_tenant() if planted else _as_it_is():
        while everybody.tally.steps < steps and not findings:
            try:
                run_state_machine_as_test(
                    everybody, settings=_settings(steps - everybody.tally.steps, length)
                )  # type: ignore[no-untyped-call]
            except Exception as found:
                findings.append(f"{type(found).__name__}: {found}"[:400])
    return Figure(SENTENCE, everybody.tally.steps, tuple(findings), enough=50)


def _figure(figures: list[Figure], findings: tuple[str, ...]) -> Figure:
    in_memory, on_postgresql = figures[0].looked, [f"{figure.looked:,}" for figure in figures[1:]]
    where = f" ({in_memory:,} in memory, {' + '.join(on_postgresql)} on PostgreSQL)"
    return Figure(SENTENCE + where, sum(figure.looked for figure in figures), findings, enough=50)


def _settings(missing: int, length: int) -> settings:
    return settings(
        max_examples=-(-missing // length) + 1,
        stateful_step_count=length,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _forgotten_tenant() -> Iterator[None]:
    """The product with two broken parts: the list of leads asks for no tenant and opens what it finds."""
    select = Unit.select

    def forgetful(self: Unit, sql: str, *values: Any) -> Any:
        """Behind the wall that refuses such statements, so that only their answers can tell."""
        forgotten = TENANT_OF_LEADS.sub("(l.tenant_id = ? OR 1 = 1)", scoped(sql)).replace(
            OWN_KEYS, "l.owner_id"
        )
        return self._rows.select(forgotten, (self.tenant, *values))

    Unit.select = forgetful  # type: ignore[method-assign]
    try:
        yield
    finally:
        Unit.select = select  # type: ignore[method-assign]
