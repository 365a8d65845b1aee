"""B5 to B8 in short, and what each misses when it is broken."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.guarantees.figure import Figure
from tests.guarantees.signing_in import agreeing, forged, hanging, keeping, killed, signing_out, staying

BOTH = pytest.mark.parametrize("which", [agreeing, forged])


@BOTH
async def test_it_holds(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ)
    assert figure.kept, figure.findings


@BOTH
async def test_a_broken_one_is_caught(which: ModuleType) -> None:
    figure = await which.guarantee(os.environ, planted=True)
    assert figure.findings


async def test_clients_killed_while_they_renew_are_signed_in_again() -> None:
    figure = await killed.guarantee(os.environ, rounds=2)
    assert figure.kept, figure.findings


async def test_a_rotation_nobody_kept_is_caught() -> None:
    assert (await killed.guarantee(os.environ, planted=True, rounds=1)).findings


async def test_who_signs_out_leaves_nothing() -> None:
    """How long it takes counts in `make guarantees` alone."""
    figure = await signing_out.guarantee(os.environ, counts=(2, 0, 1), timed=False)
    assert figure.kept, figure.findings


async def test_a_sign_out_that_only_forgets_here_is_caught() -> None:
    assert (await signing_out.guarantee(os.environ, planted=True, counts=(1, 0, 1), timed=False)).findings


@pytest.mark.parametrize("kept", [keeping.vetted, keeping.fits])
async def test_only_vetted_keyrings_hold_a_token_and_it_fits(kept: Callable[..., Awaitable[Figure]]) -> None:
    figure = await kept(os.environ)
    assert figure.kept, figure.findings
    assert (await kept(os.environ, planted=True)).findings


async def test_a_window_whose_keyring_dies_comes_back_by_itself(tmp_path: Path) -> None:
    """How long it stood still counts in `make guarantees` alone."""
    figure = await hanging.guarantee(os.environ, ills=("killed",), rounds=1, timed=False, folder=tmp_path)
    assert figure.kept, figure.findings


async def test_what_is_kept_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows and macOS are made up here; wine counts in `make guarantees` where `make test-wine` was."""
    monkeypatch.setattr(staying, "wine", lambda _env: None)
    figure = await staying.guarantee(os.environ)
    assert figure.kept, figure.findings
    assert (await staying.guarantee(os.environ, planted=True)).findings
