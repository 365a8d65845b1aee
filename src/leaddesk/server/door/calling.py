"""Calling at the door of a running server: where it is, one order, one answer."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

import msgspec

from leaddesk.server.door.orders import Answer, AnyOrder, decode_answer, encode
from leaddesk.server.operations.settings import read_setting

SETTING = "operator.socket"
USUAL_CONFIG = "/etc/leaddesk/server.toml"
_CONNECT_SECONDS = 10.0


class NobodyThere(Exception):
    """The door cannot be reached; the text is the sentence for the person."""


def door_of(config: str | None, environment: Mapping[str, str]) -> Path:
    """Find the socket as the server does. Raises :class:`NobodyThere`, ``Misconfigured``."""
    file = Path(config or USUAL_CONFIG)
    place: Path | None = read_setting(SETTING, file, environment)
    if place is None:
        raise NobodyThere(f"{file.name} sets no operator.socket, so that server takes no orders")
    return place


def call(place: Path, order: AnyOrder) -> Answer:
    """Give an order and wait for the answer, however long it takes. Raises :class:`NobodyThere`."""
    if not hasattr(socket, "AF_UNIX"):
        raise NobodyThere("orders to a running server need a Unix socket, which this system does not have")
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(_CONNECT_SECONDS)
        try:
            line.connect(os.fspath(place))
            line.sendall(encode(order) + b"\n")
            line.settimeout(None)
            with line.makefile("rb") as heard:
                return decode_answer(heard.readline())
        except PermissionError:
            raise NobodyThere("only root and the user the server runs as may give it orders") from None
        except (FileNotFoundError, ConnectionRefusedError):
            raise NobodyThere(f"no server listens at {place}; is it running?") from None
        except TimeoutError:
            raise NobodyThere(f"the server at {place} does not answer") from None
        except (OSError, msgspec.DecodeError):
            raise NobodyThere(
                "the server ended before it answered; `status` says whether it is back"
            ) from None
