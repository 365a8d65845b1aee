"""Suite-wide: the watchdogs, kept byte code, Hypothesis without a database on disk, what Linux alone runs."""

from __future__ import annotations

import os
import sys

from hypothesis import settings

pytest_plugins = ["tests.support.guarded", "tests.support.watchdogs", "tests.support.compiled"]

settings.register_profile("house", database=None, deadline=None, derandomize=True)
settings.register_profile("long", database=None, deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

LINUX_ONLY = (
    "demo",
    "guard",
    "guarantees",
    "house",
    "journey",
    "plants",
    "server",
    "tour",
    "ui",
    "desk/test_late_keyring.py",
    "test_doctor.py",
    "session/test_keeper.py",
    "session/renewal/test_neighbours.py",
    "session/sealing/test_owners.py",
    "session/test_secret_service.py",
    "store/test_store.py",
)
"""The windows need an X server of their own here, the server runs on Linux; the rest reads /proc or speaks to
the Secret Service."""
collect_ignore = [] if sys.platform == "linux" else list(LINUX_ONLY)
