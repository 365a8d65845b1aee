"""A keyboard for a compositor that has none: the few messages of Wayland that this takes, sent as they are.

Source: wayland.xml, virtual-keyboard-unstable-v1.xml; the keys are a German keyboard's, by xkbcommon.
"""

from __future__ import annotations

import array
import asyncio
import ctypes
import os
import socket
import struct
import time

SYNC, REGISTRY, BIND = 0, 1, 0
KEYMAP, KEY, MODIFIERS = 0, 1, 2
_DISPLAY, _TEXT = 1, 1
_EVDEV = 8
_HELD = {"ctrl": (29, 4), "alt": (56, 8), "shift": (42, 1), "altgr": (100, 128)}
"""Key and mask."""
BETWEEN = 0.03
"""Seconds between two keys, as somebody who types fast."""


class _Names(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


class Layout:
    """Which key gives which character: ``keys`` maps a key symbol to key and level."""

    def __init__(self, layout: bytes = b"de") -> None:
        self._xkb = xkb = ctypes.CDLL("libxkbcommon.so.0")
        for name in ("xkb_context_new", "xkb_keymap_new_from_names", "xkb_keymap_get_as_string"):
            getattr(xkb, name).restype = ctypes.c_void_p
        names = _Names(b"evdev", b"pc105", layout, b"", b"")
        context = ctypes.c_void_p(xkb.xkb_context_new(0))
        keymap = ctypes.c_void_p(xkb.xkb_keymap_new_from_names(context, ctypes.byref(names), 0))
        self.text = ctypes.string_at(xkb.xkb_keymap_get_as_string(keymap, _TEXT)) + b"\0"
        self.keys = dict[int, tuple[int, int]]()
        for key in range(_EVDEV, 255):
            for level in range(4):
                found = ctypes.POINTER(ctypes.c_uint32)()
                if xkb.xkb_keymap_key_get_syms_by_level(keymap, key, 0, level, ctypes.byref(found)) == 1:
                    self.keys.setdefault(found[0], (key - _EVDEV, level))

    def symbol(self, name: str) -> int:
        """Return the key symbol of a character or of a key's name."""
        if len(name) == 1:
            return int(self._xkb.xkb_utf32_to_keysym(ord(name)))
        return int(self._xkb.xkb_keysym_from_name(name.encode(), 0))


class Hand:
    """Types into whatever window has the keyboard. Raises :class:`OSError` where there is no compositor."""

    def __init__(self, place: str, layout: Layout) -> None:
        self._layout, self._last, self._globals = layout, 1, dict[str, int]()
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(place)
        self._registry = self._new()
        self._send(_DISPLAY, REGISTRY, struct.pack("=I", self._registry))
        self._settled()
        seat, makers = self._bind("wl_seat"), self._bind("zwp_virtual_keyboard_manager_v1")
        self._keyboard = self._new()
        self._send(makers, 0, struct.pack("=II", seat, self._keyboard))
        place_of_keys = os.memfd_create("keys")
        os.write(place_of_keys, layout.text)
        self._send(self._keyboard, KEYMAP, struct.pack("=II", _TEXT, len(layout.text)), place_of_keys)
        os.close(place_of_keys)
        self._settled()

    def close(self) -> None:
        """Take the keyboard away."""
        self._line.close()

    async def type(self, words: str) -> None:
        """Type characters."""
        for one in words:
            await self.press(one)

    async def press(self, chord: str) -> None:
        """Press a key, ``Return``, or several at once, ``ctrl+l``."""
        *held, name = chord.split("+")
        key, level = self._layout.keys[self._layout.symbol(name)]
        held += ["shift"] * (level % 2) + ["altgr"] * (level // 2)
        mask = 0
        for one in held:
            mask |= _HELD[one][1]
            self._say(_HELD[one][0], mask, down=True)
        self._say(key, mask, down=True)
        self._say(key, mask, down=False)
        for one in reversed(held):
            mask &= ~_HELD[one][1]
            self._say(_HELD[one][0], mask, down=False)
        self._settled()
        await asyncio.sleep(BETWEEN)

    def _say(self, key: int, mask: int, *, down: bool) -> None:
        now = int(time.monotonic() * 1000) & 0xFFFFFFFF
        self._send(self._keyboard, KEY, struct.pack("=III", now, key, down))
        self._send(self._keyboard, MODIFIERS, struct.pack("=IIII", mask, 0, 0, 0))

    def _new(self) -> int:
        self._last += 1
        return self._last

    def _bind(self, interface: str) -> int:
        made, name = self._new(), interface.encode() + b"\0"
        padded = name + b"\0" * (-len(name) % 4)
        words = struct.pack("=II", self._globals[interface], len(name)) + padded + struct.pack("=II", 1, made)
        self._send(self._registry, BIND, words)
        return made

    def _send(self, what: int, request: int, words: bytes, descriptor: int | None = None) -> None:
        message = struct.pack("=IHH", what, request, 8 + len(words)) + words
        more = [] if descriptor is None else [array.array("i", [descriptor])]
        self._line.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, one) for one in more])

    def _settled(self) -> None:
        """Wait until the compositor has read everything; hears of what it offers on the way."""
        done, heard = self._new(), b""
        self._send(_DISPLAY, SYNC, struct.pack("=I", done))
        while True:
            heard += self._line.recv(1 << 16)
            while len(heard) >= 8 and len(heard) >= (size := struct.unpack("=I", heard[4:8])[0] >> 16):
                what, head = struct.unpack("=II", heard[:8])
                words, heard = heard[8:size], heard[size:]
                if what == self._registry and not head & 0xFFFF:
                    name, length = struct.unpack("=II", words[:8])
                    self._globals[words[8 : 7 + length].decode()] = name
                elif what == _DISPLAY and not head & 0xFFFF:
                    raise OSError("the compositor refused a message")
                elif what == done:
                    return
