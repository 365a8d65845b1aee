"""The reader of multipart bodies: whatever comes, in whatever pieces, it is a part or a 400 problem."""

from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaddesk.server.web.attachments.multipart import MultipartReader, boundary_of
from leaddesk.server.web.edge.problems import ProblemError
from tests.support.serving import served
from tests.support.trade import Trade

CUT = b"--b7"
GOOD = (
    b'--b7\r\nContent-Disposition: form-data; name="policy"\r\n\r\none\r\n'
    b'--b7\r\ncontent-disposition: form-data; filename="x.pdf"; name="file"; filename*=utf-8\'\'x.pdf\r\n'
    b"Content-Type: application/pdf\r\n\r\n\r\n--b\r\n--b6\r\n-\r\n--b7--\r\nepilogue"
)


class cut(AsyncIterator[bytes]):  # noqa: N801 - reads as what it does
    """The content in pieces, an empty one behind each; nothing to be closed."""

    def __init__(self, content: bytes, step: int) -> None:
        pieces = [content[start : start + step] for start in range(0, len(content), step)]
        self._pieces = [one for piece in pieces for one in (piece, b"")]

    async def __anext__(self) -> bytes:
        if not self._pieces:
            raise StopAsyncIteration
        return self._pieces.pop(0)


async def whole(reader: MultipartReader) -> bytes:
    content = b""
    while piece := await reader.piece():
        content += piece
    return content


async def parts(content: bytes, step: int = 7) -> list[tuple[str, bytes]]:
    reader, found = MultipartReader(cut(content, step), b"b7"), []
    while (part := await reader.next_part()) is not None:
        found.append((part.name, await whole(reader)))
    return found


@pytest.mark.parametrize("step", [1, 2, 3, 7, 10_000])
async def test_parts_are_read_however_they_are_cut(step: int) -> None:
    assert await parts(GOOD, step) == [("policy", b"one"), ("file", b"\r\n--b\r\n--b6\r\n-")]


def head(text: bytes) -> bytes:
    return b"--b7\r\n" + text + b"\r\n\r\nx\r\n--b7--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b7",
        b"--b7\r\n",
        b"--b8--\r\n",
        b"preamble\r\n--b7--",
        GOOD[:-20],
        GOOD.replace(b"\r\n", b"\n"),
        b"--b7xx",
        head(b""),
        head(b"Content-Type: text/plain"),
        head(b"Content-Disposition: attachment; name=file"),
        head(b"Content-Disposition: form-data; name=file"),
        head(b'Content-Disposition: form-data; name="file'),
        head(b'Content-Disposition : form-data; name="file"'),
        head(b'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="file"'),
        head(b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64'),
        head(b"x" * 5000),
        head(b'Content-Disposition: form-data; name="a"') * 3,
        b"\r\n".join([head(b'Content-Disposition: form-data; name="a"')[:-8]] * 25),
    ],
)
@pytest.mark.parametrize("step", [1, 4096])
async def test_what_is_no_multipart_body_is_a_problem(body: bytes, step: int) -> None:
    if body.count(b"--b7--") == 3:
        assert await parts(body, step) == [("a", b"x")], "what follows the end is not read"
        return
    with pytest.raises(ProblemError) as refused:
        await parts(body, step)
    assert refused.value.field == "body" and refused.value.expected


@settings(max_examples=300)
@given(st.data())
async def test_no_bytes_do_more_than_be_refused(data: st.DataObject) -> None:
    pieces = st.sampled_from(
        [b"--b7", b"\r\n", b"--", b"\r", b"\n", b'form-data; name="file"', b": ", GOOD, b'"']
    )
    content = b"".join(data.draw(st.lists(pieces | st.binary(max_size=20), max_size=30)))
    with suppress(ProblemError):
        await parts(content, data.draw(st.integers(1, 50)))


@settings(max_examples=100)
@given(st.binary(max_size=400), st.integers(1, 90))
async def test_any_content_arrives_as_it_is(content: bytes, step: int) -> None:
    body = b'--b7\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + content + b"\r\n--b7--"
    if b"\r\n--b7" not in content:
        assert await parts(body, step) == [("f", content)]


async def test_memory_is_bounded_by_what_the_transport_gives() -> None:
    content = head(b'Content-Disposition: form-data; name="f"').replace(b"x\r\n", b"x" * 1_000_000 + b"\r\n")
    reader = MultipartReader(cut(content, 1000), b"b7")
    await reader.next_part()
    while await reader.piece():
        assert len(reader._held) < 2000


async def test_fields_are_short_texts() -> None:
    for content, expected in ((b"x" * 20_000, "16384"), (b"\xff", "UTF-8")):
        body = b'--b7\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + content + b"\r\n--b7--"
        reader = MultipartReader(cut(body, 1000), b"b7")
        await reader.next_part()
        with pytest.raises(ProblemError) as refused:
            await reader.field()
        assert expected in (refused.value.expected or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/mixed; boundary=b7",
        "multipart/form-data; boundary=" + "b" * 71,
        'multipart/form-data; boundary="b "',
        "multipart/form-data; boundary=b\xe4",
        "multipart/form-data; boundary=b7; x=y",
        'multipart/form-data; boundary="b\\"7"',
    ],
)
def test_a_type_without_a_boundary_is_a_problem(text: str) -> None:
    with pytest.raises(ProblemError) as refused:
        boundary_of(text)
    assert refused.value.field == "content-type"


def test_boundaries_as_clients_write_them() -> None:
    assert boundary_of('Multipart/Form-Data;boundary="----WebKit x7"') == b"----WebKit x7"
    assert boundary_of("multipart/form-data; boundary=d4e5") == b"d4e5"


async def test_over_the_wire_bad_bodies_are_problems_and_the_line_lives(trade: Trade) -> None:
    kind = {"content-type": "multipart/form-data; boundary=b7"}
    bodies = [b"", b"Kanarie", GOOD, GOOD[: len(GOOD) // 2], head(b"Kanarie"), b"\r\n" * 5000, b"--b7--"]
    fields = ["body", "body", "signature", None, "body", "body", "file"]
    async with served(trade.app) as url, httpx.AsyncClient(base_url=url, timeout=60) as client:
        for body, field in zip(bodies, fields, strict=True):
            answer = await client.post("/uploads", content=body, headers=kind)
            assert answer.status_code == 400 and "Kanarie" not in answer.text
            assert field is None or answer.json()["field"] == field
        answer = await client.post("/uploads", json={})
        assert (answer.status_code, answer.json()["field"]) == (400, "content-type")
