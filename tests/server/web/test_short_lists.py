"""Forms and sales partners in pages: header only while there is more, whoever asks as the guide says."""

import pytest

from leaddesk.contract.ids import FormId, SalesPartnerId
from leaddesk.contract.leads import Form
from leaddesk.contract.sales_partners import SalesPartner, SalesPartnerStatus
from leaddesk.server.commands import setup
from leaddesk.server.eventlog.scope import Scope
from tests.support.trade import Person, Trade, new_id


async def walk(person: Person, path: str, **params: str) -> list[int]:
    sizes, continuation = [], None
    while True:
        asked = params | ({"continuation": continuation} if continuation else {})
        answer = await person.client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        sizes.append(len(answer.json()))
        continuation = answer.headers.get("x-continuation")
        if continuation is None:
            return sizes


def add_partners(trade: Trade, count: int) -> None:
    for number in range(count):
        partner = SalesPartner(
            sales_partner_id=SalesPartnerId(new_id()),
            name=str(number),
            email=f"{number}@x.example",
            status=SalesPartnerStatus.DECLINED,
            serial=1,
        )
        setup.add_sales_partner(trade.services.office, Scope(trade.wagner), partner, None)


async def test_sales_partners_come_a_hundred_at_a_time(trade: Trade) -> None:
    add_partners(trade, 201)
    maren = await trade.sign_in("Maren")
    assert await walk(maren, "/sales-partners", status="DECLINED") == [100, 100, 1]
    assert await walk(maren, "/sales-partners", status="DECLINED", maxResults="67") == [67, 67, 67]
    assert await walk(maren, "/sales-partners", maxResults="1") == [1, 1]
    answer = await maren.client.get("/sales-partners", params={"maxResults": "1"})
    assert answer.headers["x-total"] == "2"
    foreign = {"continuation": answer.headers["x-continuation"], "status": "DECLINED"}
    assert (await maren.client.get("/sales-partners", params=foreign)).status_code == 400


async def test_forms_come_all_at_once_unless_one_asks_for_pages(trade: Trade) -> None:
    maren = await trade.sign_in("Maren")
    (form,) = [Form.model_validate(row) for row in await maren.get("/forms")]
    for _ in range(120):
        copy = form.model_copy(update={"id": FormId(new_id())})
        setup.define_form(trade.services.office, Scope(trade.wagner), copy)
    assert await walk(maren, "/forms") == [121]
    assert await walk(maren, "/forms", maxResults="50") == [50, 50, 21]
    assert (await maren.client.get("/forms", params={"maxResults": "50"})).headers["x-total"] == "121"


@pytest.mark.parametrize("path", ["/forms", "/sales-partners"])
async def test_bad_pages_are_named(trade: Trade, path: str) -> None:
    maren = await trade.sign_in("Maren")
    for params, field in (
        ({"maxResults": "0"}, "maxResults"),
        ({"maxResults": "101"}, "maxResults"),
        ({"continuation": "x"}, "continuation"),
        ({"page": "2"}, "query"),
    ):
        answer = await maren.client.get(path, params=params)
        assert answer.status_code == 400 and answer.json()["field"] == field
