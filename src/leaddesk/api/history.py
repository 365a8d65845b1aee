"""What happened to a lead, and who received which of its fields."""

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read_all
from leaddesk.contract.history import Disclosure, HistoryEntry
from leaddesk.contract.ids import LeadId


async def list_history(client: ApiClient, lead: LeadId) -> tuple[HistoryEntry, ...]:
    """Return every change of a lead, newest first (measure A14)."""
    return read_all(HistoryEntry, (await client.ask(Call("GET", path("/leads/{}/history", lead)))).body)


async def list_disclosures(client: ApiClient, lead: LeadId) -> tuple[Disclosure, ...]:
    """Return who received the lead, newest first (measure A13)."""
    return read_all(Disclosure, (await client.ask(Call("GET", path("/leads/{}/disclosures", lead)))).body)
