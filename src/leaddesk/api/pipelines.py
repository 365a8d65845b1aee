"""Pipelines: the ordered steps of commissions."""

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read_all
from leaddesk.contract.leads import Pipeline


async def list_pipelines(client: ApiClient) -> tuple[Pipeline, ...]:
    """Return the pipelines the caller's leads can be on."""
    return read_all(Pipeline, (await client.ask(Call("GET", "/pipelines"))).body)
