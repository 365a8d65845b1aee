"""Our endpoints asked by a client library that knows the RFCs and nothing of us (Authlib)."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.oauth2.rfc6749.errors import MismatchingStateException
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from leaddesk.contract.signin import CLIENT_ID
from tests.server.web.signin.conftest import EMAIL, ISSUER, PASSWORD, REDIRECT, Read, World

with warnings.catch_warnings():  # the library will leave httpx one day
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import AsyncOAuth2Client

METADATA = "/.well-known/oauth-authorization-server"


class Library:
    """The library, its endpoints taken from the metadata, and a person at a browser."""

    def __init__(self, world: World, metadata: AuthorizationServerMetadata) -> None:
        self.world = world
        self.metadata = metadata
        self.verifier = generate_token(48)
        self.client = AsyncOAuth2Client(
            client_id=CLIENT_ID,
            redirect_uri=REDIRECT,
            code_challenge_method="S256",
            token_endpoint_auth_method="none",
            token_endpoint=metadata["token_endpoint"],
            transport=httpx.ASGITransport(world.app),
        )

    async def authorized(self) -> tuple[str, str]:
        """Let the person sign in where the library leads them: the address they end at, and the state."""
        url, state = self.client.create_authorization_url(
            self.metadata["authorization_endpoint"], code_verifier=self.verifier
        )
        assert create_s256_code_challenge(self.verifier) in url
        shown = await self.world.browser.get(url, follow_redirects=True)
        handle = Read(shown.text).field("request")["value"]
        sent = await self.world.enter(handle, email=EMAIL, password=PASSWORD)
        return sent.headers["location"], state

    async def tokens(self, address: str, **more: str) -> dict[str, str]:
        found: dict[str, str] = await self.client.fetch_token(
            authorization_response=address, code_verifier=self.verifier, **more
        )
        return found


@pytest.fixture
async def library(world: World) -> AsyncIterator[Library]:
    metadata = AuthorizationServerMetadata((await world.browser.get(METADATA)).json())
    metadata.validate()
    assert metadata["issuer"] == ISSUER
    library = Library(world, metadata)
    async with library.client:
        yield library


async def test_the_whole_way(library: Library) -> None:
    address, state = await library.authorized()
    tokens = await library.tokens(address, state=state)
    assert tokens["token_type"] == "Bearer" and int(tokens["expires_in"]) == 300
    answer = await library.client.get(f"{ISSUER}/me")
    assert answer.json()["person"]["email"] == EMAIL
    renewed = await library.client.refresh_token(rotation_id="r-1")
    assert renewed["refresh_token"] != tokens["refresh_token"]
    assert (await library.client.get(f"{ISSUER}/me")).status_code == 200
    revoked = await library.client.revoke_token(library.metadata["revocation_endpoint"])
    assert revoked.status_code == 200
    library.client.token["expires_at"] = 9_999_999_999  # the library would renew it first
    assert (await library.client.get(f"{ISSUER}/me")).status_code == 401


async def test_a_forged_state_is_noticed_by_the_library(library: Library) -> None:
    address, _ = await library.authorized()
    with pytest.raises(MismatchingStateException):
        await library.tokens(address, state="another")


async def test_our_errors_are_the_librarys(library: Library) -> None:
    address, state = await library.authorized()
    right, library.verifier = library.verifier, generate_token(48)
    with pytest.raises(OAuthError) as wrong:
        await library.tokens(address, state=state)
    assert wrong.value.error == "invalid_grant"
    library.verifier = right
    with pytest.raises(OAuthError) as used:
        await library.tokens(address, state=state)
    assert used.value.error == "invalid_grant"


async def test_a_replayed_code_ends_what_came_of_it(library: Library) -> None:
    address, state = await library.authorized()
    await library.tokens(address, state=state)
    assert (await library.client.get(f"{ISSUER}/me")).status_code == 200
    held = dict(library.client.token)
    with pytest.raises(OAuthError) as replayed:
        await library.tokens(address, state=state)
    assert replayed.value.error == "invalid_grant"
    library.client.token = held
    assert (await library.client.get(f"{ISSUER}/me")).status_code == 401
