"""The doctor on the way to the server: each obstacle is named, and no address, name or password."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from unittest.mock import patch

import pytest

from leaddesk.doctor import reaching
from leaddesk.doctor.looking import Finding
from leaddesk.settings.proxies.choice import Network, ProxyChoice, Source
from leaddesk.settings.settings import read_settings
from tests.support.listening import listening
from tests.support.proxy import company_proxy

BODY = b'{"name":"n","version":"1","instance":"i","capabilities":[]}'


async def asked(url: str, network: Network | None = None) -> dict[str, Finding]:
    settings = read_settings((), {"LEADDESK_SERVER": url})
    return {one.name: one for one in await reaching._server(settings, network or Network())}


async def answering(head: str) -> dict[str, Finding]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
        await writer.drain()

    async with listening(serve) as port:
        return await asked(f"http://127.0.0.1:{port}")


def dated(apart: timedelta) -> str:
    moment = format_datetime(datetime.now(UTC) + apart, usegmt=True)
    return f"200 OK\r\nContent-Type: application/json\r\nDate: {moment}"


@pytest.mark.parametrize(
    ("apart", "says"), [(0, "as the server"), (-3_600, "ahead of"), (3_600, "behind"), (60, "as the server")]
)
async def test_the_clock_is_compared_with_the_servers(apart: int, says: str) -> None:
    found = await answering(dated(timedelta(seconds=apart)))
    assert found["server"].says == "answers" and not found["server"].cannot
    assert says in found["clock"].says
    assert bool(found["clock"].cannot) is (abs(apart) > 120)


async def test_a_server_without_the_extension_answers_too() -> None:
    found = await answering("404 Not Found\r\nContent-Type: application/json")
    assert found["server"] == Finding("server", "answers, without what leaddesk adds")


async def test_a_portal_and_nobody_are_told_apart() -> None:
    assert "guest network" in (await answering("200 OK\r\nContent-Type: text/html"))["server"].says
    assert (await asked("http://127.0.0.1:1"))["server"] == Finding(
        "server", "no answer (Offline)", "a connection to the server"
    )


async def test_a_proxy_is_named_by_who_set_it_alone() -> None:
    async with company_proxy(0, refuses="407 X", headers="Proxy-Authenticate: Negotiate") as proxy:
        secret = proxy.url.replace("http://", "http://rosa:sesam@")
        found = await asked("https://leads.firma.example", Network(secret))
    assert found["proxy"].says == "by the managed settings"
    assert "Kerberos" in found["server"].says
    assert not any(word in str(found) for word in ("rosa", "sesam", "127.0.0.1", "firma"))


async def test_a_script_and_a_foreign_kind_are_told() -> None:
    for choice, words in (
        (ProxyChoice(source=Source.SYSTEM, script=True), "a script"),
        (ProxyChoice(source=Source.ENVIRONMENT, unusable=True), "does not speak"),
    ):
        with patch("leaddesk.api.transport.proxy_for", lambda *_, found=choice: found):
            assert words in (await asked("http://127.0.0.1:1"))["proxy"].says


async def test_a_wrong_address_is_told_without_it() -> None:
    found = await reaching.reach({"LEADDESK_SERVER": "nonsense", "DBUS_SESSION_BUS_ADDRESS": ""})
    assert found[-1].says == "its address in settings or environment is wrong"
