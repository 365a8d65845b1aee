"""Nothing of one machine is in the repository, and the client names no host of its own."""

from __future__ import annotations

import re
import tomllib

from tests.house.tree import ROOT, modules, project, tracked

#: written in two halves, so that this file does not find itself
HALVES = [("/wo", "rk/"), ("/ro", "ot/"), ("/home/", r"\w"), ("/opt/", "(pypi|wheels)"), ("/tmp/", "plan")]
MACHINE = re.compile("|".join(first + second for first, second in [*HALVES, ("/Users/", r"\w")]))
BINARY = {".png", ".ico", ".icns", ".gz", ".zst"}
#: a name space, and the one address that may be chosen without typing it: the live platform
NAMED_ONCE = {
    ("src/leaddesk/ui/theme/icons.py", "www.w3.org"),
    ("src/leaddesk/settings/address.py", "api.leadtributor.cloud"),
    ("src/leaddesk/settings/address.py", "api.demo.leadtributor.cloud"),
}
OWN_HOSTS = re.compile(r"127\.0\.0\.1|localhost|(.*\.)?example\.(com|net|org)|.*\.(example|invalid|test)|")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==[^ ;\\]+( ;[^\\]+)? \\$")


def test_no_file_names_a_place_on_one_machine() -> None:
    texts = (
        (path, (ROOT / path).read_text("utf-8")) for path in tracked() if (ROOT / path).suffix not in BINARY
    )
    assert [(path, match.group()) for path, text in texts for match in MACHINE.finditer(text)] == []


def test_the_client_names_no_host_but_the_platform() -> None:
    urls = re.compile(r"(?:https?|wss?)://([A-Za-z0-9.-]+)")
    found = {(module.path, host) for module in modules() for host in urls.findall(module.text)}
    assert {(path, host) for path, host in found if not OWN_HOSTS.fullmatch(host)} - NAMED_ONCE == set()


def test_migrations_are_numbered_without_a_gap_and_once() -> None:
    folders = {(ROOT / path).parent for path in tracked() if path.endswith(".sql") and "/migrations/" in path}
    assert folders
    for folder in folders:
        numbers = sorted(int(file.name.partition("_")[0]) for file in folder.glob("*.sql"))
        assert numbers == list(range(1, len(numbers) + 1)), folder


def locks() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in (ROOT / "requirements").glob("*.txt")}


def test_decisions_are_numbered_once_and_all_are_listed() -> None:
    files = sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    listed = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    titles = {name: (ROOT / "docs" / "adr" / name).read_text("utf-8").partition("\n")[0] for name in files}
    assert [name for name in files if f"({name})" not in listed] == []
    assert [name for name, title in titles.items() if not title.startswith(f"# {int(name[:4])}.")] == []


def test_locks_hold_pinned_hashed_names_and_nothing_else() -> None:
    for name, lock in locks().items():
        lines = lock.splitlines()
        odd = [
            line
            for line in lines
            if not REQUIREMENT.match(line) and not re.match(r"^    --hash=sha256:[0-9a-f]{64}", line)
        ]
        assert odd == [], name


def names(lock: str) -> set[str]:
    return {match.group(1).lower() for line in lock.splitlines() if (match := REQUIREMENT.match(line))}


def test_locks_hold_every_direct_dependency() -> None:
    described = project()
    wanted = {"client": described["project"]["dependencies"]}
    wanted["server"] = [*wanted["client"], *described["project"]["optional-dependencies"]["server"]]  # type: ignore[index]
    wanted["dev"] = [*wanted["server"], *described["dependency-groups"]["dev"]]  # type: ignore[misc]
    for name, direct in wanted.items():
        asked = {re.split(r"[<>=!~\[ ]", line)[0].lower() for line in direct}  # type: ignore[attr-defined]
        assert asked <= names(locks()[name]), name


def test_the_client_lock_holds_no_server() -> None:
    assert names(locks()["client"]) & {"starlette", "uvicorn", "argon2-cffi", "httptools"} == set()


def test_every_lock_agrees_with_the_largest() -> None:
    largest = set(locks()["dev"].splitlines())
    pins = {line.split(" ")[0] for line in largest if "==" in line}
    for name, lock in locks().items():
        assert {line.split(" ")[0] for line in lock.splitlines() if "==" in line} <= pins, name


def test_qt_stays_on_its_chosen_series() -> None:
    assert re.search(r"^pyside6-essentials==6\.11\.\d+ ", locks()["client"], re.MULTILINE)


def test_no_resolver_lock_is_committed() -> None:
    assert "uv.lock" not in tracked()
    assert "lock" not in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_target_of_make_has_its_command() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    modules_run = set(re.findall(r"-m ([\w.]+)", makefile)) - {"leaddesk"}
    assert {name for name in modules_run if not runnable(name)} == set()
    assert (ROOT / "src/leaddesk/__main__.py").exists()
    assert re.search(r"uv (run|sync|lock)\b", makefile) is None


def runnable(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()
