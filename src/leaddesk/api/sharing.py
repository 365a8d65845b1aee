"""Share requests: asked by one person, decided by another."""

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read, read_all
from leaddesk.contract.ids import ShareRequestId
from leaddesk.contract.sharing import (
    ApproveRequest,
    CreateShareRequest,
    RejectRequest,
    ShareRequest,
    ShareRequestDetail,
)


async def list_share_requests(client: ApiClient) -> tuple[ShareRequest, ...]:
    """Return the requests the caller may see, newest first: a rep's own, an approver's all."""
    return read_all(ShareRequest, (await client.ask(Call("GET", "/share-requests"))).body)


async def read_share_request(client: ApiClient, request: ShareRequestId) -> ShareRequestDetail:
    """Return a request and, while pending, field by field what would leave the house."""
    answer = await client.ask(Call("GET", path("/share-requests/{}", request)))
    return read(ShareRequestDetail, answer.body)


async def create_share_request(client: ApiClient, request: CreateShareRequest, key: str) -> ShareRequest:
    """Ask to offer a lead on a market."""
    call = Call("POST", "/share-requests", body=request, key=key)
    return read(ShareRequest, (await client.ask(call)).body)


async def approve_share(
    client: ApiClient, request: ShareRequestId, approval: ApproveRequest, key: str
) -> ShareRequest:
    """Approve what the admin saw; a lead changed since is a stale serial."""
    call = Call("POST", path("/share-requests/{}/approve", request), body=approval, key=key)
    return read(ShareRequest, (await client.ask(call)).body)


async def reject_share(
    client: ApiClient, request: ShareRequestId, rejection: RejectRequest, key: str
) -> ShareRequest:
    """Reject with a reason."""
    call = Call("POST", path("/share-requests/{}/reject", request), body=rejection, key=key)
    return read(ShareRequest, (await client.ask(call)).body)


async def withdraw_share(client: ApiClient, request: ShareRequestId, key: str) -> ShareRequest:
    """Take one's own request back."""
    call = Call("POST", path("/share-requests/{}/withdraw", request), key=key)
    return read(ShareRequest, (await client.ask(call)).body)
