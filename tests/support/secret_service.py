"""A Secret Service of a test's own, on a bus of its own: started, killed, locked, frozen at will."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import secretstorage
from jeepney.low_level import Message
from jeepney.wrappers import new_error
from secretstorage import util as spoken

from tests.support import desktop
from tests.support.desktops import Service as Answering

COLLECTION = "/org/freedesktop/secrets/collection/login"


class Refusing(Answering):
    """A keyring that has nothing but an error for whoever asks."""

    def answer(self, call: Message, member: str) -> Message:
        return new_error(call, "org.freedesktop.DBus.Error.Failed", "s", (member,))


class Service:
    """A bus and, while it runs, a keyring on it."""

    def __init__(self, env: dict[str, str], bus: int) -> None:
        self.env = env
        self._bus = bus
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the keyring, unlocked."""
        desktop._start_keyring(self.env, self.started)

    def kill(self) -> None:
        """Take the keyring away as a crash would; the bus has noticed when this returns."""
        daemon = self.started.pop()
        daemon.kill()
        daemon.wait(60)
        desktop._await_name(self.env, "org.freedesktop.secrets", owned=False)

    def lock(self) -> None:
        """Lock the login collection."""
        command = "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets"
        subprocess.run(
            [
                *command.split(),
                "org.freedesktop.Secret.Service.Lock",
                f"array:objpath:{COLLECTION}",
            ],
            env=self.env,
            check=True,
            capture_output=True,
        )

    def unlock(self) -> None:
        """Unlock it with its password, as signing in to the desktop does."""
        with contextlib.closing(secretstorage.dbus_init()) as bus:
            way = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
            daemon = spoken.DBusAddressWrapper("/org/freedesktop/secrets", way, bus)
            password = spoken.format_secret(spoken.open_session(bus), desktop.KEYRING_PASSWORD, "text/plain")
            daemon.call("UnlockWithMasterPassword", "o(oayays)", COLLECTION, password)

    def freeze(self) -> None:
        """Let the keyring answer nothing for now."""
        os.kill(self.started[-1].pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer what was asked meanwhile."""
        os.kill(self.started[-1].pid, signal.SIGCONT)

    def freeze_bus(self) -> None:
        """Let the bus pass nothing on and greet nobody for now."""
        os.kill(self._bus, signal.SIGSTOP)

    def thaw_bus(self) -> None:
        """Let it go on."""
        os.kill(self._bus, signal.SIGCONT)

    def falls_ill(self, ill: str) -> Callable[[], object]:
        """Be ``locked``, ``stopped``, or answer everything with an error; returns what makes it well."""
        if ill == "locked":
            self.lock()
            return self.unlock
        self.kill()
        if ill == "stopped":
            return self.start
        refusing = Refusing(self.env["DBUS_SESSION_BUS_ADDRESS"], "org.freedesktop.secrets")

        def well() -> None:
            refusing.close()
            self.start()

        return well


ILLS = ("locked", "stopped", "error answers")
BARE = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"""
"""A bus that starts no service by itself: what is absent on it stays absent."""


def _start_bare_bus(env: dict[str, str], started: list[subprocess.Popen[bytes]]) -> str:
    rules = Path(env["HOME"]) / "bus.conf"
    rules.write_text(BARE, "utf-8")
    command = ["dbus-daemon", f"--config-file={rules}", "--nofork", "--nosyslog", "--print-address=1"]
    bus = desktop._start(command, env, stdout=subprocess.PIPE)
    started.append(bus)
    assert bus.stdout is not None
    return bus.stdout.readline().decode().strip()


@contextlib.contextmanager
def secret_service(folder: Path, environment: pytest.MonkeyPatch, *, bare: bool = False) -> Iterator[Service]:
    """A private bus in the environment; no keyring on it yet, ``bare``: nor one that starts when asked."""
    env = desktop.fresh_environment(folder)
    # A socket's path has 107 bytes, a test's folder 100. The runner's temporary folder goes with it.
    env["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="run")
    bus: list[subprocess.Popen[bytes]] = []
    env["DBUS_SESSION_BUS_ADDRESS"] = (_start_bare_bus if bare else desktop._start_bus)(env, bus)
    environment.setenv("DBUS_SESSION_BUS_ADDRESS", env["DBUS_SESSION_BUS_ADDRESS"])
    environment.delenv("DISPLAY", raising=False)
    found = Service(env, bus[0].pid)
    try:
        yield found
    finally:
        for process in [*found.started, *bus]:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            if process.stdout is not None:
                process.stdout.close()


@contextlib.contextmanager
def lonely_secret_service(folder: Path | None = None) -> Iterator[tuple[Service, Path]]:
    """As :func:`secret_service`, bare, for a campaign outside a test; in a folder of its own unless given."""
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        if folder is None:
            own = tempfile.TemporaryDirectory(prefix="leaddesk-test-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(own))
        yield stack.enter_context(secret_service(folder, patch, bare=True)), folder


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """For every test of a module that imports this: the library leaves its bus connection to the collector
    when a call fails.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
