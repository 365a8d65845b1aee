"""Letters reach a real mail server, encrypted where that is asked for, and say nothing they need not say."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from leaddesk.personal.masked import Personal, Secret
from leaddesk.server.mail import letters as letters_module
from leaddesk.server.mail.letters import LANGUAGES, Letter, Sender, written
from leaddesk.server.mail.postbox import TRIES, Postbox, PostboxFull
from leaddesk.server.mail.smtp import Smtp
from tests.support.certificates import self_signed

SENDER = Sender("Wärme & Co", "noreply@leads.example")
LETTER = Letter(
    Personal("eva@x.example"),
    "reset",
    {"link": "https://leads.example/account/password?ticket=t", "minutes": "30"},
)


class Keeping:
    """A mail server's handler that keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        self.encrypted.append(session.ssl is not None)
        return "250 OK"


@asynccontextmanager
async def serving(keeping: Keeping, **how: Any) -> AsyncIterator[int]:
    """Run a mail server in the test's own loop; gives its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keeping, hostname="localhost", loop=loop, **how), "127.0.0.1", 0
    )
    closed = asyncio.ensure_future(server.wait_closed())
    await asyncio.sleep(0)  # who begins to wait before the end waits for every line, also in Python 3.11
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        async with asyncio.timeout(60):
            await closed


async def carried(carrier: Smtp) -> None:
    await asyncio.to_thread(carrier.carry, written(LETTER, SENDER))


async def test_a_letter_arrives_as_it_was_written() -> None:
    keeping = Keeping()
    async with serving(keeping) as port:
        await carried(Smtp("127.0.0.1", port, "none"))
    (got,) = keeping.got
    assert got["to"] == "eva@x.example" and "Wärme & Co" in str(got["from"])
    assert got.get_content_type() == "text/plain" and not got.is_multipart()
    assert "30 Minuten" in got.get_content() and "30 minutes" in got.get_content()
    assert got["auto-submitted"] == "auto-generated" and got["message-id"].endswith("@leads.example>")
    assert not any(name.lower().startswith(("x-", "list-")) and "peer" not in name.lower() for name in got)


async def test_a_server_that_does_not_encrypt_is_told_nothing() -> None:
    keeping = Keeping()
    async with serving(keeping) as port:
        with pytest.raises(OSError):
            await carried(Smtp("127.0.0.1", port, "starttls", "user", Secret("password")))
    assert keeping.got == []


@pytest.mark.warns("mail.log")
async def test_after_starttls_with_a_password(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    offered = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    offered.load_cert_chain(certificate, key)
    asked: list[bytes] = []

    def allowed(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
        asked.append(data.password)
        return AuthResult(success=data.password == b"right", handled=False)

    keeping, how = Keeping(), {"tls_context": offered, "require_starttls": True, "authenticator": allowed}
    async with serving(keeping, **how) as port:
        trusting = ssl.create_default_context(cafile=str(certificate))
        await carried(Smtp("127.0.0.1", port, "starttls", "leads", Secret("right"), trusting))
        with pytest.raises(OSError):
            await carried(Smtp("127.0.0.1", port, "starttls", "leads", Secret("wrong"), trusting))
        with pytest.raises(ssl.SSLError):
            await carried(Smtp("127.0.0.1", port, "starttls", "leads", Secret("right")))
    assert keeping.encrypted == [True] and asked[0] == b"right" and set(asked) == {b"right", b"wrong"}


def test_nobody_writes_headers_by_their_name_or_address() -> None:
    bad = Letter(
        Personal("eva@x.example"), "invitation", {"firm": "A\r\nBcc: b@x.example", "link": "l", "days": "7"}
    )
    message = written(bad, SENDER)
    assert "Bcc" not in message and "Bcc: b@x.example" in message.get_content()
    for address in ("eva@x.example\r\nBcc: b@x.example", "eva", "a@b@c", "eva@x.example, b@x.example"):
        with pytest.raises((ValueError, IndexError, HeaderParseError)):
            written(Letter(Personal(address), "password-changed"), SENDER)


def test_both_languages_have_every_letter_with_the_same_facts() -> None:
    import re

    german, english = (letters_module._text(one) for one in LANGUAGES)
    assert german.keys() == english.keys()
    for name in german:
        facts = [set(re.findall(r"\{(\w+)\}", str(one[name]["body"]))) for one in (german, english)]
        assert facts[0] == facts[1], name


class Failing:
    """A mail server that is away for some tries."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.got: list[EmailMessage] = []

    def carry(self, message: EmailMessage) -> None:
        if self.left:
            self.left -= 1
            raise ConnectionRefusedError
        self.got.append(message)


@pytest.mark.warns("leaddesk.server.mail")
@pytest.mark.parametrize(("times", "arrives"), [(0, True), (TRIES - 1, True), (TRIES, False)])
async def test_a_server_that_is_away_is_asked_again_and_holds_nobody_up(
    times: int, arrives: bool, caplog: pytest.LogCaptureFixture
) -> None:
    carrier = Failing(times)
    box = Postbox(carrier, SENDER)
    box.pause_seconds = 0
    box.throw_in(lambda: LETTER)
    box.throw_in(lambda: None)
    box.throw_in(lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    work = asyncio.create_task(box.run())
    await asyncio.wait_for(box.emptied(), 60)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert bool(carrier.got) is arrives
    assert "eva" not in caplog.text and "ticket" not in caplog.text


def test_a_full_postbox_says_so() -> None:
    box = Postbox(Failing(0))
    with pytest.raises(PostboxFull):
        for _ in range(10_000):
            box.throw_in(lambda: None)
