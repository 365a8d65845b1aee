"""S7 in small: back to a moment between two writes; what was erased since stays erased."""

from tests.guarantees.restoring import SMOKE, restored


async def test_a_restore_brings_what_was_there_and_nothing_else() -> None:
    figure = await restored(SMOKE)
    assert figure.kept, figure.findings


async def test_keys_that_were_not_destroyed_are_noticed() -> None:
    """The planted violation: after the restore erased leads can be read."""
    figure = await restored(SMOKE, planted=True)
    assert not figure.kept and all("erased, readable" in finding for finding in figure.findings)
