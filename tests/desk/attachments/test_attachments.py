"""Files of a lead through desk and real server: there and back, lost answers, refusals, policy."""

from __future__ import annotations

import pytest

from leaddesk.api.attachments import LARGEST_FILE, send_file
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import Malformed
from leaddesk.contract.attachments import UploadTarget
from leaddesk.contract.people import TenantPolicy
from leaddesk.decoding.bounds import Fault
from leaddesk.desk.attachments.attachments import NewFile
from leaddesk.desk.attachments.preview import Faulty, Preview
from leaddesk.desk.outcomes import Offline, Ok, Reason, Refused
from tests.desk.conftest import Office, Town
from tests.support.samples import document, picture

PDF = NewFile("Grundriss Öl.pdf", "application/pdf", document(2))


async def added(office: Office, lead: str, file: NewFile = PDF) -> list[int]:
    told = list[int]()
    assert await office.desk.attachments.add(lead, file, told.append) == Ok(None)
    return told


async def test_a_file_goes_there_and_is_seen(town: Town) -> None:
    lead, maren = town.trade.add_lead(keeper="Maren"), await town.office("Maren")
    assert await added(maren, lead) == [len(PDF.content)]
    (file,) = (await maren.desk.attachments.list(lead)).value
    assert (file.filename, file.size, file.added_by_name) == (PDF.name, len(PDF.content), "Maren Boysen")
    told = list[int]()
    looked = await maren.desk.attachments.look_at(lead, file, told.append)
    assert isinstance(looked, Ok) and told[-1] == file.size
    preview: Preview = looked.value
    try:
        assert preview.opened.pages == 2
        page = await preview.page(1, 300)
        assert not isinstance(page, Faulty) and page.width == 300
    finally:
        preview.close()
    assert isinstance(await preview.page(0, 300), Faulty)


async def test_a_lost_answer_is_looked_up_and_nothing_is_there_twice(town: Town) -> None:
    lead, maren = town.trade.add_lead(keeper="Maren"), await town.office("Maren")
    maren.line.lose_uploads = 1
    await added(maren, lead)
    assert len((await maren.desk.attachments.list(lead)).value) == 1


async def test_what_cannot_be_sent_is_told(town: Town) -> None:
    lead, maren = town.trade.add_lead(keeper="Maren"), await town.office("Maren")
    files = maren.desk.attachments
    large = NewFile("a.pdf", "application/pdf", bytes(LARGEST_FILE + 1))
    assert await files.add(lead, large, print) == Refused(Reason.TOO_LARGE, "file")
    program = await files.add(lead, NewFile("a.exe", "application/pdf", b"MZ"), print)
    assert isinstance(program, Refused) and program.reason is Reason.INVALID
    other = await files.add(lead, NewFile("a.pdf", "application/pdf", picture()), print)
    assert isinstance(other, Refused) and other.field == "file"
    assert isinstance(await files.add(lead, NewFile("", "a", b""), print), Refused)
    await maren.cut()
    assert isinstance(await files.add(lead, PDF, print), Offline)
    assert isinstance(await files.list(lead), Offline)


async def test_what_cannot_be_seen_says_why(town: Town) -> None:
    lead, maren = town.trade.add_lead(keeper="Maren"), await town.office("Maren")
    files = maren.desk.attachments
    await added(maren, lead, NewFile("a.zip", "application/x-any", b"any bytes"))
    await added(maren, lead, NewFile("b.pdf", "application/pdf", b"%PDF-1.7 and no more"))
    other, broken = sorted((await files.list(lead)).value, key=lambda file: file.filename)
    assert await files.look_at(lead, other, print) == Faulty(Fault.UNSUPPORTED)
    assert await files.look_at(lead, broken, print) == Faulty(Fault.BROKEN)
    large = broken.model_copy(update={"size": LARGEST_FILE + 1})
    assert await files.look_at(lead, large, print) == Faulty(Fault.TOO_LARGE)
    sent = len(maren.line.sent)
    files.rules.take(TenantPolicy(previews=False))
    assert await files.look_at(lead, broken, print) == Refused(Reason.FORBIDDEN)
    assert len(maren.line.sent) == sent


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a", "https://elsewhere.example/", "//x", "\0"])
async def test_no_file_goes_anywhere_else(town: Town, address: str) -> None:
    maren = await town.office("Maren")
    client: ApiClient = maren.desk.attachments._client
    with pytest.raises(Malformed):
        await send_file(client, UploadTarget(upload_url=address, fields={}), b"a", print)
