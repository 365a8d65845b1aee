"""Certificates that nobody trusts end the call before anything is sent (guarantee D7)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from leaddesk.api.call import Call, Limits
from leaddesk.api.client import ApiClient
from leaddesk.api.errors import ApiError, Untrusted
from leaddesk.api.transport import open_http, proxy_for
from leaddesk.settings.address import read_address
from tests.support.listening import listening

GET = Call("GET", "/me", limits=Limits(seconds=60))


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server context with a certificate for 127.0.0.1 that no store knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[tuple[str, list[bytes]]]:
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(10))

    async with listening(serve, context) as port:
        yield f"https://127.0.0.1:{port}", heard


async def refusal(url: str) -> ApiError:
    async with open_http(read_address(url, "test")) as http:
        with pytest.raises(ApiError) as refused:
            await ApiClient(http).ask(GET)
    return refused.value


async def test_a_self_signed_certificate_is_not_accepted(tmp_path: Path) -> None:
    async with tls_server(self_signed(tmp_path)) as (url, heard):
        assert isinstance(await refusal(url), Untrusted)
    assert heard == []


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
async def test_the_environment_cannot_add_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    context = self_signed(tmp_path)
    monkeypatch.setenv(variable, str(tmp_path / "both.pem"))
    async with tls_server(context) as (url, heard):
        assert isinstance(await refusal(url), Untrusted)
    assert heard == []


def test_this_machine_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert proxy_for(read_address("https://127.0.0.1:1", "test")).url is None
    assert proxy_for(read_address("http://127.0.0.1:1", "test")).url is None
    assert proxy_for(read_address("https://api.example", "test")).url == "http://proxy.example:8080"
    monkeypatch.setenv("NO_PROXY", "api.example")
    assert proxy_for(read_address("https://api.example", "test")).url is None
