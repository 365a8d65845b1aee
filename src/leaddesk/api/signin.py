"""Discovery, challenge, tokens, revocation (RFC 6749, 7009, 7636)."""

import re
import sys

from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Malformed, Refused
from leaddesk.api.reading import read
from leaddesk.contract.signin import (
    CLIENT_ID,
    ChallengeAnswer,
    ChallengeRequest,
    SecondStepRequest,
    ServerInfo,
    ServerMetadata,
    TokenAnswer,
    Ways,
    WaysRequest,
)
from leaddesk.personal.masked import Secret

_SMALL = Limits(seconds=15.0, bytes=256 * 1024)
_FAREWELL = Limits(seconds=4.0, bytes=64 * 1024)

_TOKEN = re.compile(r"[!-~]{1,16384}")
"""What a header can carry (RFC 6750, 2.1; RFC 9110, 5.5), and no longer than servers take one."""

_SYSTEMS = {"win32": "Windows", "darwin": "macOS"}

CORE_ONLY = ServerInfo(name="", version="", instance="", capabilities=[])
"""A server without the extension (404 on discovery)."""


def _lacks(refused: Refused) -> bool:
    """Tell whether a server knows no such address. Without a problem of ours 401 and 403 say it too.

    Gateways in front of an API answer so to every address they were not told of.
    """
    return refused.status == 404 or (refused.status in (401, 403) and refused.kind is None)


async def discover(client: ApiClient) -> ServerInfo:
    """Ask what the server offers."""
    try:
        return read(ServerInfo, (await client.ask(Call("GET", "/.well-known/leaddesk", limits=_SMALL))).body)
    except Refused as refused:
        if _lacks(refused):
            return CORE_ONLY
        raise


async def describe(client: ApiClient) -> ServerMetadata | None:
    """Ask how one signs in (RFC 8414); nothing from a server that does not say."""
    asked = Call("GET", "/.well-known/oauth-authorization-server", limits=_SMALL)
    try:
        return read(ServerMetadata, (await client.ask(asked)).body)
    except Refused as refused:
        if _lacks(refused):
            return None
        raise


async def challenge(client: ApiClient, request: ChallengeRequest) -> ChallengeAnswer:
    """Send e-mail and password; the answer is a one-time code, and a second one would just expire."""
    call = Call("POST", "/oauth/challenge", body=request, limits=_SMALL, harmless=True)
    answer = await client.ask(call)
    return read(ChallengeAnswer, answer.body)


async def ways_of(client: ApiClient, request: WaysRequest) -> tuple[str, ...]:
    """Ask how people of an address' domain sign in; nothing from a server that does not say."""
    try:
        call = Call("POST", "/oauth/ways", body=request, limits=_SMALL, harmless=True)
        answer = await client.ask(call)
    except Refused as refused:
        if _lacks(refused):
            return ()
        raise
    return tuple(read(Ways, answer.body).ways)


async def second_step(client: ApiClient, request: SecondStepRequest) -> ChallengeAnswer:
    """Send the code of a second factor; the answer is a one-time code."""
    answer = await client.ask(Call("POST", "/oauth/challenge/second-factor", body=request, limits=_SMALL))
    return read(ChallengeAnswer, answer.body)


async def redeem_code(
    client: ApiClient, code: Secret, verifier: Secret, redirect_uri: str | None = None
) -> TokenAnswer:
    """Exchange a code for the first tokens; one that came to an address is bound to it.

    The list of sessions shall call this device by its system, and not by a name a person gave it.
    """
    form: dict[str, Secret | str] = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "client_id": CLIENT_ID,
        "device_name": f"leaddesk, {_SYSTEMS.get(sys.platform, 'Linux')}",
    }
    if redirect_uri is not None:
        form["redirect_uri"] = redirect_uri
    return await _tokens(client, form)


async def refresh(client: ApiClient, token: Secret, rotation_id: str) -> TokenAnswer:
    """Rotate a refresh token. The same rotation id gives the same successor until that is used."""
    form: dict[str, Secret | str] = {
        "grant_type": "refresh_token",
        "refresh_token": token,
        "rotation_id": rotation_id,
        "client_id": CLIENT_ID,
    }
    return await _tokens(client, form)


async def revoke(client: ApiClient, token: Secret) -> None:
    """End a token's family."""
    await client.ask(Call("POST", "/oauth/revoke", form={"token": token}, limits=_FAREWELL))


async def _tokens(client: ApiClient, form: dict[str, Secret | str]) -> TokenAnswer:
    """Ask for tokens. What no header could carry is none: it would fail where it is used, and show itself."""
    answer = await client.ask(Call("POST", "/oauth/token", form=form, limits=_SMALL))
    found = read(TokenAnswer, answer.body)
    if not (_TOKEN.fullmatch(found.access_token) and _TOKEN.fullmatch(found.refresh_token)):
        raise Malformed
    return found
