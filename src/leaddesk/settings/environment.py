"""Variables that would make libraries write, load or trust something behind our back (guarantee A7)."""

from __future__ import annotations

import re
from collections.abc import MutableMapping

HOSTILE = (
    "SSLKEYLOGFILE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NETRC",
    "PYTHON_KEYRING_BACKEND",
    "KEYCHAIN_PATH",
    "PYTHONINSPECT",
    "XLOCALEDIR",
    "FC_DEBUG",
)
"""A key log file would hold session keys, a certificate file would change whom we trust, the keyring
variables would choose another store. Corporate certificates come from the system's trust store."""

BUSES = frozenset(
    {
        *("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS", "DBUS_STARTER_ADDRESS"),
        *("AT_SPI_BUS_ADDRESS", "IBUS_ADDRESS"),
    }
)
"""Where message buses are. libdbus, below Qt, would start the program that ``unixexec:`` names, and speak
with another machine over ``tcp:``; a bus of a desktop is a socket of this machine."""
_BUS = re.compile(r"(unix:|launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET)[^;]*")

FAMILIES = (
    *(
        "KEYRING_PROPERTY_",
        "OPENSSL_",
        "QT_",
        "QML",
        "QSG_",
        "QTWEBENGINE",
        "PYSIDE",
        "SHIBOKEN",
        "KDE_DEBUG",
    ),
    *("GTK_", "GDK_PIXBUF_", "GIO_", "GSETTINGS_", "G_MESSAGES_", "G_DEBUG"),
    *("LIBGL_", "MESA_", "EGL_", "__EGL_", "__GL", "VK_", "VDPAU_", "LIBVA_", "GALLIUM_", "DRI_"),
)
"""Beginnings of names: plugins, modules, drivers, caches and logs of the libraries below us."""

HARMLESS = re.compile(
    r"QT_(QPA_PLATFORM|QPA_PLATFORMTHEME|IM_MODULES?|SCALE_FACTOR|SCREEN_SCALE_FACTORS|FONT_DPI"
    r"|SCALE_FACTOR_ROUNDING_POLICY|AUTO_SCREEN_SCALE_FACTOR|ENABLE_HIGHDPI_SCALING|USE_PHYSICAL_DPI"
    r"|ACCESSIBILITY|LINUX_ACCESSIBILITY_ALWAYS_ON|WAYLAND_DISABLE_WINDOWDECORATION|XCB_GL_INTEGRATION)"
    r"|GTK_(IM_MODULE|THEME)"
)
"""What people set for their screen, their input method and their screen reader."""

_PLAIN = re.compile(r"[A-Za-z0-9_.;:, -]*")
"""A value of those is a word or a number: no path, and nothing that a platform takes as an option."""
_WINDOWS = re.compile(
    r"(xcb|wayland|wayland-egl|offscreen|minimal|windows|cocoa)(;(xcb|wayland|wayland-egl))*"
)
"""Platforms of windows. Of the others one shows the screen to the network (vnc)."""


def disarm(environment: MutableMapping[str, str]) -> tuple[str, ...]:
    """Remove the hostile variables of this process and return the names that were set.

    It also keeps pydantic from looking for plugins (foreign code, a search that costs 40 ms), and zoneinfo,
    which pydantic imports, from asking how Python was built where the time zones lie (5 ms): nobody here asks
    for a zone by name (P2). Where Qt has GTK choose files, GTK keeps the size of its chooser in memory: a
    service would write it down (A1). IBus is asked over its portal: else Qt signals its daemon to see whether
    it lives, which the guard refuses, and there would be no input methods.
    """
    environment["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    environment["PYTHONTZPATH"] = ""
    found = tuple(name for name, value in environment.items() if _is_hostile(name, value))
    for name in found:
        del environment[name]
    environment["GSETTINGS_BACKEND"] = "memory"
    environment["IBUS_USE_PORTAL"] = "1"
    return found


def _is_hostile(name: str, value: str) -> bool:
    if name in HOSTILE:
        return True
    if name in BUSES:
        return not all(_BUS.fullmatch(one) for one in value.split(";") if one)
    if not name.startswith(FAMILIES):
        return False
    if name == "QT_QPA_PLATFORM":
        return _WINDOWS.fullmatch(value) is None
    return HARMLESS.fullmatch(name) is None or _PLAIN.fullmatch(value) is None
