"""Which proxy is chosen: managed settings, environment, system; and how three systems keep theirs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from leaddesk.settings.proxies import gnome, macos, windows
from leaddesk.settings.proxies.choice import Network, ProxyChoice, Source, SystemProxy, choose, is_exempt

HOST = "api.leads.example"
GNOME = {"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}
DATABASE = bytes.fromhex(
    "4756617269616e7400000000000000001800000070010000000000280c000000000000000000000001000000010000000200000004000000040000000500000006000000090000000a0000000a0000007938254b010000007001000004007600780100008e0100001bb447c4090000008e01000006004c00940100009c010000e837d592060000009c01000007004c00a4010000a8010000609b294b01000000a801000004007600b0010000b60100005e31bcef09000000b601000004007600c0010000c90100004b50900b06000000c901000004004c00d0010000d4010000d4b50200ffffffffd401000001004c00d8010000e0010000b0b7243005000000e001000006004c00e8010000ec010000b0de5f520a000000ec01000001007600f0010000f30100001922f93102000000f301000006004c00fc01000008020000577331cc070000000802000002004c000c02000010020000db583d4e09000000100200000c007600200200004b020000686f73740000000070726f78792e6669726d612e6578616d706c6500007368747470732f000000000300000073797374656d2f0009000000706f727400000000380c000000696d6f64650000000000006d616e75616c0000736f72672f000000070000002f0000000500000002000000676e6f6d652f00000a0000007900000001006270726f78792f000000010000000b00000004000000782f00000800000069676e6f72652d686f737473000000006c6f63616c686f73740031302e302e302e302f38002a2e6669726d612e6578616d706c65000a1525006173"
)
"""What dconf 0.40 wrote: a manual proxy with three exceptions, and another program's key."""

SCUTIL = """<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  ExcludeSimpleHostnames : 1
  HTTPEnable : 0
  HTTPSEnable : 1
  HTTPSPort : 3128
  HTTPSProxy : proxy.firma.example
  ProxyAutoConfigEnable : 0
}
"""


def way(
    environment: Mapping[str, str] | None = None,
    network: Network | None = None,
    system: SystemProxy | None = None,
) -> ProxyChoice:
    return choose(HOST, environment or {}, network or Network(), lambda _: system or SystemProxy())


def test_managed_settings_come_before_the_environment_and_that_before_the_system() -> None:
    environment, system = {"HTTPS_PROXY": "http://env.example:1"}, SystemProxy("http://system.example:2")
    chosen = way(environment, Network("managed.example:3"), system)
    assert (chosen.url, chosen.source) == ("http://managed.example:3", Source.MANAGED)
    assert way(environment, Network("direct"), system) == ProxyChoice(source=Source.MANAGED)
    assert way(environment, system=system).url == "http://env.example:1"
    assert way({"all_proxy": "http://all.example:4"}, system=system).url == "http://all.example:4"
    assert (way(system=system).url, way(system=system).source) == ("http://system.example:2", Source.SYSTEM)
    assert way() == ProxyChoice()


@pytest.mark.parametrize(
    ("pattern", "exempt"),
    [
        ("*", True),
        ("leads.example", True),
        (".leads.example", True),
        ("*.leads.example", True),
        ("API.LEADS.EXAMPLE:443", True),
        ("ads.example", False),
        ("api.leads.example.org", False),
        ("<local>", False),
        ("", False),
        ("10.0.0.0/8", False),
    ],
)
def test_a_host_is_exempted_by_itself_or_by_a_domain_above_it(pattern: str, exempt: bool) -> None:
    assert is_exempt(HOST, [pattern]) is exempt
    proxy = {"HTTPS_PROXY": "http://env.example:1", "NO_PROXY": f"other.example, {pattern}"}
    assert (way(proxy).url is None) is exempt


def test_an_address_is_exempted_by_its_network_and_a_short_name_by_windows_word() -> None:
    assert is_exempt("10.3.4.5", ["10.0.0.0/8"])
    assert not is_exempt("11.3.4.5", ["10.0.0.0/8"])
    assert is_exempt("desk", ["<local>"])


@pytest.mark.parametrize("text", ["socks5://127.0.0.1:1080", "http://", "http://x:99999999", "ftp://x"])
def test_what_is_no_http_proxy_is_told_instead_of_passed_by(text: str) -> None:
    assert way(network=Network(text)).unusable
    assert way({"HTTPS_PROXY": text}).unusable


def test_a_script_is_not_run_but_remembered() -> None:
    assert way(system=SystemProxy(script=True)).script
    assert not way({"HTTPS_PROXY": "http://env.example:1"}, system=SystemProxy(script=True)).script


def test_nobody_reads_the_password_of_a_proxy_in_a_representation() -> None:
    chosen = way(network=Network("http://rosa:sesam@proxy.example:1"))
    assert "sesam" not in repr(chosen) + repr(Network("http://rosa:sesam@proxy.example:1"))


def test_gnomes_settings_are_read_from_the_file_dconf_wrote(tmp_path: Path) -> None:
    (tmp_path / "dconf").mkdir()
    (tmp_path / "dconf" / "user").write_bytes(DATABASE)
    found = gnome.read(GNOME | {"XDG_CONFIG_HOME": str(tmp_path)})
    assert found.url == "http://proxy.firma.example:3128"
    assert found.exempt == ("localhost", "10.0.0.0/8", "*.firma.example")
    assert gnome.read({"XDG_CONFIG_HOME": str(tmp_path), "XDG_CURRENT_DESKTOP": "KDE"}) == SystemProxy()
    assert gnome.read(GNOME | {"XDG_CONFIG_HOME": str(tmp_path / "none")}) == SystemProxy()


def test_a_broken_file_of_dconf_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "dconf").mkdir()
    place = tmp_path / "dconf" / "user"
    for size in range(0, len(DATABASE), 7):
        place.write_bytes(DATABASE[:size])
        gnome.read(GNOME | {"XDG_CONFIG_HOME": str(tmp_path)})
    for at in range(0, len(DATABASE), 5):
        place.write_bytes(DATABASE[:at] + b"\xff\xff\xff\xff" + DATABASE[at + 4 :])
        gnome.read(GNOME | {"XDG_CONFIG_HOME": str(tmp_path)})


def test_gnomes_modes() -> None:
    manual = {"/system/proxy/mode": "manual", "/system/proxy/https/host": "p.example"}
    assert gnome.settings_of(manual).url == "http://p.example:8080"
    assert "::1" in gnome.settings_of(manual).exempt
    assert gnome.settings_of(manual | {"/system/proxy/mode": "none"}) == SystemProxy()
    assert gnome.settings_of({"/system/proxy/mode": "auto"}).script


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ProxyEnable": 1, "ProxyServer": "p.example:8080"}, "p.example:8080"),
        ({"ProxyEnable": 1, "ProxyServer": "http=h.example:1;https=s.example:2"}, "s.example:2"),
        ({"ProxyEnable": 1, "ProxyServer": "socks=k.example:3"}, "socks://k.example:3"),
        ({"ProxyEnable": 0, "ProxyServer": "p.example:8080"}, None),
        ({}, None),
    ],
)
def test_windows_registry(values: dict[str, object], expected: str | None) -> None:
    assert windows.read({}, lambda: values).url == expected


def test_windows_exceptions_and_script() -> None:
    values = {"ProxyOverride": "*.firma.example;<local>", "AutoConfigURL": "http://wpad/x.pac"}
    found = windows.read({}, lambda: values)
    assert found.exempt == ("*.firma.example", "<local>")
    assert found.script and found.url is None
    assert windows.read({}) == SystemProxy(), "no registry here"


def test_macos_configuration() -> None:
    found = macos.read({}, lambda: SCUTIL)
    assert found.url == "http://proxy.firma.example:3128"
    assert found.exempt == ("*.local", "169.254/16", "<local>")
    assert not found.script
    assert macos.read(
        {}, lambda: SCUTIL.replace("ProxyAutoConfigEnable : 0", "ProxyAutoConfigEnable : 1")
    ).script
    assert macos.read({}, lambda: "") == SystemProxy()
