"""S5 in short: the vendor's clients on a small server; the same with one that takes no unescaped plus."""

from tests.guarantees.published_clients.guarantee import ran


async def test_the_published_clients_work_unchanged() -> None:
    figure = await ran(120)
    assert figure.kept, figure.findings


async def test_a_server_that_wants_the_plus_escaped_is_caught() -> None:
    figure = await ran(30, planted=True)
    assert any("sorted by +" in finding for finding in figure.findings), figure.findings
