"""Forms: how the fields of leads are defined."""

from leaddesk.api.client import ApiClient
from leaddesk.api.paging import read_pages
from leaddesk.contract.leads import Form


async def list_forms(client: ApiClient) -> tuple[Form, ...]:
    """Return the tenant's forms."""
    return await read_pages(client, Form, "/forms")
