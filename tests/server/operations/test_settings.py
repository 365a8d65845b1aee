"""Configuration: what is wrong names the key and what is expected, and never repeats a value."""

import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leaddesk.server.operations.bootstrap import FIELDS, read_bootstrap
from leaddesk.server.operations.settings import (
    OPTIONS,
    Misconfigured,
    ServerSettings,
    read_settings,
)

CANARY = "Canary-7f3a"
LEAST = '[instance]\nname = "Nordwind"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "server.toml"


def read(file: Path, content: str, **environment: str) -> ServerSettings:
    file.write_text(content, "utf-8")
    return read_settings(file, environment)


def wrong(file: Path, content: str, **environment: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        read(file, content, **environment)
    assert CANARY not in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


def test_a_name_is_enough(file: Path) -> None:
    settings = read(file, LEAST)
    assert settings["instance.name"] == "Nordwind" and settings["server.port"] == 8600
    assert not settings.is_public and len(settings.networks_for_metrics) == 2


def test_the_environment_comes_over_the_file(file: Path) -> None:
    settings = read(
        file,
        LEAST + '[server]\nport = 1\nhost = "::1"\n[metrics]\nallow = ["10.0.0.0/8"]\n',
        LEADDESK_SERVER_PORT="8700",
        LEADDESK_METRICS_ALLOW="127.0.0.1/32, ::1/128",
        LEADDESK_SERVER="https://leads.example.com",  # the client's, on the same machine
        LEADDESK_THEME="dark",
        PATH="/bin",
    )
    assert (settings["server.port"], settings["server.host"]) == (8700, "::1")
    assert [str(network) for network in settings["metrics.allow"]] == ["127.0.0.1/32", "::1/128"]


WRONG = [
    ("", "instance.name is missing"),
    ('[instance]\nname = "Demo"', "instance.name: expected a name of its own"),
    ("[instance]\nname = 7", "server.toml: [instance] name: expected one line"),
    (LEAST + "[server]\nprot = 1", "server.toml: [server] prot is unknown; did you mean port?"),
    (LEAST + "[sever]\nport = 1", "server.toml: [sever] is unknown; did you mean [server]?"),
    ('instance = "Nordwind"', "server.toml: [instance] is unknown"),
    (LEAST + '[server]\n"Canary-7f3a ü" = 1', "server.toml: [server] a key is unknown"),
    (LEAST + "[server]\nport = 65536", "server.toml: [server] port: expected a whole number from 0 to 65535"),
    (LEAST + "[server]\nport = true", "[server] port: expected a whole number"),
    (LEAST + '[server]\nport = "Canary-7f3a"', "[server] port: expected a whole number"),
    (LEAST + '[server]\nhost = "Canary-7f3a"', "[server] host: expected an IP address"),
    (LEAST + '[server]\nbehind_proxy = "yes"', "[server] behind_proxy: expected true or false"),
    (LEAST + '[server]\npublic_url = "http://x"', "[server] public_url: expected an address such as https"),
    (LEAST + "[server]\nrequests_per_key = 199", "requests_per_key: expected a whole number from 200"),
    (LEAST + '[attachments]\nscanner = "clamd"', "scanner: expected an address such as unix:/run/clamav"),
    (LEAST + '[server]\ncertificate = "cert.pem"', "[server] certificate: expected an absolute path"),
    (LEAST + '[server]\ncertificate = "/c.pem"', "server.certificate_key is missing"),
    (LEAST + '[server]\nhost = "0.0.0.0"', "server.certificate is missing"),
    (LEAST + '[storage]\nbackend = "mysql"', "[storage] backend: expected memory or postgresql"),
    (LEAST + '[storage]\nbackend = "postgresql"', "storage.database is missing"),
    (LEAST + '[storage]\ndatabase = "dbname=x"', "storage.backend: expected postgresql"),
    (LEAST + '[storage]\nbackend = "postgresql"\ndatabase = "dbname=x"', "keys.mirrors is missing"),
    (LEAST + '[keys]\nmirrors = ["/a", "/b"]', "keys.epochs is missing"),
    (LEAST + '[keys]\nmirrors = ["/a", "/a"]', "[keys] mirrors: expected two different absolute paths"),
    (LEAST + '[keys]\nmirrors = ["/a", "/b"]\nepochs = ["/c", "/d"]', "keys.master_key_file is missing"),
    (LEAST + '[access_log]\ndatabase = "/a"', "keys.mirrors is missing"),
    (LEAST + '[access_log]\nsink = "/a"', "access_log.signing_key_file is missing"),
    (LEAST + "[access_log]\nretention_months = 0", "retention_months: expected a whole number from 1 to 120"),
    (LEAST + '[log]\nlevel = "loud"', "[log] level: expected debug or info or warning or error"),
    (LEAST + '[metrics]\nallow = ["10.0.0.1/8"]', "[metrics] allow: expected a list of networks"),
    ('[instance]\nname = "Canary-7f3a', "server.toml: expected TOML"),
    (LEAST + "[server]\nport = = 1", "server.toml: expected TOML; see line 4"),
]


@pytest.mark.parametrize(("content", "said"), WRONG)
def test_what_is_wrong_is_named_with_what_is_expected(file: Path, content: str, said: str) -> None:
    assert said in wrong(file, content)


def test_variables_are_checked_alike(file: Path) -> None:
    assert "did you mean LEADDESK_SERVER_PORT?" in wrong(file, LEAST, LEADDESK_SERVER_PROT="1")
    assert wrong(file, LEAST, LEADDESK_SERVER_PORT=CANARY).startswith(
        "LEADDESK_SERVER_PORT: expected a whole"
    )
    assert CANARY not in str(read(file, LEAST, LEADDESK_MASTER_KEY=CANARY))


def test_a_file_that_cannot_be_read_is_said_so(file: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_settings(tmp_path / "nowhere.toml", {})
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_settings(tmp_path, {})
    file.write_bytes(b"#" * 300_000)
    with pytest.raises(Misconfigured, match="at most"):
        read_settings(file, {})
    file.write_bytes(b'name = "\xff"')
    with pytest.raises(Misconfigured, match="UTF-8"):
        read_settings(file, {})


SCALARS = st.one_of(st.booleans(), st.integers(), st.text(string.printable, max_size=20).map(repr))
KEYS = st.sampled_from([option.key for option in OPTIONS] + ["x", "name", "mirrors "])
SECTIONS = st.sampled_from([option.section for option in OPTIONS] + ["x", "server.y"])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.tuples(SECTIONS, KEYS, SCALARS), max_size=6)))
def test_any_configuration_is_settings_or_one_sentence(file: Path, drawn: object) -> None:
    if isinstance(drawn, bytes):
        file.write_bytes(drawn)
    else:
        assert isinstance(drawn, list)
        lines = [f"[{section}]\n{key} = {str(value).lower()}" for section, key, value in drawn]
        file.write_text("\n".join(lines), "utf-8")
    try:
        assert read_settings(file, {})["instance.name"]
    except Misconfigured as refusal:
        assert str(refusal) and "\n" not in str(refusal)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(OPTIONS), st.text(max_size=60))
def test_any_text_of_a_variable_is_a_value_or_one_sentence(file: Path, option: object, text: str) -> None:
    file.write_text(LEAST, "utf-8")
    assert isinstance(option, type(OPTIONS[0]))
    try:
        read_settings(file, {option.variable: text})
    except Misconfigured as refusal:
        known = len(text) < 8 or text in option.kind.expected
        assert str(refusal).split(":")[0].split(" ")[0] and (known or text not in str(refusal))


def test_every_option_is_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    missing = [option.name for option in OPTIONS if f"`{option.name}`" not in text]
    assert missing == []
    assert [option.variable for option in OPTIONS if f"`{option.variable}`" not in text] == []


def test_the_documented_example_is_a_configuration() -> None:
    text = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    example = tomllib.loads(text.split("```toml\n")[1].split("```")[0])
    known = {option.name for option in OPTIONS}
    assert {f"{section}.{key}" for section, keys in example.items() for key in keys} <= known


FIRST = {
    "tenant": "Nordwind AG",
    "name": "Ada Lund",
    "email": "ada@nordwind.example",
    "password": CANARY + "-and-long-enough",
    "operator": "h.petersen",
    "reason": "Contract 2026-17 of 3 November",
    "reference": "TICKET-1",
}


def written(path: Path, **changed: str | None) -> Path:
    texts = {**FIRST, **changed}
    path.write_text("\n".join(f'{key} = "{value}"' for key, value in texts.items() if value is not None))
    path.chmod(0o600)
    return path


def test_the_first_admin_is_read_and_shows_nowhere(tmp_path: Path) -> None:
    first = read_bootstrap(written(tmp_path / "first.toml"))
    assert first.password.reveal() == FIRST["password"]
    assert CANARY not in repr(first) and "Ada" not in repr(first)


def test_a_bootstrap_file_is_secret_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "first.toml"
    for key in FIELDS:
        with pytest.raises(Misconfigured, match=f"{key}: expected"):
            read_bootstrap(written(path, **{key: None}))
    with pytest.raises(Misconfigured, match="at least 15"):
        read_bootstrap(written(path, password="short"))
    with pytest.raises(Misconfigured, match="password: it is one of the most common"):
        read_bootstrap(written(path, password="passwordpassword"))
    with pytest.raises(Misconfigured, match="password: too much of it is names"):
        read_bootstrap(written(path, password="Nordwind 2026!!!"))
    with pytest.raises(Misconfigured, match="a key is unknown"):
        read_bootstrap(written(path, admin="x"))
    with pytest.raises(Misconfigured, match="an e-mail address"):
        read_bootstrap(written(path, email="ada"))
    written(path).chmod(0o644)
    with pytest.raises(Misconfigured, match="mode 600"):
        read_bootstrap(path)
