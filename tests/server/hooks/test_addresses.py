"""Where webhooks may lead: no spelling of our own networks, and the checked address is the one used."""

import asyncio
import os
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from leaddesk.server.hooks import sending
from leaddesk.server.hooks.addresses import Target, WrongAddress, checked_address, is_open, read_url
from leaddesk.server.hooks.sending import Attempt, PinnedSender
from tests.support.receiver import Receiver, receiver, status

REFUSED = [
    "",
    "example.com",
    "http://example.com/",
    "ftp://example.com/",
    "HTTPS:example.com",
    "https://",
    "https:///x",
    "https://user@example.com/",
    "https://user:pw@example.com/",
    "https://example.com#x",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:x/",
    "https://exämple.com/",
    "https://example.com/ä",
    "https://example.com/a b",
    "https://example.com/\r\nHost: x",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/\t",
    " https://example.com/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://intranet/",
    "https://db.internal/",
    "https://printer.local/",
    "https://example.com./",
    "https://-x.com/",
    "https://x_y.com/",
    "https://%31%32%37.0.0.1/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.01/",
    "https://127.0.0.1./",
    "https://127.0.0.0x1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://1.2.3/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[::1/",
    "https://[x]/",
    "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/",
    "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_ours_to_call_is_refused(url: str) -> None:
    with pytest.raises(WrongAddress) as refused:
        read_url(url)
    assert refused.value.expected


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Hooks.Example.com/a/b?c=d%20e", "https://hooks.example.com"),
        ("https://example.com", "https://example.com"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("https://8.8.8.8/x", "https://8.8.8.8"),
        ("https://[2606:4700::1111]/x", "https://[2606:4700::1111]"),
        ("https://xn--exmple-cua.com/", "https://xn--exmple-cua.com"),
    ],
)
def test_public_addresses_pass_and_are_shown_without_their_path(url: str, origin: str) -> None:
    assert read_url(url).origin == origin


@given(st.ip_addresses())
def test_whatever_is_open_is_global(address: object) -> None:
    assert not is_open(str(address)) or ip_address(str(address)).is_global


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_no_clothing_opens_a_private_address(address: object) -> None:
    number = int(ip_address(str(address)))
    tail = f"{number >> 16:x}:{number & 0xFFFF:x}"
    for spelling in (f"::ffff:{tail}", f"::{tail}", f"64:ff9b::{tail}", f"2002:{tail}::", str(address)):
        assert not is_open(spelling)


class Names:
    """A resolver that says something else each time, and counts."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["fe80::1%eth0"],
        ["::ffff:10.0.0.1"],
        ["0.0.0.0"],
        ["nonsense"],
    ],
)
async def test_a_name_that_leads_into_our_networks_is_not_connected_to(answer: list[str]) -> None:
    async with receiver() as listening:
        port = int(listening.url.split(":")[2].split("/")[0])
        target = Target("https", "hooks.example.com", port, "/x")
        attempt = await PinnedSender(Names(answer)).send(target, {}, b"{}")
        assert attempt == Attempt("address-not-allowed") and listening.connections == 0


async def test_a_name_without_an_address_is_said_so() -> None:
    async def nothing(_host: str, _port: int) -> list[str]:
        raise OSError

    for resolve in (nothing, Names([])):
        target = read_url("https://hooks.example.com/")
        assert await PinnedSender(resolve).send(target, {}, b"") == Attempt("name-not-found")


async def test_public_is_what_stays_of_a_mixed_answer_none() -> None:
    target = read_url("https://hooks.example.com/")
    assert await checked_address(target, Names(["8.8.8.8", "1.1.1.1"]), loopback=False) == "8.8.8.8"
    with pytest.raises(WrongAddress):
        await checked_address(target, Names(["8.8.8.8", "192.168.0.1"]), loopback=False)


async def test_a_name_is_asked_once_and_the_checked_address_is_connected_to() -> None:
    async with receiver() as checked, receiver(host="127.0.0.2") as other:
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        port = int(checked.url.split(":")[2].split("/")[0])
        target = Target("http", "hooks.example.com", port, "/x")
        assert await PinnedSender(names, loopback=True).send(target, {}, b"{}") == Attempt()
        assert names.asked == [("hooks.example.com", port)]
        assert checked.connections == 1 and other.connections == 0
        assert checked.came[0].headers["host"] == f"hooks.example.com:{port}"


def certificate(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for a name: the server's context, and one that trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    return server_context(pem, key), ssl.create_default_context(cadata=pem.decode())


def server_context(pem: bytes, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    held = os.memfd_create("certificate")  # the standard library loads certificates from paths only
    os.write(held, pem + private)
    context.load_cert_chain(f"/proc/self/fd/{held}")
    os.close(held)
    return context


@pytest.mark.parametrize(
    ("name", "reason"), [("hooks.example.com", None), ("other.example.com", "certificate-refused")]
)
async def test_the_certificate_is_held_against_the_name_not_the_address(
    name: str, reason: str | None
) -> None:
    server, trust = certificate(name)
    async with receiver(server) as listening:
        port = int(listening.url.split(":")[2].split("/")[0])
        target = Target("https", "hooks.example.com", port, "/x")
        sender = PinnedSender(Names(["127.0.0.1"]), loopback=True, trust=trust)
        assert (await sender.send(target, {}, b"{}")).reason == reason
        assert len(listening.came) == (0 if reason else 1)
        untrusting = PinnedSender(Names(["127.0.0.1"]), loopback=True)
        assert (await untrusting.send(target, {}, b"{}")).reason == "certificate-refused"


@pytest.mark.parametrize(
    ("answer", "attempt"),
    [
        (status(204), Attempt()),
        (status(302, "location: http://127.0.0.1:1/"), Attempt("status-302", lasting=True)),
        (status(400), Attempt("status-400", lasting=True)),
        (status(429, "retry-after: 7"), Attempt("status-429", wait=7.0)),
        (status(503, "retry-after: 999999999"), Attempt("status-503", wait=6 * 3600.0)),
        (status(503, "retry-after: soon"), Attempt("status-503")),
        (status(503, "retry-after: Wed, 21 Oct 2015 07:28:00 GMT"), Attempt("status-503")),
        (b"no http\r\n\r\n", Attempt("line-broke")),
        (b"", Attempt("line-broke")),
    ],
)
async def test_what_came_of_an_attempt(answer: bytes, attempt: Attempt) -> None:
    async with receiver() as listening:
        listening.always = answer
        sent = await PinnedSender(loopback=True).send(read_url(listening.url, loopback=True), {}, b"{}")
        assert sent == attempt and listening.connections == 1


async def test_a_receiver_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_SECONDS", 0.2)
    async with receiver() as listening:
        listening.silent.clear()
        target = read_url(listening.url, loopback=True)
        assert (await PinnedSender(loopback=True).send(target, {}, b"{}")).reason == "timed-out"
        await stop(listening)
    monkeypatch.undo()
    assert (await PinnedSender(loopback=True).send(target, {}, b"{}")).reason == "not-connected"


async def stop(listening: Receiver) -> None:
    listening.silent.set()
    await asyncio.sleep(0.05)
