"""One lead: read, move a step, delete."""

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read
from leaddesk.contract.ids import LeadId
from leaddesk.contract.leads import Lead, StepChangeRequest


async def read_lead(client: ApiClient, lead: LeadId) -> Lead:
    """Return one lead with both blocks."""
    return read(Lead, (await client.ask(Call("GET", path("/leads/{}", lead)))).body)


async def change_step(
    client: ApiClient, lead: LeadId, change: StepChangeRequest, key: str, serial: int
) -> Lead:
    """Move a lead to a step; ``serial`` is what the person saw, a stale one is a 409."""
    call = Call("POST", path("/leads/{}/commission/step", lead), body=change, key=key, serial=serial)
    return read(Lead, (await client.ask(call)).body)


async def reveal_lead(client: ApiClient, lead: LeadId, key: str) -> None:
    """Put on record that masked fields of a lead are looked at (measure A8)."""
    await client.ask(Call("POST", path("/leads/{}/reveals", lead), key=key))


async def delete_lead(client: ApiClient, lead: LeadId, key: str) -> None:
    """Delete for ever (measure A9)."""
    await client.ask(Call("DELETE", path("/leads/{}", lead), key=key))
