"""The server's own TLS: what it agrees to, and a pair that is changed while it serves."""

import shutil
import signal
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from cryptography.x509 import load_pem_x509_certificate

from tests.server.operations.test_configured import refusal, running
from tests.support.certificates import self_signed

PATIENCE = 60.0
MUCH_GRACE = "grace_seconds = 300"
BEFORE_TLS_GIVES_UP = 25.0
"""By itself asyncio waits thirty seconds for the answer to TLS's goodbye."""


def shown(port: int) -> bytes:
    """The certificate a new connection is shown."""
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    line = socket.create_connection(("127.0.0.1", port), PATIENCE)
    with blind.wrap_socket(line) as session:
        found = session.getpeercert(binary_form=True)
    assert found is not None
    return found


def content(certificate: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii"))


def put(folder: Path, name: str, key_of: str | None = None) -> None:
    """Put a pair in place of the one that the server was given, or half of one and half of another."""
    shutil.copy(folder / f"{name}.pem", folder / "now.pem")
    shutil.copy(folder / f"{key_of or name}.key", folder / "now.key")


def test_a_new_pair_is_shown_after_sighup_and_a_bad_one_is_not(tmp_path: Path) -> None:
    for name in ("first", "second"):
        self_signed(tmp_path, name)
    put(tmp_path, "first")
    pair = f'certificate = "{tmp_path}/now.pem"\ncertificate_key = "{tmp_path}/now.key"\n{MUCH_GRACE}'
    first, second = content(tmp_path / "first.pem"), content(tmp_path / "second.pem")
    trusting = ssl.create_default_context(cafile=str(tmp_path / "first.pem"))
    with (
        running(tmp_path, pair) as (server, url),
        httpx.Client(verify=trusting, base_url=url, timeout=60) as before,
    ):
        port = httpx.URL(url).port or 0
        assert shown(port) == first and before.get("/healthz").status_code == 200
        put(tmp_path, "second", key_of="first")
        server.send_signal(signal.SIGHUP)
        heard(server.stderr, "certificate not read anew")
        assert shown(port) == first
        put(tmp_path, "second")
        server.send_signal(signal.SIGHUP)
        heard(server.stderr, "certificate read anew")
        assert shown(port) == second
        assert before.get("/healthz").status_code == 200, "who was connected stays so"
        server.send_signal(signal.SIGTERM)
        assert server.wait(BEFORE_TLS_GIVES_UP) == 0, "a connection kept for later does not hold it up"


def heard(log: object, words: str) -> None:
    """Read the log until it says something."""
    assert any(words in line for line in log)  # type: ignore[attr-defined]


def test_only_good_ciphers_are_agreed_to(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with running(tmp_path, f'certificate = "{certificate}"\ncertificate_key = "{key}"') as (_, url):
        port = httpx.URL(url).port or 0
        for words, good in (("ECDHE-ECDSA-AES128-GCM-SHA256", True), ("ECDHE-ECDSA-AES128-SHA256", False)):
            asking = ssl.create_default_context(cafile=str(certificate))
            asking.maximum_version = ssl.TLSVersion.TLSv1_2
            asking.set_ciphers(words)
            assert agrees(asking, port) == good
        ends_at = load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc.timestamp()
        trusting = ssl.create_default_context(cafile=str(certificate))
        page = httpx.get(f"{url}/metrics", verify=trusting, timeout=60).text
        assert f"leaddesk_certificate_ends_at_seconds {ends_at:.0f}\n" in page


def agrees(asking: ssl.SSLContext, port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        try:
            asking.wrap_socket(line, server_hostname="127.0.0.1").close()
        except ssl.SSLError:
            return False
    return True


def test_sighup_without_a_certificate_ends_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as (server, url):
        server.send_signal(signal.SIGHUP)
        heard(server.stderr, "nothing to read anew")
        assert httpx.get(f"{url}/healthz", timeout=60).status_code == 200


@pytest.mark.parametrize("broken", ["key of another", "no certificate", "not there"])
def test_a_pair_that_is_none_is_one_sentence(tmp_path: Path, broken: str) -> None:
    certificate, key = self_signed(tmp_path)
    if broken == "key of another":
        key = self_signed(tmp_path, "other")[1]
    elif broken == "no certificate":
        certificate.write_text("nonsense")
    else:
        certificate.unlink()
    pair = f'certificate = "{certificate}"\ncertificate_key = "{key}"'
    code, said = refusal(tmp_path, f'[instance]\nname = "N"\n[server]\nport = 0\n{pair}')
    assert code == 1 and "expected a PEM pair" in said
