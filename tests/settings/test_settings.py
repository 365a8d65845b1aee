"""What may be chosen at start, and what is refused with a reason."""

from __future__ import annotations

import pytest

from leaddesk.settings.address import DEMO_SERVER, SettingsError, SettingsFault, read_address
from leaddesk.settings.environment import BUSES, disarm
from leaddesk.settings.managed.reading import Reading
from leaddesk.settings.managed.rules import Managed, ManagedInstance
from leaddesk.settings.settings import Language, ThemeChoice, read_settings


@pytest.mark.parametrize(
    ("text", "url", "loopback"),
    [
        ("https://api.leadtributor.cloud", "https://api.leadtributor.cloud", False),
        (" https://Leads.Example.com:8443/ ", "https://leads.example.com:8443", False),
        ("http://127.0.0.1:8600", "http://127.0.0.1:8600", True),
        ("http://localhost:1", "http://localhost:1", True),
        ("http://[::1]:8600", "http://[::1]:8600", True),
    ],
)
def test_good_addresses(text: str, url: str, loopback: bool) -> None:
    found = read_address(text, "--server")
    assert (found.url, found.loopback) == (url, loopback)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("http://api.leadtributor.cloud", SettingsFault.SERVER_NOT_HTTPS),
        ("http://127.0.0.1.evil.example", SettingsFault.SERVER_NOT_HTTPS),
        ("http://localhost.evil.example", SettingsFault.SERVER_NOT_HTTPS),
        ("http://10.0.0.1", SettingsFault.SERVER_NOT_HTTPS),
        ("https://user:pw@host.example", SettingsFault.SERVER_WITH_CREDENTIALS),
        ("https://host.example/path", SettingsFault.SERVER_WITH_PATH),
        ("https://host.example?x=1", SettingsFault.SERVER_WITH_PATH),
        ("ftp://host.example", SettingsFault.SERVER_MALFORMED),
        ("host.example", SettingsFault.SERVER_MALFORMED),
        ("https://", SettingsFault.SERVER_MALFORMED),
        ("https://host:99999", SettingsFault.SERVER_MALFORMED),
        ("https://host:0", SettingsFault.SERVER_MALFORMED),
        ("https://ho st", SettingsFault.SERVER_MALFORMED),
        ("https://[::1", SettingsFault.SERVER_MALFORMED),
        ("https://a..b", SettingsFault.SERVER_MALFORMED),
        ("https://gоogle.example", SettingsFault.SERVER_MALFORMED),
    ],
)
def test_bad_addresses_name_the_flag_and_not_the_value(text: str, fault: SettingsFault) -> None:
    with pytest.raises(SettingsError) as refused:
        read_address(text, "LEADDESK_SERVER")
    assert refused.value.fault is fault
    assert text not in str(refused.value)


def test_flags_win_over_the_environment() -> None:
    environment = {"LEADDESK_SERVER": "https://a.example", "LEADDESK_THEME": "dark"}
    found = read_settings(["--server", "https://b.example", "--language=en"], environment)
    assert found.server.url == "https://b.example"
    assert (found.theme, found.language, found.instance) == (ThemeChoice.DARK, Language.ENGLISH, "b.example")


def test_defaults_are_the_live_platform_and_the_system() -> None:
    found = read_settings([], {})
    assert (found.instance, found.theme, found.language) == ("Live", ThemeChoice.SYSTEM, None)


@pytest.mark.parametrize(
    "arguments", [["--theme", "pink"], ["--theme"], ["--instance", "x" * 41], ["--x"], ["y"]]
)
def test_unknown_choices_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SettingsError):
        read_settings(arguments, {})


def test_hostile_variables_are_removed() -> None:
    environment = {"SSLKEYLOGFILE": "/x", "KEYRING_PROPERTY_FOO": "y", "HOME": "/home"}
    assert disarm(environment) == ("SSLKEYLOGFILE", "KEYRING_PROPERTY_FOO")
    said = {"PYDANTIC_DISABLE_PLUGINS": "__all__", "PYTHONTZPATH": "", "GSETTINGS_BACKEND": "memory"}
    said["IBUS_USE_PORTAL"] = "1"
    assert environment == {"HOME": "/home", **said}


WAGNER = ManagedInstance("Wagner", read_address("https://leads.wagner.example", ""), ("wagner.example",))
ONLY_WAGNER = Reading(Managed((WAGNER,), WAGNER, typed=False), found=True)


def test_where_administrators_named_a_server_that_one_is_opened() -> None:
    found = read_settings([], {}, ONLY_WAGNER)
    assert (found.server, found.instance, found.named) == (WAGNER.address, "Wagner", False)


def test_a_flag_chooses_among_what_administrators_allow() -> None:
    found = read_settings(["--server", "https://leads.wagner.example"], {}, ONLY_WAGNER)
    assert (found.instance, found.named) == ("Wagner", True)
    for flags, environment in (
        (["--server", "https://elsewhere.example"], {}),
        ([], {"LEADDESK_SERVER": "https://elsewhere.example"}),
    ):
        with pytest.raises(SettingsError) as raised:
            read_settings(flags, environment, ONLY_WAGNER)
        assert raised.value.fault is SettingsFault.SERVER_NOT_ALLOWED


def test_a_name_that_is_given_counts_more() -> None:
    assert read_settings(["--instance", "Here"], {}, ONLY_WAGNER).instance == "Here"
    assert read_settings(["--server", DEMO_SERVER], {}).instance == "Demo"


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("unix:path=/run/user/1000/bus", True),
        ("unix:abstract=/tmp/dbus-X,guid=1;unix:path=/run/user/1000/bus;", True),
        ("launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET", True),
        ("unixexec:path=/opt/evil", False),
        ("unix:path=/run/user/1000/bus;unixexec:path=/opt/evil", False),
        ("UNIXEXEC:path=/opt/evil", False),
        ("tcp:host=192.0.2.1,port=1", False),
        ("nonce-tcp:host=127.0.0.1,port=1,noncefile=/x", False),
        ("autolaunch:", False),
    ],
)
@pytest.mark.parametrize("name", sorted(BUSES))
def test_a_message_bus_is_a_socket_of_this_machine(name: str, address: str, stays: bool) -> None:
    """libdbus would start a program that an address names, or speak with another machine (A7)."""
    environment = {name: address}
    assert disarm(environment) == (() if stays else (name,))
    assert (name in environment) is stays


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://leads.example:443", "https://leads.example"),
        ("https://leads.example:443/", "https://leads.example"),
        ("https://LEADS.example:8443", "https://leads.example:8443"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8600", "http://[::1]:8600"),
        ("https://leads.example:80", "https://leads.example:80"),
    ],
)
def test_one_server_has_one_address(typed: str, url: str) -> None:
    """Else what it calls itself would be another server's name, and its browser sign-in would be missing."""
    assert read_address(typed, "test").url == url
