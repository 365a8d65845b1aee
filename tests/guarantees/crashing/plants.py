"""Parts of the product that lose or double what was acknowledged: lines that a server process begins with."""

from __future__ import annotations

from tests.guarantees.crashing.storm import DATA, SERVER

ACKNOWLEDGED_EARLY = """
from leaddesk.server.database import connections
relaxed = connections.DEFAULTS["options"] + " -c synchronous_commit=off"
connections.DEFAULTS = {**connections.DEFAULTS, "options": relaxed}
"""
"""A commit is answered before it is on the disk."""

FORGETFUL = """
from leaddesk.server.commands import office
office.recall = lambda *_: None
"""
"""What a key did before is not asked for: whoever asks again does it again."""

ALL = {
    "acknowledged before it is on the disk": (ACKNOWLEDGED_EARLY, (DATA,)),
    "done again when asked again": (FORGETFUL, (SERVER, DATA)),
}
