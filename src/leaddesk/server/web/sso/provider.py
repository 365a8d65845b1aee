"""Speaking with an OpenID provider: discovery, the code for tokens, the identity token checked.

OpenID Connect Core 1.0 (3.1.3.7), Discovery 1.0 (4.3), RFC 7636, RFC 9207, RFC 8725. What is not as it should
be is a :class:`ProviderFailed` with a code; nothing a provider says is repeated.
"""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from leaddesk.server.hooks.addresses import WrongAddress, read_url
from leaddesk.server.identity.firms.arriving import Subject
from leaddesk.server.identity.firms.providers import Provider
from leaddesk.server.web.beside.asking import Ask, ProviderFailed

WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = (
    "RS256",
    "PS256",
    "ES256",
    "ES384",
    "RS384",
    "PS384",
    "RS512",
    "PS512",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures by a key of the provider's; never ``none``, never a shared secret (RFC 8725, 3.1)."""
CLOCKS_DIFFER, OLDEST = timedelta(seconds=60), timedelta(minutes=10)
KEPT = timedelta(minutes=10)
NOT_FRESH = "not-fresh"
"""The provider does not say that somebody signed in just now."""
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself. ``names_itself``: its answers carry ``iss`` (RFC 9207)."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    basic: bool
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What is needed to exchange a provider's code.

    ``since``: who signed in there before this moment (POSIX) has not done so now; absent where it does not
    matter.
    """

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    redirect: str
    since: float | None = None


class Speaker:
    """Speaks with providers; what they say of themselves is kept for some minutes."""

    def __init__(self, ask: Ask, clock: Callable[[], datetime], loopback: bool = False) -> None:
        self._ask = ask
        self._clock = clock
        self._loopback = loopback
        self._known: dict[str, tuple[Metadata, datetime]] = {}

    def now(self) -> float:
        """Tell the time (POSIX)."""
        return self._clock().timestamp()

    async def metadata(self, issuer: str) -> Metadata:
        """Learn where a provider's endpoints are. Raises :class:`ProviderFailed`."""
        known = self._known.get(issuer)
        if known is not None and known[1] > self._clock():
            return known[0]
        told = await self._ask(issuer.rstrip("/") + WELL_KNOWN)
        if told.get("issuer") != issuer:  # exactly: Discovery, 4.3
            raise ProviderFailed("other-issuer")
        for name in _ENDPOINTS:
            self._check_address(told.get(name))
        methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        userinfo = told.get("userinfo_endpoint")
        found = Metadata(
            told["authorization_endpoint"],
            told["token_endpoint"],
            told["jwks_uri"],
            userinfo if isinstance(userinfo, str) else None,
            "client_secret_basic" in methods,
            told.get("authorization_response_iss_parameter_supported") is True,
        )
        self._known = {**dict(list(self._known.items())[-99:]), issuer: (found, self._clock() + KEPT)}
        return found

    async def key_set(self, metadata: Metadata) -> Any:
        """Fetch the keys a provider signs with. Raises :class:`ProviderFailed`."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        told = await self._ask(metadata.keys)
        try:
            return KeySet.import_key_set(told)  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError):
            raise ProviderFailed("no-keys") from None

    async def subject(self, provider: Provider, answered: Answered) -> Subject:
        """Exchange a code and return whom the provider vouches for. Raises :class:`ProviderFailed`."""
        metadata = await self.metadata(provider.issuer)
        tokens = await self._tokens(provider, metadata, answered)
        claims = await self._claims(provider, metadata, tokens, answered)
        if not isinstance(claims.get("email"), str) and metadata.userinfo is not None:
            claims = await self._with_userinfo(claims, metadata.userinfo, tokens)
        email, name = claims.get("email"), claims.get("name")
        is_vouched = isinstance(email, str) and claims.get("email_verified", True) in (True, "true")
        return Subject(
            provider.issuer,
            claims["sub"],
            str(email) if is_vouched else "",
            name if isinstance(name, str) and name.isprintable() else "",
        )

    async def _tokens(self, provider: Provider, metadata: Metadata, answered: Answered) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": answered.code,
            "redirect_uri": answered.redirect,
            "code_verifier": answered.verifier,
        }
        headers: dict[str, str] = {}
        if provider.client_secret and metadata.basic:
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
            headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form["client_id"] = provider.client_id
            if provider.client_secret:
                form["client_secret"] = provider.client_secret
        return await self._ask(metadata.token, headers, form)

    async def _claims(
        self, provider: Provider, metadata: Metadata, tokens: dict[str, Any], answered: Answered
    ) -> dict[str, Any]:
        """Check signature and claims of the identity token (Core, 3.1.3.7)."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        text = tokens.get("id_token")
        if not isinstance(text, str):
            raise ProviderFailed("no-identity")
        try:
            claims = jwt.decode(text, await self.key_set(metadata), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError, KeyError):
            raise ProviderFailed("not-signed") from None
        self._check_claims(claims, provider, answered.nonce)
        if answered.since is not None:
            self._check_fresh(claims, answered.since)
        return dict(claims)

    def _check_claims(self, claims: dict[str, Any], provider: Provider, nonce: str) -> None:
        audience = claims.get("aud")
        named = [audience] if isinstance(audience, str) else audience
        if claims.get("iss") != provider.issuer:
            raise ProviderFailed("other-issuer")
        if not isinstance(named, list) or provider.client_id not in named:
            raise ProviderFailed("other-audience")
        if claims.get("azp", provider.client_id) != provider.client_id or (
            len(named) > 1 and "azp" not in claims
        ):
            raise ProviderFailed("other-audience")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise ProviderFailed("other-nonce")
        now = self._clock().timestamp()
        ends, begun = claims.get("exp"), claims.get("iat")
        if not isinstance(ends, int | float) or not isinstance(begun, int | float):
            raise ProviderFailed("no-identity")
        earliest, latest = now - OLDEST.total_seconds(), now + CLOCKS_DIFFER.total_seconds()
        if ends <= now - CLOCKS_DIFFER.total_seconds() or not earliest <= begun <= latest:
            raise ProviderFailed("clock")
        if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
            raise ProviderFailed("no-identity")

    def _check_fresh(self, claims: dict[str, Any], since: float) -> None:
        """Check that somebody signed in there and then; the provider was asked to say when (3.1.2.1)."""
        moment, apart = claims.get("auth_time"), CLOCKS_DIFFER.total_seconds()
        if not isinstance(moment, int | float) or isinstance(moment, bool):
            raise ProviderFailed(NOT_FRESH)
        if not since - apart <= moment <= self.now() + apart:
            raise ProviderFailed(NOT_FRESH)

    async def _with_userinfo(
        self, claims: dict[str, Any], address: str, tokens: dict[str, Any]
    ) -> dict[str, Any]:
        """Ask for what the identity token leaves out; of the same person (Core, 5.3.2)."""
        access = tokens.get("access_token")
        if not isinstance(access, str) or not access.isascii() or not access.isprintable():
            raise ProviderFailed("no-identity")
        told = await self._ask(address, {"authorization": f"Bearer {access}"})
        if told.get("sub") != claims["sub"]:
            raise ProviderFailed("other-subject")
        return {**told, **claims}

    def _check_address(self, address: Any) -> None:
        try:
            read_url(address if isinstance(address, str) else "", self._loopback)
        except WrongAddress:
            raise ProviderFailed("address-not-allowed") from None
