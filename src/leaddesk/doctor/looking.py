"""What this workstation guarantees and what it cannot, looked up now (guarantees.md).

Nothing is written, no window opened, nobody signed in; what is forbidden is tried
(:mod:`leaddesk.guard.probing`).
"""

import asyncio
import platform
import socket
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from leaddesk.doctor.swapping import Machine, Swap
from leaddesk.guard.anew.beginning import possible
from leaddesk.guard.confined import Confined, confined
from leaddesk.guard.links.outside import desktop_opener
from leaddesk.guard.probing import Holds, probe
from leaddesk.session.blocking import Blocking, TooSlow
from leaddesk.session.keyring_backends import choose_backend, why_none, would_prompt
from leaddesk.workstation.others.capture import can_exclude

_CONFINED = {
    Confined.APP_SANDBOX: "App Sandbox",
    Confined.APP_CONTAINER: "AppContainer",
    Confined.LOW_INTEGRITY: "low integrity",
}
KEYRING_SECONDS = 2.0
"""As long as the client waits for a keyring (guarantee B2)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``cannot`` is what is not promised because of it; empty when all is well."""

    name: str
    says: str
    cannot: str = ""


def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Look at everything, the display first."""
    return [_display(environment), asyncio.run(_keyring()), *look_around()]


def look_around(*, renews: bool = True) -> list[Finding]:
    """Look at what is known at once, without display and keyring: also for the window's own page.

    ``renews``: the window that asks begins anew where that is possible; those of demo and tour do not.
    """
    holds = probe()
    guarded = [_sandbox(holds), _crash_dumps(holds.dumps), _links(holds.opener)]
    return [_certificates(), *guarded, _after_lock(renews=renews), _swap(), _neighbours(), _screen()]


def _display(environment: Mapping[str, str]) -> Finding:
    if sys.platform != "linux":
        return Finding("display", platform.system())
    wayland = environment.get("WAYLAND_DISPLAY", "")
    if wayland and (Path(environment.get("XDG_RUNTIME_DIR", "/")) / wayland).is_socket():
        return Finding("display", "Wayland")
    number = environment.get("DISPLAY", "").rpartition(":")[2].partition(".")[0]
    if number.isdigit() and _answers(f"/tmp/.X11-unix/X{number}"):  # noqa: S108 - where X servers listen
        return Finding("display", "X11")
    return Finding("display", "none found", "a window: no display answers")


def _answers(path: str) -> bool:
    """Knock at an X server: by its file, and by its abstract name (containers)."""
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX) as knock:
            knock.settimeout(1)
            if knock.connect_ex(address) == 0:
                return True
    return False


async def _keyring() -> Finding:
    cannot = "staying signed in after the program ends: there is no keyring that may hold a token"
    try:
        says, there = await Blocking(_nothing, _nothing).call(_tried, KEYRING_SECONDS)
    except (TooSlow, TimeoutError):
        return Finding("keyring", f"no answer within {KEYRING_SECONDS:.0f} s", cannot)
    return Finding("keyring", says, "" if there else cannot)


def _tried() -> tuple[str, bool]:
    """Ask which keyring there is and whether it answers; blocking, without a prompt."""
    backend = choose_backend()
    if backend is None:
        return f"none found: {why_none()}", False
    name = type(backend).__module__.rpartition(".")[2]
    try:
        asks = would_prompt(backend) and name == "SecretService"  # of others nobody can tell
    except TimeoutError:
        raise
    except Exception:
        return f"{name}, vetted, but it answers with errors", False
    return f"{name}, vetted; it asks for its password first" if asks else f"{name}, vetted", True


def _certificates() -> Finding:
    if sys.platform != "linux":
        return Finding("certificates", "trust store of the operating system")
    paths = ssl.get_default_verify_paths()
    found = [place for place in (paths.openssl_cafile, paths.openssl_capath) if Path(place).exists()]
    if not found:
        return Finding("certificates", "no trust store found", "a connection: no certificate can be checked")
    return Finding("certificates", "trust store of the operating system")


def _sandbox(holds: Holds) -> Finding:
    """Each part was tried: what the kernel refused, it enforces. Elsewhere the package's sandbox is asked."""
    if sys.platform != "linux" and (held := confined()) is not Confined.NOTHING:
        says = f"{_CONFINED[held]}: writes reach the package's own place only"
        return Finding("sandbox", says, "that every write is refused: leaddesk itself writes nothing")
    missing = [what for what, held in (("files", holds.files), ("attributes", holds.attributes)) if not held]
    if not missing and holds.alone:
        return Finding("sandbox", f"writing is refused by the kernel (Landlock {holds.version}, seccomp)")
    says = "not enforced by the kernel" if "files" in missing else "enforced in part"
    says += "; Python's own calls are refused" if holds.python else ""
    lacking = " and ".join(missing) or "writes of every thread"
    return Finding("sandbox", says, f"that the kernel refuses {lacking}: leaddesk itself writes nothing")


def _crash_dumps(empty: bool) -> Finding:
    if sys.platform == "win32":
        return Finding("crash dumps", "decided by Windows Error Reporting", "a crash without a memory dump")
    import resource

    limit = resource.getrlimit(resource.RLIMIT_CORE)[0]
    piped = _read("/proc/sys/kernel/core_pattern").startswith("|")
    if limit == 1 or (limit == 0 and not piped):
        return Finding("crash dumps", "off")
    if empty:
        return Finding("crash dumps", "without contents")
    says = "handed to a program of the system" if piped else "written to files"
    return Finding("crash dumps", says, "a crash without a memory dump: dumps are on")


def _links(outside: bool) -> Finding:
    if sys.platform == "win32" or (outside and desktop_opener() is not None):
        return Finding("links", "open in the system's own programs")
    return Finding("links", "nothing outside opens them", "opening links: they can be copied instead")


def _after_lock(*, renews: bool) -> Finding:
    """Where the program cannot begin anew over itself, what was freed is not overwritten (A6)."""
    if renews and possible():
        return Finding("after a lock", "the program begins anew, with memory of its own")
    cannot = (
        "that lock and sign-out leave no trace in memory: leads are removed, what was painted is only freed"
    )
    return Finding("after a lock", "leads are removed from memory", cannot)


def _swap() -> Finding:
    if sys.platform != "linux":
        return Finding("swap", "decided by the operating system", "that memory is not paged to disk readably")
    found = Machine().swap()
    cannot = "that memory is not paged to the disk readably: encrypt the swap space, or forbid it leaddesk"
    return Finding("swap", found.value, cannot if found is Swap.READABLE else "")


def _neighbours() -> Finding:
    cannot = "protection from administrators and from programs of the same person that may read our memory"
    if _read("/proc/sys/kernel/yama/ptrace_scope").strip() in ("1", "2", "3"):
        return Finding("other programs", "may not read our memory, administrators may", cannot)
    return Finding("other programs", "of the same person may read our memory", cannot)


def _screen() -> Finding:
    """Windows is asked for every window (C5); macOS 15 and Linux keep none out: there masking protects."""
    if can_exclude():
        return Finding("screen", "windows are kept out of captures")
    cannot = "protection from screen capture; and screen readers are given the text that is shown"
    return Finding("screen", "can be captured by other programs", cannot)


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _nothing() -> None:
    return None
