"""What the tenant asks of every workstation."""

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read
from leaddesk.contract.people import TenantPolicy


async def read_policy(client: ApiClient) -> TenantPolicy:
    """Return the tenant's policy. Raises :class:`~leaddesk.api.errors.ApiError`."""
    return read(TenantPolicy, (await client.ask(Call("GET", "/tenant/policy"))).body)
