"""The window's guarantees in short, and what each misses when its part of the product is broken."""

import os
from types import ModuleType

import pytest

from tests.guarantees.window import channels, copying, links, revealing, spreadsheets

ALL = pytest.mark.parametrize("which", [links, spreadsheets, copying])


@ALL
async def test_it_holds(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ)
    assert figure.kept, figure.findings[:5]


@ALL
async def test_a_broken_one_is_caught(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ, planted=True)
    assert figure.findings


async def test_who_leaves_is_hidden_and_who_asks_is_on_record() -> None:
    figure = await revealing.guarantee(os.environ, count=25)
    assert figure.kept, figure.findings


async def test_a_look_that_is_not_on_record_is_caught() -> None:
    figure = await revealing.guarantee(os.environ, planted=True, count=25)
    assert any("are on record" in finding for finding in figure.findings), figure.findings


async def test_nothing_of_anybody_leaves_beside_the_window() -> None:
    figure = await channels.guarantee(os.environ, brief=True)
    assert figure.kept, figure.findings
