"""S1 in short; the same with a statement that forgets its tenant; nothing in the document is left out."""

import asyncio

from tests.guarantees.isolation.guarantee import SMOKE, walked
from tests.guarantees.isolation.machine import machine
from tests.support import postgres
from tests.support.surface import ALIASES, document, operations


async def test_tenants_never_meet() -> None:
    figure = await asyncio.to_thread(walked, SMOKE)
    assert figure.kept, figure.findings


async def test_a_statement_without_its_tenant_is_caught() -> None:
    figure = await asyncio.to_thread(walked, SMOKE, planted=True)
    assert any(" shows " in finding for finding in figure.findings), figure.findings


async def test_behind_the_wall_a_statement_without_its_tenant_shows_nothing() -> None:
    with postgres.cluster() as own:
        figure = await asyncio.to_thread(walked, SMOKE, own=own, planted=True)
    assert figure.kept, figure.findings


def test_every_operation_has_a_rule_and_every_id_of_a_path_a_source() -> None:
    told = document()
    everybody = machine()
    assert {one.name for one in operations(told)} <= set(dir(everybody))
    answered = str(told["components"]["schemas"])
    for one in operations(told):
        for name in one.path_ids:
            assert f"'{ALIASES.get(name, name)}'" in answered, f"no answer names {name}: {one.path}"
