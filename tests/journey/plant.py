"""``python -m tests.journey.plant CONFIG LEADS``: the demo population for a configured server.

Prints the people of the first tenant with their passwords as one line of JSON and ends.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from leaddesk.server.announcement import enter_people
from leaddesk.server.configured import build_configured
from leaddesk.server.operations.settings import read_settings
from leaddesk.server.seed import population
from leaddesk.server.seed.plant import plant

FEW = {"solar-nord": 1, "lorenzen": 1}
"""Nobody looks at the partners' own leads here."""


def main(config: str, leads: str) -> None:
    """Enter the people, then what they work with."""
    with patch.object(population, "PARTNER_LEADS", FEW):
        few = population.Population(int(leads), clock=lambda: datetime.now(UTC))
    services = build_configured(read_settings(Path(config), {}), {})
    first = enter_people(few.world, services.identity.people)[0]
    plant(services.office, few)
    print(json.dumps(first.people), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
