"""Signing in with the system's browser: authorization code + PKCE for a native app (RFC 8252, 7636, 9207)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from leaddesk.api.client import ApiClient
from leaddesk.api.signin import CORE_ONLY, describe, discover
from leaddesk.contract.signin import CLIENT_ID
from leaddesk.personal.masked import Secret
from leaddesk.session.browser.callback import Expected, Pages, listening
from leaddesk.session.tokens import challenge_of, new_verifier, random_name

Opening = Callable[[str], Awaitable[None]]
"""Opens an address in the person's browser, or shows it to be opened by hand."""

PATIENCE = 120.0
"""Seconds for a person to sign in at the browser (guarantee B8)."""


class NotSignedIn(Exception):
    """The browser brought a refusal; ``error`` is its code of RFC 6749, 4.1.2.1."""

    def __init__(self, error: str) -> None:
        super().__init__("the browser brought no code")
        self.error = error


class NotOffered(Exception):
    """What the server says of signing in with a browser cannot be used."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where one signs in, and who answers for it. Both lie at the server's own address."""

    endpoint: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What is exchanged for tokens."""

    code: Secret
    verifier: Secret
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Request:
    """What the browser's answer is bound to: where it goes, the state it carries, the S256 challenge."""

    redirect_uri: str
    state: Secret
    challenge: str


Push = Callable[[Request], Awaitable[str]]
"""Tells the server itself what is asked, and returns the name the browser is given for it (RFC 9126)."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How one can sign in: with the form in the app, with a browser, or with an API key alone.

    ``misnamed``: with a browser one could, if the server did not name another address than it is asked under.
    """

    form: bool = True
    browser: Way | None = None
    key: bool = False
    misnamed: bool = False


async def ways(client: ApiClient, address: str) -> Ways:
    """Ask a server; one that says nothing of it has the form, or knows keys alone (core only).

    Raises :class:`~leaddesk.api.errors.ApiError`.
    """
    said = await describe(client)
    if said is None:
        core_only = await discover(client) is CORE_ONLY
        return Ways(form=not core_only, key=core_only)
    form = said.leaddesk_challenge_endpoint is not None
    if "S256" not in said.code_challenge_methods_supported:
        return Ways(form)
    try:
        return Ways(form, checked_way(address, said.authorization_endpoint, said.issuer))
    except NotOffered:
        return Ways(form, misnamed=True)


def checked_way(address: str, endpoint: str, issuer: str) -> Way:
    """Take what a server says of itself only as far as it speaks of itself. Raises :class:`NotOffered`.

    A server that named somebody else's page would send the person, who trusts this address, there.
    """
    split = urlsplit(endpoint)
    if issuer.rstrip("/") != address.rstrip("/") or f"{split.scheme}://{split.netloc}" != _origin(address):
        raise NotOffered
    if split.query or split.fragment:
        raise NotOffered
    return Way(endpoint, issuer)


async def granted(
    way: Way, opening: Opening, pages: Pages, push: Push | None = None, *, anew: bool = False
) -> Grant:
    """Send the person to the browser and wait for what it brings.

    ``opening`` is given the address to open; with ``push`` nothing stands in it but a name. ``anew``: they
    are to sign in there, also where their firm still knows them. Raises what ``push`` raises,
    :class:`NotSignedIn`, ``NoLoopback``, ``TimeoutError``.
    """
    state, verifier = Secret(random_name()), new_verifier()
    async with listening(Expected(state, way.issuer), pages) as callback:
        request = Request(callback.redirect_uri, state, challenge_of(verifier))
        asked = _asked(request) if push is None else {"request_uri": await push(request)}
        asked["client_id"] = CLIENT_ID
        if anew:
            asked["prompt"] = "login"
        await opening(f"{way.endpoint}?{urlencode(asked)}")
        answer = await callback.answer(PATIENCE)
        if answer.code is None:
            raise NotSignedIn(answer.error)
        return Grant(answer.code, verifier, callback.redirect_uri)


def _asked(request: Request) -> dict[str, str]:
    return {
        "response_type": "code",
        "redirect_uri": request.redirect_uri,
        "state": request.state.reveal(),
        "code_challenge": request.challenge,
        "code_challenge_method": "S256",
    }


def _origin(address: str) -> str:
    split = urlsplit(address)
    return f"{split.scheme}://{split.netloc}"
