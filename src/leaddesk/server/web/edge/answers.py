"""Writing answers: models and arrays of models as JSON; absent values are left out."""

from collections.abc import Iterable, Mapping

from starlette.responses import Response

from leaddesk.contract.wire import WireModel

JSON = "application/json"


class Listing(Response):
    """Answers with an array; for the access log how many there are in it, and where the log stood."""

    count: int = 0
    position: int | None = None


def raw_json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON that is encoded already."""
    return Response(body, status, headers, JSON)


def listing(
    body: bytes | memoryview,
    count: int,
    headers: Mapping[str, str] | None = None,
    position: int | None = None,
) -> Response:
    """Answer with an array that is encoded already."""
    response = Listing(body, 200, headers, JSON)
    response.count, response.position = count, position
    return response


def paged(total: int, continuation: str | None) -> dict[str, str]:
    """Write the headers of a page: the total, and while there is more, where the next one begins."""
    headers = {"x-total": str(total)}
    return headers if continuation is None else headers | {"x-continuation": continuation}


def answer(model: WireModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with one model."""
    return raw_json(model.to_json(), status, headers)


def answers(models: Iterable[WireModel], headers: Mapping[str, str] | None = None) -> Response:
    """Answer with an array of models."""
    bodies = [model.to_json() for model in models]
    return listing(b"[" + b",".join(bodies) + b"]", len(bodies), headers)


def no_content(headers: Mapping[str, str] | None = None) -> Response:
    """Answer 204."""
    return Response(None, 204, headers)
