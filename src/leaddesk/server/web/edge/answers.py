"""Writing answers: models and arrays of models as JSON; absent values are left out."""

from collections.abc import Iterable, Mapping

from starlette.responses import Response

from leaddesk.contract.wire import WireModel

JSON = "application/json"


def raw_json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON that is encoded already."""
    return Response(body, status, headers, JSON)


def answer(model: WireModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with one model."""
    return raw_json(model.to_json(), status, headers)


def answers(models: Iterable[WireModel], headers: Mapping[str, str] | None = None) -> Response:
    """Answer with an array of models."""
    return raw_json(b"[" + b",".join(model.to_json() for model in models) + b"]", 200, headers)


def no_content(headers: Mapping[str, str] | None = None) -> Response:
    """Answer 204."""
    return Response(None, 204, headers)
