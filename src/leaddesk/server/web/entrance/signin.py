"""``/oauth/*``: challenge, token, revocation (contract/signin.py; RFC 6749, 7636, 7009)."""

import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.signin import (
    CLIENT_ID,
    ChallengeAnswer,
    ChallengeRequest,
    OAuthError,
    SecondStepRequest,
    TokenAnswer,
)
from leaddesk.personal.masked import Secret
from leaddesk.server.identity.facade import Identity
from leaddesk.server.identity.refusals import InvalidGrant, NetworkRefused
from leaddesk.server.identity.tokens.codes import Bound, is_challenge, is_verifier
from leaddesk.server.identity.tokens.register import name_of
from leaddesk.server.identity.tokens.sessions import Grant
from leaddesk.server.web.edge.answers import answer
from leaddesk.server.web.edge.inputs import form, parse_body, source_of
from leaddesk.server.web.edge.problems import invalid
from leaddesk.server.web.edge.routes import open_to_all
from leaddesk.server.web.edge.spec import Other, Param, Spec

S256 = "S256"
BEARER = "Bearer"
LONGEST_ROTATION_ID = 200
LONGEST_DEVICE_NAME = 60

_ERRORS = ("invalid_request", "invalid_client", "invalid_grant", "unsupported_grant_type")
_REFUSED = Other(400, "RFC 6749, 5.2: " + ", ".join(_ERRORS), OAuthError, kinds=_ERRORS)
_ELSEWHERE = Other(403, "Not from this network; the token stays good", OAuthError, kinds=("access_denied",))
_CHALLENGE = Spec(
    "Sign in with e-mail and password: a code for 60 s",
    ChallengeAnswer,
    body=ChallengeRequest,
    problems=(
        ProblemType.SIGN_IN_REFUSED,
        ProblemType.SECOND_FACTOR_NEEDED,
        ProblemType.NETWORK_REFUSED,
        ProblemType.TOO_MANY_REQUESTS,
    ),
)
_SECOND = Spec(
    "Go on after `second-factor-needed` with a code of the app, or a recovery code: a code for 60 s",
    ChallengeAnswer,
    body=SecondStepRequest,
    problems=(ProblemType.SIGN_IN_REFUSED, ProblemType.TICKET_OVER, ProblemType.TOO_MANY_REQUESTS),
)
_TOKEN = Spec(
    "Exchange a code, or a refresh token, for tokens (RFC 6749, 7636)",
    TokenAnswer,
    params=(
        Param(
            "grant_type",
            "Which of both",
            choices=("authorization_code", "refresh_token"),
            required=True,
            place="form",
        ),
        Param("client_id", "The client", choices=(CLIENT_ID,), required=True, place="form"),
        Param("code", "The code, once", place="form"),
        Param("code_verifier", "What the code challenge was made of", place="form"),
        Param("redirect_uri", "The address the code was answered at, if it was", place="form"),
        Param("refresh_token", "The token to exchange", place="form"),
        Param(
            "rotation_id",
            "Stored before asking; with the same one the same successor is answered, without one only once",
            place="form",
        ),
        Param("device_name", "With a code: how the list of sessions shall call this device", place="form"),
    ),
    others=(_REFUSED, _ELSEWHERE),
)
_REVOKE = Spec(
    "End the session a token belongs to (RFC 7009)",
    params=(Param("token", "An access or refresh token", pattern="^.+$", required=True, place="form"),),
    others=(_REFUSED,),
)


def routes(identity: Identity, in_app_form: bool = True) -> list[BaseRoute]:
    """Return the open endpoints of signing in; the challenge only where a form in the app is welcome."""
    desk = _SignIn(identity)
    form_in_app = [
        open_to_all("POST", "/oauth/challenge", desk.challenge, _CHALLENGE),
        open_to_all("POST", "/oauth/challenge/second-factor", desk.second, _SECOND),
    ]
    return [
        *(form_in_app if in_app_form else ()),
        open_to_all("POST", "/oauth/token", desk.token, _TOKEN),
        open_to_all("POST", "/oauth/revoke", desk.revoke, _REVOKE),
    ]


class _OAuthRefused(Exception):
    """An error of the token endpoint in RFC 6749's own words."""


class _SignIn:
    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._grants: dict[str, Callable[[dict[str, str], str], Awaitable[Grant]]] = {
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh_token,
        }

    async def challenge(self, request: Request) -> Response:
        asked = await parse_body(request, ChallengeRequest)
        if asked.client_id != CLIENT_ID:
            raise invalid("clientId", CLIENT_ID)
        if asked.code_challenge_method != S256:
            raise invalid("codeChallengeMethod", S256)
        if not is_challenge(asked.code_challenge):
            raise invalid("codeChallenge", "43 characters, base64url of a SHA-256")
        source = source_of(request)
        password = Secret(asked.password)
        code = await self._identity.challenge(asked.email, password, asked.code_challenge, source)
        return answer(ChallengeAnswer(authorization_code=code.reveal()))

    async def second(self, request: Request) -> Response:
        asked = await parse_body(request, SecondStepRequest)
        ticket, given = Secret(asked.ticket), Secret(asked.code)
        arrived = await self._identity.second_step.take(ticket, given, source_of(request))
        code = await self._identity.entry.admit(*arrived)
        return answer(ChallengeAnswer(authorization_code=code.reveal()))

    async def token(self, request: Request) -> Response:
        fields = await form(request)
        try:
            if fields is None:
                raise _OAuthRefused("invalid_request")
            if fields.get("client_id") != CLIENT_ID:
                raise _OAuthRefused("invalid_client")
            grant = await self._grant_of(fields, source_of(request))
        except _OAuthRefused as refusal:
            return answer(OAuthError(error=str(refusal)), 400)
        except InvalidGrant:
            return answer(OAuthError(error="invalid_grant"), 400)
        except NetworkRefused:
            return answer(OAuthError(error="access_denied"), 403)
        return answer(
            TokenAnswer(
                access_token=grant.access.reveal(),
                token_type=BEARER,
                expires_in=int(grant.lifetime.total_seconds()),
                refresh_token=grant.refresh.reveal(),
                leaddesk_session=name_of(grant.session),
                leaddesk_session_ends_in=int(grant.left.total_seconds()),
            ),
            headers={"pragma": "no-cache"},
        )

    async def revoke(self, request: Request) -> Response:
        fields = await form(request)
        if fields is None or not fields.get("token"):
            return answer(OAuthError(error="invalid_request"), 400)
        await self._identity.apart(lambda: self._identity.revoke(fields["token"]))
        return Response(None, 200)

    async def _grant_of(self, fields: dict[str, str], source: str) -> Grant:
        try:
            way = self._grants[_needed(fields, "grant_type")]
        except KeyError:
            raise _OAuthRefused("unsupported_grant_type") from None
        return await way(fields, source)

    async def _by_code(self, fields: dict[str, str], _source: str) -> Grant:
        code, verifier = _needed(fields, "code"), _needed(fields, "code_verifier")
        if not is_verifier(verifier):
            raise _OAuthRefused("invalid_request")
        bound = Bound(fields["client_id"], fields.get("redirect_uri") or None)
        device = " ".join(fields.get("device_name", "").split())
        if len(device) > LONGEST_DEVICE_NAME or not device.isprintable():
            raise _OAuthRefused("invalid_request")
        return await self._identity.apart(lambda: self._identity.redeem(code, verifier, bound, device))

    async def _by_refresh_token(self, fields: dict[str, str], source: str) -> Grant:
        token = _needed(fields, "refresh_token")
        rotation_id = fields.get("rotation_id") or secrets.token_urlsafe(32)  # none: nobody can ask again
        if len(rotation_id) > LONGEST_ROTATION_ID:
            raise _OAuthRefused("invalid_request")
        return await self._identity.apart(lambda: self._identity.rotate(token, rotation_id, source))


def _needed(fields: dict[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise _OAuthRefused("invalid_request")
    return value
