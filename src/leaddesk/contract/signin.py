"""Signing in: first-party challenge, code + PKCE, token, rotation, revocation (RFC 6749, 7636, 7009).

``POST /oauth/challenge`` takes JSON; ``POST /oauth/token`` and ``/oauth/revoke`` take form fields as the
RFCs say. Fields of the token request: ``grant_type=authorization_code`` with ``code, code_verifier,
client_id`` and, where a browser was answered, ``redirect_uri``; or ``grant_type=refresh_token`` with
``refresh_token, rotation_id, client_id``. The rotation id is stored by the client before it asks; the same
refresh token with the same rotation id yields the same successor until that is first used.
"""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from leaddesk.contract.wire import WireModel, WireRequest

CLIENT_ID = "leaddesk-desktop"
REDIRECT_PATH = "/callback"
"""Path of the client's loopback address, ``http://127.0.0.1:<any port>/callback`` or with ``[::1]``."""


_PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"


class ChallengeRequest(WireRequest):
    """E-mail, password and the S256 code challenge."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=320)] = Field(repr=False)
    password: Annotated[str, StringConstraints(min_length=1, max_length=1_024)] = Field(repr=False)
    client_id: str = Field(default=CLIENT_ID, json_schema_extra={"const": CLIENT_ID})
    code_challenge: Annotated[str, StringConstraints(min_length=43, max_length=128)] = Field(
        repr=False, json_schema_extra={"pattern": "^[A-Za-z0-9_-]{43}$"}
    )
    code_challenge_method: str = Field(default="S256", json_schema_extra={"const": "S256"})


class WaysRequest(WireRequest):
    """``POST /oauth/ways``: whose ways to sign in; only the part behind the @ counts."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=320)] = Field(repr=False)


class Ways(WireModel):
    """How people of an address' domain sign in: ``password``, ``firm`` (the browser leads there), or both.

    It tells of the domain alone: the same for everybody there, whether or not there is such a person.
    """

    ways: list[str]


class SecondStepRequest(WireRequest):
    """``POST /oauth/challenge/second-factor``: the ticket of ``second-factor-needed``, and a code.

    The code of an authenticator app, or a recovery code; blanks and dashes do not matter.
    """

    ticket: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(repr=False)
    code: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(repr=False)


class StepUpRequest(WireRequest):
    """``POST /me/step-up``: the password again, a code of the second factor, or what a browser brought.

    Exactly one of the three; what a browser brought is ``authorizationCode`` with ``codeVerifier`` and
    ``redirectUri``.
    """

    password: Annotated[str, StringConstraints(min_length=1, max_length=1_024)] | None = Field(
        default=None, repr=False
    )
    code: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, repr=False
    )
    authorization_code: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, repr=False
    )
    code_verifier: Annotated[str, StringConstraints(min_length=43, max_length=128)] | None = Field(
        default=None, repr=False
    )
    redirect_uri: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, repr=False
    )


class StepUpWays(WireModel):
    """``GET /me/step-up``: how the caller can show anew who they are, the quickest first.

    ``password``, ``code`` (of the second factor), ``browser`` (the sign-in page, or their firm's).
    """

    ways: list[str]


class PushStepUpRequest(WireRequest):
    """``POST /me/step-up/requests``: an authorization request that shall confirm this session (RFC 9126)."""

    redirect_uri: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        repr=False,
        json_schema_extra={"pattern": rf"^http://(127\.0\.0\.1|\[::1\]):{_PORT}{REDIRECT_PATH}$"},
    )
    code_challenge: Annotated[str, StringConstraints(min_length=43, max_length=128)] = Field(
        repr=False, json_schema_extra={"pattern": "^[A-Za-z0-9_-]{43}$"}
    )
    code_challenge_method: str = Field(default="S256", json_schema_extra={"const": "S256"})
    state: Annotated[str, StringConstraints(min_length=1, max_length=1_024)] | None = Field(
        default=None, repr=False, json_schema_extra={"pattern": "^[\\x20-\\x7e]+$"}
    )


class PushedRequest(WireModel):
    """RFC 9126, 2.2: snake_case by the RFC. The browser brings ``request_uri`` and ``client_id`` alone."""

    request_uri: str = Field(repr=False, alias="request_uri")
    expires_in: int = Field(alias="expires_in")


class ChallengeAnswer(WireModel):
    """A one-time code, good for 60 s."""

    authorization_code: str = Field(repr=False, alias="authorization_code")


class TokenAnswer(WireModel):
    """RFC 6749, 5.1: snake_case by the RFC.

    ``leaddesk_session``: the id under which ``GET /sessions`` lists this one; opens nothing.
    ``leaddesk_session_ends_in``: seconds until it ends by the tenant's rule, however often it is renewed.
    """

    access_token: str = Field(repr=False, alias="access_token")
    token_type: str = Field(alias="token_type")
    expires_in: int = Field(alias="expires_in")
    refresh_token: str = Field(repr=False, alias="refresh_token")
    leaddesk_session: str | None = Field(default=None, alias="leaddesk_session")
    leaddesk_session_ends_in: int | None = Field(default=None, alias="leaddesk_session_ends_in")


class OAuthError(WireModel):
    """RFC 6749, 5.2: ``invalid_grant`` means the session is over."""

    error: str
    error_description: str | None = Field(default=None, alias="error_description")


class ServerMetadata(WireModel):
    """``GET /.well-known/oauth-authorization-server`` (RFC 8414), in the RFC's own names.

    ``leaddesk_ways_endpoint``: which ways the people of a firm have. ``leaddesk_challenge_endpoint``: where a
    form in the app sends e-mail and password; absent where the server wants the browser.
    """

    model_config = ConfigDict(alias_generator=None)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    leaddesk_challenge_endpoint: str | None = None
    leaddesk_ways_endpoint: str
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    code_challenge_methods_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    ui_locales_supported: list[str]


class ServerInfo(WireModel):
    """``GET /.well-known/leaddesk``: what the server offers; 404 = core only."""

    name: str
    version: str
    instance: str
    capabilities: list[str]


class Condition(WireModel):
    """``GET /healthz``: ``alive``; ``GET /readyz``: ``ready``; ``GET /test``: ``valid``. Nothing else."""

    status: str
