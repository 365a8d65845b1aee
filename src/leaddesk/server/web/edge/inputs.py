"""Reading requests: bodies, headers, paths, queries – strictly, and without echoing what came."""

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args
from urllib.parse import parse_qsl
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request

from leaddesk.contract.patterns import IN_WORDS
from leaddesk.contract.problems import ProblemType
from leaddesk.contract.wire import WireModel, WireRequest
from leaddesk.server.web.edge.problems import ProblemError, invalid

NDJSON = "application/x-ndjson"
LARGEST_SERIAL = 2**53 - 1
LARGEST_PAGE = 100

_QUERY = "leaddesk.query"
_FEW = 100
"""Parameters up to which a query that needs no decoding is simply split; beyond, the usual parser counts."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EXPECTED: Mapping[str, Callable[[dict[str, Any]], str]] = MappingProxyType(
    {
        "missing": lambda _: "to be there",
        "json_invalid": lambda _: "JSON in UTF-8",
        "string_type": lambda _: "a text",
        "string_too_short": lambda limits: f"at least {limits['min_length']} character(s)",
        "string_too_long": lambda limits: f"at most {limits['max_length']} characters",
        "int_type": lambda _: "a whole number",
        "bool_type": lambda _: "true or false",
        "list_type": lambda _: "a list",
        "model_type": lambda _: "an object",
        "dict_type": lambda _: "an object",
        "too_short": lambda limits: f"at least {limits['min_length']} entry or entries",
        "greater_than_equal": lambda limits: f"at least {limits['ge']}",
        "less_than_equal": lambda limits: f"at most {limits['le']}",
        "too_long": lambda limits: f"at most {limits['max_length']} entries",
        "string_pattern_mismatch": lambda limits: IN_WORDS[limits["pattern"]],
        "literal_error": lambda limits: str(limits["expected"]),
        "enum": lambda limits: str(limits["expected"]),
    }
)

Body = TypeVar("Body", bound=WireRequest)


async def raw_body(request: Request) -> bytes:
    """Read the body; read once, given out again. The gate ends it with a 413 problem beyond its limit."""
    return await request.body()


async def parse_body(request: Request, model: type[Body]) -> Body:
    """Read a JSON body strictly: no coercion, no unknown keys. Raises a 400 problem naming the field."""
    if _media_type(request) != "application/json":
        raise invalid("content-type", "application/json")
    body = await raw_body(request)
    _refuse_ambiguous(body)
    try:
        return model.model_validate_json(body, strict=True)
    except ValidationError as error:
        raise _described(error, model) from None


def source_of(request: Request) -> str:
    """Return the address that asks; behind a proxy what that one told (``server.behind_proxy``)."""
    return request.client.host if request.client else ""


def optional_key(request: Request) -> UUID | None:
    """Read the header ``Idempotency-Key`` where it may be missing (the core: its clients send none)."""
    key = _header(request, "idempotency-key")
    return None if key is None else UUID(_uuid("idempotency-key", key))


def idempotency_key(request: Request) -> UUID:
    """Read the header ``Idempotency-Key``. Raises a 400 problem when it is missing or no UUID."""
    key = _header(request, "idempotency-key")
    if key is None:
        raise ProblemError(
            ProblemType.IDEMPOTENCY_KEY_MISSING, field="idempotency-key", expected="a UUID, new for each act"
        )
    return UUID(_uuid("idempotency-key", key))


def serial_of(request: Request) -> int | None:
    """Read the header ``x-serial``, the serial the person saw; nothing when it is absent."""
    text = _header(request, "x-serial")
    return None if text is None else _whole_number("x-serial", text, 0, LARGEST_SERIAL)


def path_uuid(request: Request, name: str) -> str:
    """Read an id of the path, in lower case. Raises a 400 problem when it is no UUID."""
    return _uuid(name, request.path_params[name])


def wants_ndjson(request: Request) -> bool:
    """Tell whether the caller asks for the whole set as a stream of lines."""
    accepted = request.headers.get("accept", "").lower()
    return any(kind.partition(";")[0].strip() == NDJSON for kind in accepted.split(","))


class Query:
    """The query of a request, its names already checked against those the endpoint knows."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in pairs:
            self.values.setdefault(name, []).append(value)

    def many(self, name: str) -> list[str]:
        """Return all values of a repeatable parameter."""
        return self.values.get(name, [])

    def one(self, name: str) -> str | None:
        """Return the value of a parameter; repeated is a 400 problem."""
        values = self.many(name)
        if len(values) > 1:
            raise invalid(name, "one value")
        return values[0] if values else None

    def uuid(self, name: str) -> str | None:
        """Return an id in lower case, nothing when it is absent; anything else is a 400 problem."""
        value = self.one(name)
        return None if value is None else _uuid(name, value)

    def flag(self, name: str) -> bool:
        """Return ``true`` or ``false``, also as Python writes them; absent is false, else a 400 problem."""
        value = self.one(name)
        if value is not None and value.lower() not in ("true", "false"):
            raise invalid(name, "true or false")
        return value is not None and value.lower() == "true"

    def page_size(self, default: int | None = LARGEST_PAGE) -> int | None:
        """Return ``maxResults``; what stands for an absent one differs where a list is short."""
        asked = self.one("maxResults") is not None
        return self.number("maxResults", 1, LARGEST_PAGE, LARGEST_PAGE) if asked else default

    def number(self, name: str, low: int, high: int, default: int) -> int:
        """Return a whole number within bounds, or a 400 problem."""
        value = self.one(name)
        return default if value is None else _whole_number(name, value, low, high)


def query(request: Request, *allowed: str) -> Query:
    """Read the query; a name that is not among ``allowed`` is a 400 problem."""
    try:
        pairs = _pairs(request.scope["query_string"].decode("ascii"))
    except ValueError:
        raise invalid("query", "percent-encoded UTF-8") from None
    found = request.scope[_QUERY] = Query(pairs)
    if not found.values.keys() <= set(allowed):
        raise invalid("query", _only(allowed))
    return found


def query_read(request: Request) -> Query | None:
    """Return the query as the endpoint has read it; nothing if it has not."""
    return cast(Query | None, request.scope.get(_QUERY))


def _pairs(text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    if "%" in text or "+" in text or text.count("&") >= _FEW:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200)
    parts = [part.partition("=") for part in text.split("&") if part]
    return [(name, value) for name, _, value in parts]


async def form(request: Request) -> dict[str, str] | None:
    """Read a form body (RFC 6749, B); nothing when it is not one or repeats a name."""
    if _media_type(request) != "application/x-www-form-urlencoded":
        return None
    try:
        text = (await raw_body(request)).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:
        return None
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else None


def _refuse_ambiguous(body: bytes) -> None:
    """Refuse what two readers may read differently: a name given twice, a number JSON has not (RFC 8259).

    What is no JSON at all is left to the model, which says so.
    """

    def once(pairs: list[tuple[str, Any]]) -> None:
        if len({name for name, _ in pairs}) < len(pairs):
            raise invalid("body", "each name once")

    def never(_word: str) -> None:
        raise invalid("body", "JSON, which has no such number")

    try:
        json.loads(body, object_pairs_hook=once, parse_constant=never)
    except RecursionError:
        raise invalid("body", "JSON that is not nested as deep") from None
    except ValueError:
        return


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _header(request: Request, name: str) -> str | None:
    values = request.headers.getlist(name)
    if len(values) > 1:
        raise invalid(name, "one value")
    return values[0] if values else None


def _uuid(name: str, text: str) -> str:
    if _UUID.fullmatch(text) is None:
        raise invalid(name, "a UUID")
    return text.lower()


def _whole_number(name: str, text: str, low: int, high: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None
    if number is None or not low <= number <= high:
        raise invalid(name, f"a whole number from {low} to {high}")
    return number


def _described(error: ValidationError, model: type[WireRequest]) -> ProblemError:
    """Turn the first fault into a problem. Keys the caller invented are not repeated: they are input."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place, inner = _located(fault["loc"], model)
    if fault["type"] == "extra_forbidden":
        return invalid(".".join(place) or "body", _only(list(_fields_of(inner))))
    describe = _EXPECTED.get(fault["type"])
    expected = describe(fault.get("ctx", {})) if describe else "a valid value"
    return invalid(".".join(place) or "body", expected)


def _located(steps: tuple[int | str, ...], model: type[WireModel]) -> tuple[list[str], type[WireModel]]:
    """Follow a fault into nested models: the names that are ours, and the model they lead to."""
    place: list[str] = []
    for step in steps:
        fields = _fields_of(model)
        if isinstance(step, int):
            place.append(str(step))
        elif step in fields:
            place.append(step)
            model = _model_in(fields[step]) or model
    return place, model


def _fields_of(model: type[WireModel]) -> dict[str, Any]:
    return {info.alias or name: info.annotation for name, info in model.model_fields.items()}


def _model_in(annotation: Any) -> type[WireModel] | None:
    """Find the model inside ``Block | None``, ``list[Block]``, ``dict[Label, Block]``."""
    if isinstance(annotation, type) and issubclass(annotation, WireModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _only(names: "tuple[str, ...] | list[str]") -> str:
    return "only " + ", ".join(names) if names else "nothing"
