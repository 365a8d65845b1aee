"""The window suite runs inside the guard: what passes there passes under enforcement (guarantee A4).

Its process writes no file anyway – pictures and verdicts leave by pipes – so all of it can be guarded, the
client's code and its own. Written pictures (UPDATE_PICTURES) are made by hand, without.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import configuration

GUARDED = "LEADDESK_TEST_GUARDED"


def pytest_configure(config: pytest.Config) -> None:
    """Enter before any test is imported. Raises UsageError where the kernel enforces nothing."""
    if os.environ.get(GUARDED) != "1" or os.environ.get("UPDATE_PICTURES"):
        return
    configuration.StorageDirectory.create_if_missing = _keep_no_cache  # type: ignore[method-assign, assignment]
    from leaddesk.guard.entering import enter
    from leaddesk.guard.probing import probe

    enter()
    holds = probe()
    if not (holds.files and holds.attributes and holds.python and holds.alone):
        raise pytest.UsageError(f"the guard does not hold: {holds}")


def _keep_no_cache(_directory: configuration.StorageDirectory) -> None:
    """Hypothesis goes on without its cache when it cannot make the folder: it need not try and be refused."""
    raise OSError
