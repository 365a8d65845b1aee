"""S6 in short: some bytes of a small log; the same with chains and heads that prove nothing."""

import pytest

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
