"""Single sign-on of a tenant: OpenID Connect with this server as relying party (measure A6)."""

from typing import Annotated

from pydantic import Field

from leaddesk.contract.patterns import CREDENTIAL, DOMAIN, ISSUER
from leaddesk.contract.wire import Timestamp, WireModel, WireRequest

Domain = Annotated[str, Field(min_length=1, max_length=253)]


class SingleSignOn(WireModel):
    """How the tenant's people sign in at their firm; all but ``redirectUri`` is absent where it is not set.

    ``redirectUri`` is what the provider has to be told; ``hasSecret``: the secret itself is never shown.
    """

    redirect_uri: str
    issuer: str | None = None
    client_id: str | None = None
    has_secret: bool | None = None
    domains: list[str] | None = None


class SingleSignOnRequest(WireRequest):
    """``PUT /tenant/single-sign-on``. Without ``clientSecret`` the one that is there stays, if issuer and
    client stay. ``domains``: of the e-mail addresses the provider answers for; proved, or set before.
    """

    issuer: Annotated[str, Field(max_length=500, pattern=ISSUER, examples=["https://id.example.com"])]
    client_id: Annotated[str, Field(pattern=CREDENTIAL)]
    client_secret: Annotated[str, Field(pattern=CREDENTIAL)] | None = Field(default=None, repr=False)
    domains: Annotated[list[Domain], Field(min_length=1, max_length=20)]


class SingleSignOnTest(WireModel):
    """What came of asking the provider: it works, or a code of what does not."""

    works: bool
    reason: str | None = None


class DomainRequest(WireRequest):
    """``POST /tenant/domains``: an e-mail domain, in small letters, others than ASCII as ``xn--``."""

    domain: Annotated[str, Field(max_length=253, pattern=DOMAIN, examples=["example.com"])]


class DomainProof(WireModel):
    """A domain and the TXT record that shows whose it is. Once ``provedAt`` is there, it may go again.

    ``provedBy``: ``dns``, or ``operator`` where the server's operator has vouched.
    """

    domain: str
    record_name: str
    record_value: str
    proved_at: Timestamp | None = None
    proved_by: str | None = None
