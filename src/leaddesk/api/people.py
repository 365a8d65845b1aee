"""The caller, and the names beside responsibles."""

from leaddesk.api.call import Call
from leaddesk.api.client import ApiClient
from leaddesk.api.paging import read_pages
from leaddesk.api.reading import read, read_all
from leaddesk.contract.people import Me, Member
from leaddesk.contract.sales_partners import SalesPartner


async def read_me(client: ApiClient) -> Me:
    """Return who is signed in, for which tenant, with which rights."""
    return read(Me, (await client.ask(Call("GET", "/me"))).body)


async def list_members(client: ApiClient) -> tuple[Member, ...]:
    """Return the names of members and partner firms."""
    return read_all(Member, (await client.ask(Call("GET", "/members"))).body)


async def list_sales_partners(client: ApiClient) -> tuple[SalesPartner, ...]:
    """Return the sales partners that are active or invited."""
    return await read_pages(client, SalesPartner, "/sales-partners")
