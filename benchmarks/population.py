"""What a lead of the demo population costs: drawn and encoded, and stored in memory with its history."""

import gc
import time
from datetime import UTC, datetime

from leaddesk.server.commands.office import Office
from leaddesk.server.eventlog.log import EventLog
from leaddesk.server.eventlog.memory import MemoryStorage
from leaddesk.server.keys.opening import keys_in_memory
from leaddesk.server.seed.plant import plant
from leaddesk.server.seed.population import Population
from leaddesk.server.seed.stored import Storekeeper

LEADS = 12_480
TARGET_MICROSECONDS = 25.0
RUNS = 5


def measure(leads: int = LEADS, runs: int = RUNS) -> tuple[float, float]:
    """Return microseconds a lead, the best of the runs: drawn and encoded; planted in all."""
    gc.disable()
    try:
        return min(_drawn(leads) for _ in range(runs)), min(_planted(leads) for _ in range(runs))
    finally:
        gc.enable()


def _drawn(leads: int) -> float:
    population = _population(leads)
    keeper = Storekeeper(population, "wagner")
    began = time.perf_counter()
    for lead in population.leads():
        keeper.stored(lead)
    return (time.perf_counter() - began) / leads * 1e6


def _planted(leads: int) -> float:
    population = _population(leads)
    office = Office(EventLog(MemoryStorage(), keys_in_memory()), lambda: population.base)
    began = time.perf_counter()
    plant(office, population)
    return (time.perf_counter() - began) / leads * 1e6


def _population(leads: int) -> Population:
    return Population(leads, clock=lambda: datetime(2026, 11, 19, 13, 42, tzinfo=UTC))


if __name__ == "__main__":
    drawn, planted = measure()
    print(f"population {LEADS}: drawn and encoded {drawn:.1f} us a lead, planted {planted:.1f} us a lead")
