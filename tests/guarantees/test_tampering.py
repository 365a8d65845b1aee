"""S6 in short: some bytes of a small log; the same with chains and heads that prove nothing."""

import pytest

from tests.guarantees import tampering_in_place as in_place
from tests.guarantees.tampering import SMOKE, Plant, chain_without_content, heads_not_compared, tampered


async def test_every_change_is_noticed() -> None:
    figure = await tampered(SMOKE)
    assert figure.kept, figure.findings


@pytest.mark.parametrize(
    ("plant", "place"), [(chain_without_content, "line"), (heads_not_compared, "cut off")]
)
async def test_a_change_that_nobody_notices_is_caught(plant: Plant, place: str) -> None:
    figure = await tampered(SMOKE, plant)
    assert any(place in finding for finding in figure.findings)


async def test_every_change_of_a_database_is_noticed_unless_nobody_looks() -> None:
    async with in_place.site() as site:
        figure = site.figure(in_place.SMOKE, in_place.SOME)
        assert figure.kept, figure.findings
        with in_place.contents_not_looked_at():
            planted = site.figure(in_place.SMOKE, 5 * in_place.SOME)
        assert any("payload" in finding for finding in planted.findings)
