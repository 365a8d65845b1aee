"""The document says of every endpoint what goes in and comes out; the page shows it and loads nothing."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from starlette.responses import Response
from starlette.routing import Route

from leaddesk.contract.problems import Problem, ProblemType
from leaddesk.contract.wire import WireModel
from leaddesk.server.app import build_demo
from leaddesk.server.web.edge.routes import Described, open_to_all
from leaddesk.server.web.edge.spec import Spec
from leaddesk.server.web.openapi.document import document, encoded
from leaddesk.server.web.openapi.page import page
from tests.support.surface import DOCUMENT, operations


@pytest.fixture(scope="module")
def routes() -> list[Described]:
    app = build_demo(0, lambda: datetime.now(UTC)).app
    return [route for route in app.routes if isinstance(route, Described)]


@pytest.fixture(scope="module")
def told(routes: list[Described]) -> dict[str, Any]:
    return document(routes)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = build_demo(0, lambda: datetime.now(UTC)).app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as client:
        yield client


def test_the_committed_file_is_what_the_endpoints_say(told: dict[str, Any]) -> None:
    stale = DOCUMENT.read_bytes() != encoded(told)
    assert not stale, "resources/openapi.json is stale: run `make openapi` and look at what changed"


def test_it_is_the_same_each_time(routes: list[Described], told: dict[str, Any]) -> None:
    assert encoded(document(reversed(routes))) == encoded(told)


def test_every_operation_is_named_once_and_answers_something(told: dict[str, Any]) -> None:
    found = operations(told)
    assert len({one.name for one in found}) == len(found) > 40
    for one in found:
        assert any(status[0] in "23" for status in one.told["responses"]), one.name
        assert "400" in one.told["responses"], one.name


def test_an_endpoint_that_says_nothing_of_itself_cannot_be_described() -> None:
    async def silent(_request: Any) -> Response:
        return Response()

    with pytest.raises(ValueError, match="says nothing"):
        document([Route("/silent", silent)])


def test_every_reference_leads_somewhere(told: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', encoded(told).decode()):
        part: Any = told
        for step in reference.split("/"):
            part = part[step]


def test_every_status_has_one_problem_with_its_types(told: dict[str, Any]) -> None:
    shared = told["components"]["responses"]
    assert {"Problem400", "Problem401", "Problem403", "Problem404", "Problem409", "Problem429"} <= set(shared)
    for name, response in shared.items():
        content = response["content"]["application/problem+json"]
        for example in content["examples"].values():
            problem = Problem.model_validate(example["value"])
            assert problem.type in set(ProblemType) and f"Problem{problem.status}" == name
    assert "Retry-After" in shared["Problem429"]["headers"]


def test_examples_are_what_they_show(routes: list[Described], told: dict[str, Any]) -> None:
    shown = {(one.method, one.told["operationId"]): one for one in operations(told)}
    assert len(shown) == len(routes)
    for route in routes:
        assert route.spec is not None
        (one,) = (
            one
            for one in shown.values()
            if one.method == route.method and one.path.lower() == route.path.replace("_", "").lower()
        )
        if route.spec.body is not None:
            body = one.told["requestBody"]["content"]["application/json"]["example"]
            route.spec.body.model_validate_json(json.dumps(body), strict=True)
        if route.spec.answer is not None:
            answered = one.told["responses"][str(route.spec.status)]["content"][route.spec.media]["example"]
            for example in answered if route.spec.many else [answered]:
                _read(route.spec.answer, example)


def _read(model: Any, example: Any) -> None:
    if issubclass(model, WireModel):
        model.model_validate(example)
    else:
        msgspec.convert(example, model)


def test_absent_values_are_optional_and_never_null(told: dict[str, Any]) -> None:
    lead = told["components"]["schemas"]["Lead"]
    assert "commission" not in lead["required"] and {"lead", "modifiedAt"} <= set(lead["required"])
    assert "null" not in json.dumps(lead)


def test_ids_and_times_have_their_form(told: dict[str, Any]) -> None:
    head = told["components"]["schemas"]["LeadHead"]["properties"]
    assert head["leadId"]["format"] == "uuid"
    assert head["owner"]["pattern"].startswith("^urn:lt")
    assert head["createdAt"]["format"] == "date-time"


async def test_it_is_served_as_it_is_written(client: httpx.AsyncClient, told: dict[str, Any]) -> None:
    answer = await client.get("/openapi.json")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/openapi+json"
    assert answer.content == encoded(told)


async def test_the_page_loads_nothing_but_its_own_style(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text and "style=" not in answer.text and " on" not in _tags(answer.text)
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', answer.text)
    assert set(loaded) == {"/docs/style.css", "/openapi.json"}
    style = await client.get("/docs/style.css")
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text and "@import" not in style.text


async def test_the_page_lists_every_operation_and_model(
    client: httpx.AsyncClient, told: dict[str, Any]
) -> None:
    text = (await client.get("/docs")).text
    for one in operations(told):
        assert f'id="{one.name}"' in text
    for name in told["components"]["schemas"]:
        assert f'id="model-{name}"' in text


def test_what_the_document_says_stays_text_on_the_page(told: dict[str, Any]) -> None:
    async def nothing(_request: Any) -> Response:
        return Response()

    spec = Spec("<script>alert(1)</script> & `<b>`")
    shown = page(document([open_to_all("GET", "/x", nothing, spec)]))
    assert "<script" not in shown and "&lt;script&gt;" in shown and "<code>&lt;b&gt;</code>" in shown


def _tags(text: str) -> str:
    return " ".join(re.findall(r"<[^>]*>", text))
