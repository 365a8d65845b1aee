"""S4 in short: three examples an operation; the same with an endpoint that answers otherwise than it says."""

from tests.guarantees.specification.guarantee import SMOKE, checked


async def test_the_server_answers_as_its_document_says() -> None:
    figure = await checked(SMOKE)
    assert figure.kept, figure.findings


async def test_an_endpoint_that_answers_otherwise_is_caught() -> None:
    figure = await checked(SMOKE, planted=True)
    assert any("GET /me" in finding and "violates schema" in finding for finding in figure.findings)
