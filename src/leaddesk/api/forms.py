"""Forms: how the fields of leads are defined."""

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read_all
from leaddesk.contract.leads import Form


async def list_forms(client: ApiClient) -> tuple[Form, ...]:
    """Return the tenant's forms."""
    return read_all(Form, (await client.ask(Call("GET", "/forms"))).body)
