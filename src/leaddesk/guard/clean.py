"""A start that others prepared begins anew: what acts before our first line can be left behind (A7).

Variables of the loader, of libc and of Python decide which code is in the process when it begins. Where one
of them is set, the program replaces itself by itself, isolated (``-I``) and without them; of what they
brought in nothing is left. It had run, before any data was there: nobody can prevent that from inside.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LOADER = ("LD_", "DYLD_", "GLIBC_", "MALLOC_", "_RLD", "LSB_INTERP")
LIBC = ("GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "RES_OPTIONS", "GETCONF_DIR", "TZDIR")
HARMLESS = frozenset(
    {
        *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONHASHSEED", "PYTHONIOENCODING", "PYTHONUTF8"),
        *("PYTHONNOUSERSITE", "PYTHONSAFEPATH", "PYTHONTZPATH", "PYTHONMALLOC", "PYTHONCOERCECLOCALE"),
        *("PYTHONFAULTHANDLER", "PYTHONINTMAXSTRDIGITS", "PYTHON_KEYRING_BACKEND"),
    }
)
"""Of Python's variables: neither bring code, nor write, nor say more than they should. (The last is the
keyring library's, and is taken away where others of its kind are.)"""
LIBRARIES = "LD_LIBRARY_PATH"


def begin_clean() -> None:
    """Return if nobody prepared this start, else start again without what they prepared; first of all.

    A bundle is its own interpreter and isolated by itself: there only the loader's variables count.
    """
    _forget_the_current_folder()
    kept = _cleaned(os.environ, _folders_of_python())
    if kept.keys() == os.environ.keys() and kept.get(LIBRARIES) == os.environ.get(LIBRARIES):
        return
    if not hasattr(os, "fork"):  # Windows has no exec that keeps the process; there the bundle is isolated
        for name in set(os.environ) - kept.keys():
            del os.environ[name]
        return
    os.execve(sys.executable, again(sys.orig_argv), kept)  # noqa: S606 - ourselves


def again(command: Sequence[str]) -> list[str]:
    """Return the same command line, isolated."""
    if getattr(sys, "frozen", False):
        return list(command)
    return [sys.executable, "-I", *command[1:]]


def _cleaned(environment: Mapping[str, str], pythons: frozenset[str]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if not _is_hostile(name)}
    folders = environment.get(LIBRARIES, "").split(os.pathsep)
    ours = [folder for folder in folders if folder and folder in pythons]
    return kept | ({LIBRARIES: os.pathsep.join(ours)} if ours else {})


def _is_hostile(name: str) -> bool:
    if name.startswith("PYTHON"):
        return name not in HARMLESS and not getattr(sys, "frozen", False)
    return name.startswith(LOADER) or name in LIBC


def _folders_of_python() -> frozenset[str]:
    """Where this Python's own library was loaded from: without that folder it could not start again."""
    if LIBRARIES not in os.environ:
        return frozenset()
    try:
        mapped = Path("/proc/self/maps").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return frozenset()
    places = (Path(line.split(None, 5)[5]) for line in mapped if "libpython" in line)
    return frozenset(str(place.parent) for place in places)


def _forget_the_current_folder() -> None:
    """``python -m`` puts the folder one happens to stand in before everything else that can be imported."""
    if "-m" in sys.orig_argv and not sys.flags.safe_path and sys.path[:1] == [str(Path.cwd())]:
        del sys.path[0]
