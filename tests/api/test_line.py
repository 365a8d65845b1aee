"""Through a company's proxy to a server with a company's certificate, and what the proxy may say instead."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, Obstacle, Offline
from leaddesk.api.transport import open_http
from leaddesk.settings.address import read_address
from leaddesk.settings.proxies.choice import Network
from tests.guarantees.weather.certificates import serving
from tests.support.certificates import Recipe, issued, pem_of, root
from tests.support.proxy import CompanyProxy, company_proxy

GET = Call("GET", "/me", limits=Limits(seconds=60))
SERVER = "https://leads.firma.example"


async def answered(proxy: CompanyProxy, authorities: str, shown: str = "") -> int:
    """Ask the server behind a proxy, which nobody could reach without it."""
    network = Network(proxy.url.replace("http://", f"http://{shown}"), authorities=authorities)
    async with open_http(read_address(SERVER, "test"), network) as http:
        return (await ApiClient(http).ask(GET)).status


@pytest.fixture
def authority(tmp_path: Path) -> tuple[str, ssl.SSLContext]:
    """A company's authority, and a server of it."""
    made = root("firm")
    context = issued(made, Recipe(names=("leads.firma.example",))).context(tmp_path)
    return pem_of(made.certificate).decode(), context


async def test_a_call_goes_through_the_proxy_and_the_companys_authority_counts(
    authority: tuple[str, ssl.SSLContext],
) -> None:
    async with serving(authority[1]) as (port, heard), company_proxy(port) as proxy:
        assert await answered(proxy, authority[0]) == 200
    assert proxy.asked == ["CONNECT leads.firma.example:443 HTTP/1.1"]
    assert b"GET /me" in heard[0]
    assert b"proxy-authorization" not in heard[0].lower()


@pytest.mark.parametrize(
    ("shown", "obstacle"), [("rosa:s%C3%A4sam@", None), ("rosa:no@", "proxy-sign-in"), ("", "proxy-sign-in")]
)
async def test_a_proxy_that_asks_is_shown_name_and_password_of_its_address(
    authority: tuple[str, ssl.SSLContext], shown: str, obstacle: str | None
) -> None:
    async with (
        serving(authority[1]) as (port, heard),
        company_proxy(port, signs_in="rosa:säsam", headers='Proxy-Authenticate: Basic realm="x"') as proxy,
    ):
        if obstacle is None:
            assert await answered(proxy, authority[0], shown) == 200
            return
        with pytest.raises(Offline) as refused:
            await answered(proxy, authority[0], shown)
    assert refused.value.obstacle == obstacle
    assert heard == []


async def test_the_proxys_password_is_in_no_error(authority: tuple[str, ssl.SSLContext]) -> None:
    async with company_proxy(0, refuses="403 Forbidden") as proxy:
        with pytest.raises(ApiError) as refused:
            await answered(proxy, authority[0], "rosa:sesam@")
    assert refused.value.obstacle is Obstacle.PROXY_REFUSED
    assert "sesam" not in repr(refused.value) + str(refused.value) + repr(refused.value.__context__)


async def test_the_server_behind_the_proxy_is_checked_as_ever(
    authority: tuple[str, ssl.SSLContext], tmp_path: Path
) -> None:
    other = pem_of(root("other").certificate).decode()
    async with serving(authority[1]) as (port, heard), company_proxy(port) as proxy:
        with pytest.raises(ApiError) as refused:
            await answered(proxy, other)
    assert type(refused.value).__name__ == "Untrusted"
    assert heard == []
