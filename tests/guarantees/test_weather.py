"""D7 and D9, and what each misses when it is broken."""

import os
from types import ModuleType

import pytest

from tests.guarantees.weather import certificates, strange

BOTH = pytest.mark.parametrize("which", [certificates, strange])


@BOTH
async def test_it_holds(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ)
    assert figure.kept, figure.findings


async def test_who_believes_every_answer_is_caught() -> None:
    assert (await strange.guarantee(os.environ, planted=True)).findings
