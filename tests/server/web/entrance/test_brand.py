"""The brand of an instance: configured, looked at when the server starts, and told to everybody alike."""

import base64
from pathlib import Path

import httpx
import pytest

from leaddesk.contract.brand import LARGEST_LOGO, Brand, is_small_png, logo_of
from leaddesk.server.app import Instance, build_app
from leaddesk.server.operations.service.branding import brand_of
from leaddesk.server.operations.settings import Misconfigured, read_settings
from tests.support.logos import one_coloured_png as png
from tests.support.trade import Trade, opened

LEAST = '[instance]\nname = "Nordwind"\n[brand]\n'


def asking(trade: Trade, brand: Brand | None = None) -> httpx.AsyncClient:
    app = build_app(trade.services, instance=Instance(brand=brand or Brand()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server")


async def test_the_brand_is_told_to_everybody_and_may_be_kept_for_an_hour(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png())
    brand = brand_of("Nordwärme Partner", "#0f766e", logo)
    async with opened() as trade, asking(trade, brand) as client:
        answer = await client.get("/brand")
        again = await client.get("/brand", headers={"if-none-match": answer.headers["etag"]})
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")
    told = Brand.model_validate_json(answer.content)
    assert told == brand and told.logo is not None and logo_of(told.logo) == png()


async def test_an_instance_without_a_brand_says_so_plainly() -> None:
    async with opened() as trade, asking(trade) as client:
        answer = await client.get("/brand")
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize(
    "line",
    [
        'name = "Nord\\u202ewärme"',
        'name = "Nord\\u200bwärme"',
        'name = "<b>Nord</b>"',
        f'name = "{"N" * 41}"',
        'colour = "teal"',
        'colour = "#0f766e80"',
        'logo = "logo.png"',
        'logo = "/nowhere/logo.png"',
    ],
)
def test_a_wrong_brand_is_said_at_the_start(tmp_path: Path, line: str) -> None:
    file = tmp_path / "server.toml"
    file.write_text(LEAST + line, "utf-8")
    with pytest.raises(Misconfigured, match=rf"\[brand\] {line.split(maxsplit=1)[0]}: expected"):
        read_settings(file, {})


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", png(15, 64), png(64, 513), png(64, 64, bytes(LARGEST_LOGO)), png()[:20]],
    ids=["empty", "gif", "narrow", "tall", "heavy", "cut"],
)
def test_a_wrong_logo_is_said_at_the_start(tmp_path: Path, content: bytes) -> None:
    file, logo = tmp_path / "server.toml", tmp_path / "logo.png"
    logo.write_bytes(content)
    file.write_text(f'{LEAST}logo = "{logo}"', "utf-8")
    with pytest.raises(Misconfigured, match="a readable PNG of at most 32 KiB"):
        read_settings(file, {})
    assert not is_small_png(content)


def test_what_is_no_base64_is_no_logo() -> None:
    assert logo_of("x" * 100_000) is None and logo_of("*") is None and logo_of("ü") is None
    assert logo_of(base64.b64encode(png()).decode()) == png()
