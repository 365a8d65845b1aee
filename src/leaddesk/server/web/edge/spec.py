"""What an endpoint says of itself, beside its registration; the OpenAPI document is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import msgspec

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.wire import WireModel, WireRequest

Place = Literal["query", "header", "form"]
Kind = Literal["string", "integer", "boolean"]
Answer = type[WireModel] | type[msgspec.Struct]


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter, request header or field of a form body: its name and what it means.

    Its text may be held by a ``pattern`` (anchored), by ``choices``, by a ``format`` (``uuid``, ``uri``), or
    as a whole number from ``low`` to ``high``. ``repeatable``: several values, each a parameter of its own.
    """

    name: str
    meaning: str
    example: str = ""
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    repeatable: bool = False
    required: bool = False
    place: Place = "query"
    kind: Kind = "string"
    format: str | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A further answer beside the usual one and the problems: its status, what it means, its content.

    ``kinds``: what a well-formed request may be refused with, in words of its own (RFC 6749's ``error``).
    """

    status: int
    meaning: str
    answer: Answer | None = None
    media: str = "application/json"
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """Summary, what goes in, what comes out.

    ``answer`` absent: an empty body, or an opaque one where ``media`` is not JSON. ``many``: a JSON array of
    ``answer``. ``problems``: business problems beyond the general ones, which every endpoint gets by what it
    takes (400 of bad input, 401, 403 of a missing right, 404 of an id in path, query or body, 413, 429).
    ``INVALID_INPUT`` among them: well-formed input may be refused, too, by what the tenant has (its labels).
    ``headers``: names and meanings of answer headers. Set ``media`` where the answer is not JSON. ``others``:
    further answers, such as the same rows as another media type. Form bodies are parameters of the place
    ``form``; ``body_media`` names what they travel as (urlencoded, or multipart with files). ``on_loop``: it
    waits for passwords or other servers, and asks the storage apart itself.
    """

    summary: str
    answer: Answer | None = None
    many: bool = False
    status: int = 200
    body: type[WireRequest] | None = None
    params: tuple[Param, ...] = ()
    problems: tuple[ProblemType, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    media: str = "application/json"
    others: tuple[Other, ...] = ()
    body_media: str = "application/x-www-form-urlencoded"
    body_optional: bool = False
    on_loop: bool = False


SENSITIVE: Mapping[str, str] = MappingProxyType(
    {
        "POST /api-keys": "opens a door for machines",
        "DELETE /api-keys/{key_id}": "shuts out a system of the firm",
        "PUT /tenant/policy": "weakens every workstation",
        "PUT /tenant/sign-in-policy": "weakens every sign-in",
        "PUT /tenant/networks": "opens or shuts networks",
        "POST /tenant/domains": "lets addresses there be the firm's",
        "PUT /tenant/single-sign-on": "lets another server vouch for people",
        "DELETE /tenant/single-sign-on": "shuts people out",
        "POST /members/invitations": "makes somebody a member",
        "PUT /members/{member_id}/role": "gives or takes rights",
        "POST /members/{member_id}/removal": "shuts somebody out for ever",
        "DELETE /members/{member_id}/second-factor": "weakens somebody's sign-in",
        "POST /me/email": "moves the way back to an account",
        "POST /me/second-factor": "changes what one signs in with",
        "POST /me/second-factor/confirm": "changes what one signs in with",
        "DELETE /me/second-factor": "weakens the own sign-in",
        "POST /me/recovery-codes": "shows what one may sign in with",
        "POST /access-log/resolutions": "asks who somebody is",
        "POST /access-log/resolutions/{resolution_id}/approve": "lets a colleague learn who somebody is",
    }
)
"""Sensitive acts, and why: for people who have shown a moment ago who they are (step-up; measures A10, A15).

``PUT /me/password`` takes the present password itself. What an operator alone may do – exports of the
history, deletion of a tenant – is no request at all but an order at the server's door. A test compares this
with the document.
"""

_DATE = r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
TIME = rf"{_DATE}(T([01][0-9]|2[0-3])(:[0-5][0-9]){{2}}(\.[0-9]{{3}})?Z)?"
"""How a UTC date or time is best written; more is understood."""
TIME_FILTER = rf"^((gte|gt|lte|lt|eq):)?{TIME}$"

IDEMPOTENCY_KEY = Param(
    "Idempotency-Key",
    "A UUID, new for each act. The same key with the same request is done once and answered as before; with "
    "another request it is a 422 problem.",
    example="5f0c6d6e-3a51-4c1b-9f57-0f1a2b3c4d5e",
    format="uuid",
    required=True,
    place="header",
)
"""For unsafe requests of the extension."""

OPTIONAL_KEY = Param(
    IDEMPOTENCY_KEY.name, IDEMPOTENCY_KEY.meaning, IDEMPOTENCY_KEY.example, format="uuid", place="header"
)
"""For unsafe requests of the core, whose published clients send none."""

SERIAL = Param(
    "x-serial",
    "The serial that was seen; when the current one is another, nothing is done and a 409 problem names it.",
    example="7",
    kind="integer",
    low=0,
    high=2**53 - 1,
    place="header",
)

MAX_RESULTS = Param("maxResults", "Entries of a page", "100", kind="integer", low=1, high=100)
CONTINUATION = Param(
    "continuation",
    "The ``x-continuation`` of the answer before, sent with the otherwise unchanged request",
    pattern="^[A-Za-z0-9_-]*$",
)
PAGING = (MAX_RESULTS, CONTINUATION)
"""Parameters of a paged list."""

X_TOTAL = ("X-Total", "How many entries there are on all pages")
X_CONTINUATION = ("x-continuation", "Where the next page begins; absent on the last one")
PAGED = (X_TOTAL, X_CONTINUATION)
"""Answer headers of a paged list."""
