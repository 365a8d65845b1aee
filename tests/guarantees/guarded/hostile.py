"""A7: hostile variables and files bring no code into the client, have it write nothing and trust nobody."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tests.guarantees.figure import Figure
from tests.guarantees.guarded.trust import is_trusted
from tests.support.folders import short_folder

PATIENCE = 60.0
FOREIGN = """
import mmap, os
_place = os.open({marker!r}, os.O_RDONLY)
_kept = mmap.mmap(_place, 0, prot=mmap.PROT_READ)
os.close(_place)
import builtins
builtins.foreign = getattr(builtins, "foreign", []) + [_kept]
"""
"""A module whose presence is seen from outside, in /proc/PID/maps, as a library's is."""
MODULES = ("sitecustomize", "usercustomize", "resource", "foreign_keyring", "foreign_warning")
PLANTED = """
import sys
import leaddesk.settings.environment as environment
known = environment._is_hostile
environment._is_hostile = lambda name, value: not name.endswith("PLUGIN_PATH") and known(name, value)
from leaddesk.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""The product with a broken part: its rule forgets where Qt's plugins come from."""


async def guarantee(env: Mapping[str, str], *, planted: bool = False) -> Figure:
    """Start the client plainly, and isolated as a bundle is, among everything hostile; look at it."""
    findings: list[str] = []
    looked = 0
    starts = (
        [("-B", "-c", PLANTED)] if planted else [("-B", "-m", "leaddesk"), ("-I", "-B", "-m", "leaddesk")]
    )
    for start in starts:
        with short_folder("ld") as folder:
            root = folder
            hostile = _hostile(root)
            looked += len(hostile) + len(_state(root))
            environment = dict(env) | {
                "HOME": str(root / "home"),
                "XDG_CONFIG_HOME": str(root / "home/.config"),
            }
            findings += [f"{start[1]}: {what}" for what in await _lived(environment | hostile, root, start)]
            if await asyncio.to_thread(is_trusted, environment | hostile, root / "foreign"):
                findings.append("a certificate of the environment's is trusted")
    return Figure(
        "environment: {found} effects of {looked:,} hostile variables and files", looked, tuple(findings), 40
    )


def _hostile(root: Path) -> dict[str, str]:
    """Lay everything out below ``root`` and return the variables."""
    foreign = root / "foreign"
    (foreign / "platforms").mkdir(parents=True)
    _modules(root, foreign)
    _libraries(foreign)
    _configuration(root, foreign)
    python = {
        "PYTHONPATH": foreign,
        "PYTHONSTARTUP": foreign / "sitecustomize.py",
        "PYTHONUSERBASE": root / "home/.local",
        "PYTHONPYCACHEPREFIX": root / "home/pyc",
        "PYTHONINSPECT": "1",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONWARNINGS": "ignore::foreign_warning.Warned",
        "PYTHON_KEYRING_BACKEND": "foreign_keyring.Keyring",
        "KEYRING_PROPERTY_KEYRING_PATH": foreign,
    }
    loader = {
        "LD_PRELOAD": foreign / "libpreloaded.so",
        "LD_LIBRARY_PATH": foreign,
        "GLIBC_TUNABLES": "glibc.malloc.check=1",
        "MALLOC_TRACE": root / "home/malloc.log",
        "GCONV_PATH": foreign,
    }
    qt = {
        "QT_PLUGIN_PATH": foreign,
        "QT_QPA_PLATFORM_PLUGIN_PATH": foreign / "platforms",
        "QT_QPA_GENERIC_PLUGINS": "foreign",
        "QT_LOGGING_CONF": foreign / "logging.ini",
        "QT_LOGGING_RULES": "*=true",
        "QT_DEBUG_PLUGINS": "1",
        "QT_STYLE_OVERRIDE": "foreign",
        "QT_QPA_PLATFORM": "vnc",
        "QML2_IMPORT_PATH": foreign,
        "GTK_MODULES": foreign / "libpreloaded.so",
        "GIO_EXTRA_MODULES": foreign,
        "XLOCALEDIR": foreign,
    }
    buses = dict.fromkeys(
        ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"),
        f"unixexec:path={foreign}/bus,argv1=600",
    )
    trust = {
        "SSLKEYLOGFILE": root / "home/keys.log",
        "SSL_CERT_FILE": foreign / "authority.pem",
        "SSL_CERT_DIR": foreign,
        "REQUESTS_CA_BUNDLE": foreign / "authority.pem",
        "CURL_CA_BUNDLE": foreign / "authority.pem",
        "OPENSSL_CONF": foreign / "openssl.cnf",
        "NETRC": root / "home/.netrc",
    }
    return {name: str(value) for name, value in (python | loader | qt | buses | trust).items()}


def _modules(root: Path, foreign: Path) -> None:
    (foreign / "marker").write_bytes(b"x" * 4096)
    user = root / f"home/.local/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    user.mkdir(parents=True)
    for folder in (foreign, user, root / "home"):
        for name in MODULES:
            (folder / f"{name}.py").write_text(FOREIGN.format(marker=str(foreign / "marker")))
    (user / "foreign.pth").write_text("import usercustomize\n")


def _libraries(foreign: Path) -> None:
    """Copies of what is loaded anyway: only the place they are loaded from tells them apart."""
    import PySide6

    qt = Path(str(PySide6.__file__)).parent / "Qt"
    plugins = qt / "plugins/platforms"
    (foreign.parent / "lib").mkdir()
    shutil.copy(qt / "lib/libQt6XcbQpa.so.6", foreign.parent / "lib")  # where the copied plugin looks
    shutil.copy(plugins / "libqxcb.so", foreign / "platforms/libqxcb.so")
    shutil.copy(plugins / "libqvnc.so", foreign / "platforms/libqvnc.so")
    library = next(
        line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/libm.so" in line
    )
    shutil.copy(library, foreign / "libpreloaded.so")
    shutil.copy(shutil.which("sleep") or "", foreign / "bus")


def _configuration(root: Path, foreign: Path) -> None:
    keyring = root / "home/.config/python_keyring"
    keyring.mkdir(parents=True)
    (keyring / "keyringrc.cfg").write_text(
        f"[backend]\ndefault-keyring=foreign_keyring.Keyring\nkeyring-path={foreign}\n"
    )
    (root / "home/qt.conf").write_text(f"[Paths]\nPlugins={foreign}\n")
    (root / "home/.netrc").write_text("machine 127.0.0.1 login foreign password foreign\n")
    (foreign / "logging.ini").write_text("[Rules]\n*=true\n")
    (foreign / "openssl.cnf").write_text(
        "openssl_conf = init\n[init]\nproviders = those\n[those]\nforeign = one\n[one]\n"
        f"module = {foreign}/libpreloaded.so\nactivate = 1\n"
    )


async def _lived(env: dict[str, str], root: Path, start: tuple[str, ...]) -> list[str]:
    """Wait for the window; say what of the hostile is in the client or its children, and what was written."""
    before = _state(root)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *start, "--server", "http://127.0.0.1:1"),
        env=env,
        cwd=root / "home",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        shown = await _shown(process.pid, env["DISPLAY"])
        seen = [one for number in _family(process.pid) for one in _foreign(number, root / "foreign")]
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
    after = _state(root)
    written = [f"written: {path}" for path in after if before.get(path) != after[path]]
    return [*(() if shown else ("no window",)), *seen, *written]


async def _shown(process: int, display: str) -> bool:
    """Wait until a window of the process is mapped; False when it ended or never showed one."""
    environment = {"DISPLAY": display, "PATH": os.environ["PATH"]}
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while asyncio.get_running_loop().time() < deadline and _lives(process):
        search = await asyncio.create_subprocess_exec(
            *("xdotool", "search", "--onlyvisible", "--pid", str(process)),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        said, _ = await search.communicate()
        if said.strip():
            return True
        await asyncio.sleep(0.1)
    return False


def _lives(process: int) -> bool:
    return Path(f"/proc/{process}/exe").exists()


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _family(int(child))


def _foreign(process: int, folder: Path) -> Iterator[str]:
    """What of a folder a process has in memory, open, or in its variables."""
    place = Path(f"/proc/{process}")
    with suppress(OSError):
        mapped = {
            line.split(None, 5)[5]
            for line in (place / "maps").read_text().splitlines()
            if str(folder) in line
        }
        yield from (f"loaded: {Path(path).name}" for path in sorted(mapped))
    with suppress(OSError):
        yield from (f"open: {one}" for one in (place / "fd").iterdir() if str(folder) in str(one.readlink()))


def _state(root: Path) -> dict[Path, tuple[int, int]]:
    return {path: (path.lstat().st_size, path.lstat().st_mtime_ns) for path in root.rglob("*")}
