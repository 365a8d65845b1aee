"""The own sessions, and showing once more who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from leaddesk.api.call import Call, path
from leaddesk.api.client import ApiClient
from leaddesk.api.reading import read, read_all
from leaddesk.contract.signin import PushedRequest, PushStepUpRequest, StepUpRequest, StepUpWays

if TYPE_CHECKING:
    from leaddesk.contract.accounts import Session


async def list_sessions(client: ApiClient) -> tuple[Session, ...]:
    """Return where one is signed in."""
    from leaddesk.contract.accounts import Session

    return read_all(Session, (await client.ask(Call("GET", "/sessions"))).body)


async def end_session(client: ApiClient, session_id: str) -> None:
    """Sign out one device."""
    await client.ask(Call("DELETE", path("/sessions/{}", session_id), key=str(uuid4())))


async def end_other_sessions(client: ApiClient) -> None:
    """Sign out all devices but this one."""
    await client.ask(Call("DELETE", "/sessions", key=str(uuid4())))


async def step_up(client: ApiClient, request: StepUpRequest) -> None:
    """Show password, code or what a browser brought; sensitive acts are allowed for the next minutes."""
    await client.ask(Call("POST", "/me/step-up", body=request))


async def read_step_up_ways(client: ApiClient) -> StepUpWays:
    """Return how one can show once more who one is."""
    return read(StepUpWays, (await client.ask(Call("GET", "/me/step-up"))).body)


async def push_step_up(client: ApiClient, request: PushStepUpRequest) -> PushedRequest:
    """Have the server keep what a browser shall be asked; returns the name for it."""
    return read(PushedRequest, (await client.ask(Call("POST", "/me/step-up/requests", body=request))).body)
