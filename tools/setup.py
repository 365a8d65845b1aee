"""Makes a fresh checkout workable: system packages, .venv, locked dependencies, icons, bytecode.

Needs the standard library only, asks nothing, may be repeated. A stamp over all its inputs makes the
second run a look-up of some milliseconds.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import system_packages

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATE = ROOT / ".setup"
STAMP = STATE / "stamp.json"
ICONS = ROOT / "src" / "leaddesk" / "ui" / "theme" / "_icons.json"
INPUTS = (
    "pyproject.toml",
    "requirements/*.txt",
    "packaging/linux/apt-packages.txt",
    "tools/*.py",
    "tools/*.sh",
    "src/leaddesk/ui/theme/icon_names.py",
)


def fingerprint() -> dict[str, str]:
    """What the result depends on: this checkout's place, the interpreter, the content of the input files."""
    found = sorted(path for pattern in INPUTS for path in ROOT.glob(pattern))
    prints = {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}
    return {"place": str(ROOT), "python": sys.version, **prints}


def is_ready(wanted: dict[str, str]) -> bool:
    """True if the last complete run had these inputs and its results are still there."""
    if not all(path.exists() for path in (STAMP, PYTHON, VENV / "bin" / "pytest", ICONS)):
        return False
    return bool(json.loads(STAMP.read_text("utf-8")) == wanted)


def environment() -> dict[str, str]:
    """The caller's environment without what would bend installers; caches land here if HOME is none."""
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    }
    home = env.get("HOME", "")
    if not (home and os.access(home, os.W_OK)):
        env |= {"HOME": str(STATE), "UV_CACHE_DIR": str(STATE / "uv"), "PIP_CACHE_DIR": str(STATE / "pip")}
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return env | quiet | {"UV_LINK_MODE": "copy", "UV_SYSTEM_CERTS": "1"}


def run(*command: str | Path, quiet: bool = False) -> bool:
    """Runs one command in the checkout; True if it ended well. `quiet` drops what it says."""
    out = subprocess.DEVNULL if quiet else None
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment(), stdout=out, stderr=out, check=False
    )
    return done.returncode == 0


def must(sentence: str, *command: str | Path) -> None:
    """As run(); ends the set-up with `sentence` if the command fails."""
    if not run(*command):
        sys.exit(f"make setup: {sentence}")


def make_venv() -> None:
    """.venv with this interpreter, without a pip of its own where Debian left out ensurepip."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    if PYTHON.exists() and run(PYTHON, "-c", version, quiet=True):
        return
    has_ensurepip = run(sys.executable, "-c", "import ensurepip", quiet=True)
    options = ["--clear"] if has_ensurepip else ["--clear", "--without-pip"]
    must(".venv could not be made.", sys.executable, "-m", "venv", *options, VENV)


def pip() -> list[str | Path]:
    """The pip that installs into .venv: its own, else the interpreter's."""
    if run(PYTHON, "-c", "import pip", quiet=True):
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def install_dependencies() -> None:
    """uv, then all of dev.txt, held against its hashes; pip steps in where uv reaches no index."""
    locked = ("--require-hashes", "-r", "requirements/uv.txt")
    must("uv could not be installed.", *pip(), "install", "--quiet", "--no-deps", *locked)
    sync = (VENV / "bin" / "uv", "pip", "sync", "--quiet", "--no-config", "--python", PYTHON)
    if run(*sync, "--require-hashes", "--compile-bytecode", "requirements/dev.txt"):
        return
    print("uv found no index; trying pip with this machine's own index settings", flush=True)
    locked = ("--require-hashes", "-r", "requirements/dev.txt")
    must(
        "the locked dependencies could not be installed.", *pip(), "install", "--quiet", "--no-deps", *locked
    )


def install_project() -> None:
    """The checkout itself, editable, built by the locked hatchling; then icons and bytecode."""
    if (ROOT / "tools" / "icons.py").exists():
        must("the icon subset could not be made.", PYTHON, "-B", "tools/icons.py")
    uv = (VENV / "bin" / "uv", "pip", "install", "--quiet", "--no-config", "--offline", "--python", PYTHON)
    must("leaddesk could not be installed.", *uv, "--no-deps", "--no-build-isolation", "--editable", ".")
    must("src does not compile.", PYTHON, "-m", "compileall", "-q", "src")


def main() -> int:
    """Returns 0, or 1 if system packages are missing and there is no right to install them."""
    wanted = fingerprint()
    if is_ready(wanted):
        return 0
    STATE.mkdir(exist_ok=True)
    STAMP.unlink(missing_ok=True)
    refused = system_packages.install(ROOT / "packaging" / "linux" / "apt-packages.txt")
    make_venv()
    install_dependencies()
    install_project()
    if refused:
        print(f"make setup: please have these packages installed: {' '.join(refused)}", file=sys.stderr)
        return 1
    STAMP.write_text(json.dumps(wanted, indent=1), "utf-8")
    print("leaddesk is set up.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
