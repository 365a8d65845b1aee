"""D7: a certificate that is wrong in one thing ends the call before anything is sent.

The client trusts an authority that managed settings name, as a company's; what that authority issues rightly
is accepted, so that each refusal is about the one thing. Revocation is not asked for, here as in browsers.
"""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from leaddesk.api import transport
from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, Untrusted
from leaddesk.settings.address import read_address
from leaddesk.settings.proxies.choice import Network
from tests.guarantees.figure import Figure
from tests.support.certificates import DAY, Made, Recipe, issued, pem_of, root
from tests.support.listening import listening

GET = Call("GET", "/me", limits=Limits(seconds=30))
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
LONG_AGO = timedelta(days=-30)
Kind = Callable[[Made], Made]


def _between(**more: object) -> Callable[[Made], Made]:
    """A certificate below an authority of its own, which is wrong in something."""
    recipe = Recipe(common_name="between", authority=True, names=(), usages=())
    return lambda authority: issued(issued(authority, replace(recipe, **more)), Recipe())  # type: ignore[arg-type]


def _leaf(**more: object) -> Callable[[Made], Made]:
    return lambda authority: issued(authority, replace(Recipe(), **more))  # type: ignore[arg-type]


def _weak() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 1_024)


def _below_a_leaf(authority: Made) -> Made:
    return issued(issued(authority, Recipe(common_name="nobody's authority")), Recipe())


def _too_deep(authority: Made) -> Made:
    first = issued(authority, Recipe(common_name="one", authority=True, path_length=0, names=(), usages=()))
    second = issued(first, Recipe(common_name="two", authority=True, names=(), usages=()))
    return issued(second, Recipe())


def _unfinished(authority: Made) -> Made:
    return replace(_between()(authority), chain=())


def _damaged(authority: Made) -> Made:
    made = issued(authority, Recipe())
    der = bytearray(made.certificate.public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    return replace(made, certificate=x509.load_der_x509_certificate(bytes(der)))


KINDS: dict[str, Kind] = {
    "expired": _leaf(since=LONG_AGO, until=-DAY),
    "not yet valid": _leaf(since=DAY, until=2 * DAY),
    "for another host": _leaf(names=("elsewhere.example",)),
    "for another address": _leaf(names=("127.0.0.2",)),
    "for a name below": _leaf(names=("desk.localhost",)),
    "for everything": _leaf(names=("*",)),
    "for all names below": _leaf(names=("*.localhost",)),
    "for a name that ends alike": _leaf(names=("localhost.example",)),
    "an address written as a name": _leaf(names=("dns:127.0.0.1",)),
    "named in the subject only": _leaf(names=(), common_name="localhost"),
    "answers for itself": lambda _: issued(None, Recipe()),
    "answers for itself as an authority": lambda _: issued(None, Recipe(authority=True)),
    "from an unknown authority": lambda _: issued(root("unknown"), Recipe()),
    "from one that only bears the name": lambda _: issued(root("authority"), Recipe()),
    "for signing in as a client": _leaf(usages=(ExtendedKeyUsageOID.CLIENT_AUTH,)),
    "for signing programs": _leaf(usages=(ExtendedKeyUsageOID.CODE_SIGNING,)),
    "from one that is no authority": _below_a_leaf,
    "from one that may not sign": _between(signs_certificates=False),
    "from one that has expired": _between(since=LONG_AGO, until=-DAY),
    "from one that may not speak for this host": _between(excluded="localhost"),
    "deeper than allowed": _too_deep,
    "with a link missing": _unfinished,
    "with a short key": lambda authority: issued(authority, Recipe(key=_weak())),
    "from one with a short key": _between(key=_weak()),
    "with a condition nobody knows": _leaf(strange=True),
    "with a damaged signature": _damaged,
}


@asynccontextmanager
async def serving(context: ssl.SSLContext | None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve one answer; what arrived as plain text is kept."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(ANSWER)
        await writer.drain()

    async with listening(serve, context) as port:
        yield port, heard


async def asked(url: str, network: Network) -> ApiError | None:
    """Ask once; gives what was wrong."""
    async with transport.open_http(read_address(url, "test"), network) as http:
        try:
            await ApiClient(http).ask(GET)
        except ApiError as error:
            return error
    return None


async def tried(made: Made, network: Network, folder: Path, host: str = "localhost") -> str | None:
    """Offer a certificate; gives what is wrong about the client."""
    async with serving(made.context(folder)) as (port, heard):
        error = await asked(f"https://{host}:{port}", network)
    if heard:
        return "was accepted"
    return None if isinstance(error, Untrusted) else f"was refused as {type(error).__name__}"


async def old_protocol(made: Made, network: Network, folder: Path) -> str | None:
    """Offer a good certificate by TLS 1.1: servers hang up, so that it looks like being offline."""
    context = made.context(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with serving(context) as (port, heard):
        error = await asked(f"https://localhost:{port}", network)
    return "was spoken" if error is None or heard else None


def _host(kind: str) -> str:
    return "127.0.0.1" if "address" in kind else "localhost"


async def guarantee(_env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Offer them all; with ``planted`` nobody compares the name."""
    findings: list[str] = []
    authority = root()
    network = Network(authorities=pem_of(authority.certificate).decode())
    trust = transport.tls_context(read_address("https://localhost", "test"), network.authorities)
    trust.check_hostname = not planted
    with (
        tempfile.TemporaryDirectory() as place,
        patch.object(transport, "tls_context", lambda *_: trust),  # reading the system's takes its time
    ):
        folder = Path(place)
        for good in (issued(authority, Recipe()), _between()(authority)):
            if (wrong := await tried(good, network, folder)) != "was accepted":
                findings.append(f"a good certificate {wrong}")
        for name, kind in KINDS.items():
            if (wrong := await tried(kind(authority), network, folder, _host(name))) is not None:
                findings.append(f"a certificate {name} {wrong}")
        if (wrong := await old_protocol(issued(authority, Recipe()), network, folder)) is not None:
            findings.append(f"TLS 1.1 {wrong}")
    sentence = "certificates: {found} of {looked} bad ones accepted"
    return Figure(sentence, len(KINDS) + 1, tuple(findings), enough=20)
