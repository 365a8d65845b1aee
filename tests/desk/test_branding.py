"""What a server says of itself is judged before anything of it is shown."""

from __future__ import annotations

import asyncio
import base64
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from leaddesk.contract.brand import Brand
from leaddesk.desk.branding.branding import SIDE, Branding, Logo, Served
from leaddesk.desk.branding.drawing import drawn
from leaddesk.desk.branding.judging import plain_colour, plain_name
from leaddesk.server.app import Instance, build_app
from tests.desk.conftest import Office, served
from tests.support.core_only import CoreOnly
from tests.support.logos import one_coloured_png as png
from tests.support.trade import opened

GOOD = Brand(name="Nordwärme Partner", colour="#0F766E", logo=base64.b64encode(png(200, 50)).decode())


async def never(_content: bytes) -> Logo | None:
    raise AssertionError("this was decoded")


async def pretend(content: bytes) -> Logo | None:
    return Logo(1, 1, content[:4])


async def said_by(app: Any, draw: Any = pretend) -> Served | None:
    async with served(app) as url, AsyncExitStack() as stack:
        office = Office(url, lambda: None)  # type: ignore[arg-type,return-value]
        stack.push_async_callback(office.close)
        return await Branding(office.session.proof, draw).read()


def saying(body: bytes, media: str = "application/json", status: int = 200) -> Starlette:
    return Starlette(routes=[Route("/brand", lambda _request: Response(body, status, media_type=media))])


async def test_the_brand_of_a_real_server_is_taken_its_logo_drawn_apart() -> None:
    async with opened() as trade:
        app = build_app(trade.services, instance=Instance(brand=GOOD))
        found = await said_by(app, partial(drawn, patience=60))
    assert found is not None and (found.name, found.colour) == ("Nordwärme Partner", "#0f766e")
    assert found.logo is not None and (found.logo.width, found.logo.height) == (SIDE, 32)
    blue_green_red = {found.logo.pixels[at : at + 3] for at in range(0, 400, 4)}
    assert blue_green_red == {bytes((0x6E, 0x76, 0x0F))}


async def test_servers_without_a_brand_look_neutral() -> None:
    async with opened() as trade:
        assert await said_by(trade.app) == Served()
    async with opened() as trade:
        assert await said_by(CoreOnly(trade.app)) == Served()


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"<h1>Welcome</h1>", "text/html", 200),
        (b"[" * 50_000, "application/json", 200),
        (b'{"name":"' + b"x" * 100_000 + b'"}', "application/json", 200),
        (b'{"name":7,"colour":[],"logo":{}}', "application/json", 200),
        (b"", "application/json", 503),
    ],
    ids=["page", "deep", "huge", "kinds", "down"],
)
async def test_what_is_no_brand_is_none(body: bytes, media: str, status: int) -> None:
    assert await said_by(saying(body, media, status), never) is None


@pytest.mark.parametrize(
    "logo",
    [
        png()[:16] + (4096).to_bytes(4, "big") * 2 + png()[24:],
        png(more=bytes(40_000)),
        b"GIF89a" + bytes(64),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>" + bytes(64),
        b"",
    ],
    ids=["too-wide", "too-heavy", "gif", "svg", "empty"],
)
async def test_a_logo_out_of_bounds_is_not_even_decoded(logo: bytes) -> None:
    brand = GOOD.model_copy(update={"logo": base64.b64encode(logo).decode()})
    found = await said_by(saying(brand.to_json()), never)
    assert found == Served("Nordwärme Partner", "#0f766e")


async def test_a_broken_picture_behind_a_good_head_is_no_logo() -> None:
    assert await drawn(png()[:40] + bytes(100), patience=60) is None


async def test_who_does_not_wait_for_a_logo_leaves_no_child() -> None:
    drawing = asyncio.ensure_future(drawn(png()))
    await asyncio.sleep(0)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing


@pytest.mark.parametrize(
    "name",
    [
        "Nordwärme Partner",
        "Müller & Söhne (Nord)",
        "ООО Тепло",
        "שרברב חם",
        "3M",
        "L’Énergie 24/7",
        "Liverpool",
    ],
)
def test_a_plain_name_is_shown_as_it_is(name: str) -> None:
    assert plain_name(f" {name} ") == name


HIDING = [
    "Nord\u202eetavirp",
    "Nord\u2066wärme",
    "Nord\u200bwärme",
    "Nord\nwärme",
    "Nord\u00adwärme",
    "\ue000",
]
MARKED_UP = ["<b>Nord</b>", "Nord<img src=x>"]
SHAPELESS = ["", "   ", "N" * 41, "N" + "\u0301" * 8, "12 34", "Nord חם"]
OURS = ["Live", "l1ve", "Lìve", "DEMO!", "L e a d d e s k", "Leadtributor", "L\u0456v\u0435"]


@pytest.mark.parametrize("name", [None, *HIDING, *MARKED_UP, *SHAPELESS, *OURS], ids=ascii)
def test_a_name_that_hides_marks_up_has_no_shape_or_is_ours_is_none(name: str | None) -> None:
    assert plain_name(name) == ""


@given(st.text(max_size=80))
def test_no_name_ever_carries_what_cannot_be_seen(said: str) -> None:
    found = plain_name(said)
    assert len(found) <= 40 and found.isprintable() and not set(found) & set('<>\\"`{}')


@pytest.mark.parametrize("colour", ["teal", "#fff", "#0f766e80", "rgb(1,2,3)", "#0f766g", "url(x)", "", None])
def test_a_colour_is_six_digits_or_none(colour: str | None) -> None:
    assert plain_colour(colour) == "" and plain_colour("#0F766E") == "#0f766e"
