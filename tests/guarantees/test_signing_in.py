"""B6 and B8 in short, and what each misses when it is broken."""

import os
from types import ModuleType

import pytest

from tests.guarantees.signing_in import agreeing, forged

BOTH = pytest.mark.parametrize("which", [agreeing, forged])


@BOTH
async def test_it_holds(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ)
    assert figure.kept, figure.findings


@BOTH
async def test_a_broken_one_is_caught(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ, planted=True)
    assert figure.findings
