"""Which endpoint an entry is sent to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from leaddesk.api import leads, notes, offers, sharing
from leaddesk.api.client import ApiClient
from leaddesk.contract.ids import LeadId, OfferId, ShareRequestId
from leaddesk.contract.leads import StepChangeRequest
from leaddesk.contract.notes import NoteRequest
from leaddesk.contract.offers import DeclineRequest
from leaddesk.contract.sharing import ApproveRequest, CreateShareRequest, RejectRequest
from leaddesk.desk.sending.entries import Entry, Kind

Sender = Callable[[ApiClient, Entry], Awaitable[object]]


async def send(client: ApiClient, entry: Entry) -> object:
    """Send an entry and return the endpoint's answer. Raises :class:`~leaddesk.api.errors.ApiError`."""
    return await _SENDERS[entry.kind](client, entry)


async def _note(client: ApiClient, entry: Entry) -> object:
    return await notes.add_note(client, LeadId(entry.subject), cast("NoteRequest", entry.request), entry.key)


async def _step(client: ApiClient, entry: Entry) -> object:
    change = cast("StepChangeRequest", entry.request)
    return await leads.change_step(client, LeadId(entry.subject), change, entry.key, entry.serial or 0)


async def _reveal(client: ApiClient, entry: Entry) -> object:
    await leads.reveal_lead(client, LeadId(entry.subject), entry.key)
    return None


async def _delete(client: ApiClient, entry: Entry) -> object:
    await leads.delete_lead(client, LeadId(entry.subject), entry.key)
    return None


async def _share(client: ApiClient, entry: Entry) -> object:
    return await sharing.create_share_request(client, cast("CreateShareRequest", entry.request), entry.key)


async def _withdraw(client: ApiClient, entry: Entry) -> object:
    return await sharing.withdraw_share(client, ShareRequestId(entry.subject), entry.key)


async def _approve(client: ApiClient, entry: Entry) -> object:
    approval = cast("ApproveRequest", entry.request)
    return await sharing.approve_share(client, ShareRequestId(entry.subject), approval, entry.key)


async def _reject(client: ApiClient, entry: Entry) -> object:
    rejection = cast("RejectRequest", entry.request)
    return await sharing.reject_share(client, ShareRequestId(entry.subject), rejection, entry.key)


async def _accept(client: ApiClient, entry: Entry) -> object:
    return await offers.accept_offer(client, OfferId(entry.subject), entry.key)


async def _decline(client: ApiClient, entry: Entry) -> object:
    decline = cast("DeclineRequest", entry.request)
    return await offers.decline_offer(client, OfferId(entry.subject), decline, entry.key)


_SENDERS: dict[Kind, Sender] = {
    Kind.NOTE: _note,
    Kind.STEP: _step,
    Kind.REVEAL: _reveal,
    Kind.DELETE: _delete,
    Kind.SHARE: _share,
    Kind.WITHDRAW: _withdraw,
    Kind.APPROVE: _approve,
    Kind.REJECT: _reject,
    Kind.ACCEPT: _accept,
    Kind.DECLINE: _decline,
}
