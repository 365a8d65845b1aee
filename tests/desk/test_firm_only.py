"""A firm whose people come in by its own sign-in alone: no password can be right there, and that is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from leaddesk.contract.tenant import SignInPolicy
from leaddesk.desk.outcomes import Reason, Refused
from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.identity.firms.providers import Provider, Providers
from tests.desk.conftest import Town
from tests.support.trade import PASSWORD


@pytest.mark.parametrize("first", ["maren", "nobody"])
@pytest.mark.parametrize("firm_only", [True, False])
async def test_the_way_in_is_named_by_the_domain_and_never_by_the_person(
    town: Town, first: str, firm_only: bool
) -> None:
    people, wagner = town.trade.people, town.trade.wagner
    provider = Provider("https://firm.example", "leaddesk", "", ("x.example",))
    Providers(people.books).change(wagner, lambda _former: provider)
    people.add_tenant(replace(people.tenant(wagner), sign_in=SignInPolicy(firm_only=firm_only)))
    office = await town.office()
    password = PASSWORD if firm_only else "wrong"
    outcome = await office.desk.sign_in.sign_in(Personal(f"{first}@x.example"), Secret(password))
    assert outcome == Refused(Reason.FIRM_ONLY if firm_only else Reason.SIGN_IN)
    outcome = await office.desk.sign_in.sign_in(Personal(f"{first}@other.example"), Secret(password))
    assert outcome == Refused(Reason.SIGN_IN)
    paths = [path for _, path, _ in office.line.sent]
    assert paths == ["/oauth/challenge", "/oauth/ways"] * 2
