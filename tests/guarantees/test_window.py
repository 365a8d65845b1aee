"""The window's guarantees in short, and what each misses when its part of the product is broken."""

import os
from types import ModuleType

import pytest

from tests.guarantees.window import links

ALL = pytest.mark.parametrize("which", [links])


@ALL
async def test_it_holds(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ)
    assert figure.kept, figure.findings[:5]


@ALL
async def test_a_broken_one_is_caught(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ, planted=True)
    assert figure.findings
