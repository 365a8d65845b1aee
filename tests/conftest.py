"""Suite-wide: the watchdogs, and Hypothesis without a database on disk."""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = ["tests.support.watchdogs"]

settings.register_profile("house", database=None, deadline=None, derandomize=True)
settings.register_profile("long", database=None, deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
