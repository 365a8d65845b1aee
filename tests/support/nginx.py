"""A real nginx of the tests' own before servers of this machine, with the file that operators install.

Only names, places and ports are changed in it. Its workers can write nowhere but into its logs.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.certificates import self_signed

SHIPPED = Path(__file__).resolve().parent.parent.parent / "packaging" / "server" / "nginx.conf"
PATIENCE = 60.0
AROUND = """
daemon off;
worker_processes 2;
pid {0}/nginx.pid;
error_log {0}/nginx.log;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {0}/nowhere;
    proxy_temp_path {0}/nowhere;
    fastcgi_temp_path {0}/nowhere;
    uwsgi_temp_path {0}/nowhere;
    scgi_temp_path {0}/nowhere;
    include {0}/leaddesk.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """The proxy. ``url``: with TLS, for ``localhost``; ``closed``: the port where nobody speaks TLS."""

    folder: Path
    port: int
    closed: int
    certificate: Path

    @property
    def url(self) -> str:
        """Where clients go."""
        return f"https://localhost:{self.port}"

    def client(self, source: str | None = None) -> httpx.Client:
        """Somebody who trusts its certificate, from an address of this machine."""
        trusting = ssl.create_default_context(cafile=str(self.certificate))
        way = httpx.HTTPTransport(verify=trusting, local_address=source)
        return httpx.Client(transport=way, base_url=self.url, timeout=PATIENCE)

    def logged(self) -> str:
        """Everything it wrote down."""
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("*.log")))


def free_ports(count: int) -> list[int]:
    """Ports nobody listens at now."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


@contextmanager
def behind_nginx(folder: Path, ports: Sequence[int], *, tls: bool = True) -> Iterator[Front]:
    """Run nginx before the two servers at these ports, which may come later, for the length of the block."""
    port, closed = free_ports(2)
    front = Front(folder, port, closed, self_signed(folder)[0])
    (folder / "leaddesk.conf").write_text(rendered(front, ports, tls=tls))
    (folder / "nginx.conf").write_text(AROUND.format(folder))
    (folder / "nowhere").mkdir(mode=0)
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    surroundings = {"PATH": f"{os.environ['PATH']}:/usr/sbin"}
    with (
        (folder / "begin.log").open("wb") as begin,
        subprocess.Popen(command, env=surroundings, stdout=begin, stderr=begin) as running,
    ):
        try:
            _wait(front, running)
            yield front
        finally:
            running.terminate()
            running.wait(PATIENCE)
            (folder / "nowhere").chmod(0o700)


def rendered(front: Front, ports: Sequence[int], *, tls: bool) -> str:
    """Return the shipped file with the names and places of a test; ``tls=False``: without TLS at its port."""
    text = re.sub(r"^ +listen \[::\].*\n", "", SHIPPED.read_text("utf-8"), flags=re.MULTILINE)
    if not tls:
        text = re.sub(r"^server \{\s+listen 443 ssl default_server;.*?^\}", "", text, flags=re.M | re.S)
        text = re.sub(r"^ +ssl_.*\n", "", text, flags=re.M).replace("listen 443 ssl", "listen 443")
    changes = {
        "127.0.0.1:8601": f"127.0.0.1:{ports[0]}",
        "127.0.0.1:8602": f"127.0.0.1:{ports[1]}",
        "listen 443": f"listen 127.0.0.1:{front.port}",
        "listen 80": f"listen 127.0.0.1:{front.closed}",
        "leads.nordwind.example": "localhost",
        "/etc/leaddesk/tls/fullchain.pem": str(front.certificate),
        "/etc/leaddesk/tls/privkey.pem": str(front.certificate.with_suffix(".key")),
        "/var/log/nginx": str(front.folder),
        "/var/www/acme": str(front.folder),
    }
    for before, after in changes.items():
        assert before in text or (not tls and "tls" in before), f"{before} is no longer in {SHIPPED.name}"
        text = text.replace(before, after)
    return text


def _wait(front: Front, running: subprocess.Popen[bytes]) -> None:
    until, pause = time.monotonic() + PATIENCE, threading.Event()
    while True:
        assert running.poll() is None, front.logged()
        try:
            socket.create_connection(("127.0.0.1", front.port), PATIENCE).close()
            return
        except OSError:
            assert time.monotonic() < until, front.logged()
            pause.wait(0.02)
