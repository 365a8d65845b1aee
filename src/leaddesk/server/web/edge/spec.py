"""What an endpoint says of itself, beside its registration; the OpenAPI document is made of it."""

from dataclasses import dataclass

from leaddesk.contract.problems import ProblemType
from leaddesk.contract.wire import WireModel, WireRequest


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter or request header: its name, what it means, a pattern or choices for its text."""

    name: str
    meaning: str
    example: str = ""
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    repeatable: bool = False
    required: bool = False
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Spec:
    """Summary, what goes in, what comes out.

    ``answer`` absent: an empty body. ``many``: a JSON array of ``answer``. ``problems``: business problems
    beyond the general ones (401, 403, 404 of a path id, 400 of bad input). ``headers``: names and meanings of
    answer headers. Set ``media`` where the answer is not JSON.
    """

    summary: str
    answer: type[WireModel] | None = None
    many: bool = False
    status: int = 200
    body: type[WireRequest] | None = None
    params: tuple[Param, ...] = ()
    problems: tuple[ProblemType, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    media: str = "application/json"
