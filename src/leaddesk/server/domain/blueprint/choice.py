"""Which blueprint somebody chose: one that comes with the server, by its language, none, or a file."""

from importlib import resources

from leaddesk.server.domain.blueprint.plan import Misdrawn

BUILT_IN = ("de", "en")
NONE = "none"
LARGEST = 200_000
"""Bytes of a file."""


def text_of(choice: str) -> str:
    """Return the text of what was chosen; nothing for ``none``. Raises :class:`Misdrawn`."""
    if choice == NONE:
        return ""
    if choice in BUILT_IN:
        return resources.files(__package__).joinpath("data", f"{choice}.toml").read_text("utf-8")
    return _read(choice)


def _read(file: str) -> str:
    try:
        with open(file, "rb") as opened:  # noqa: PTH123 - only as much as may be
            content = opened.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise Misdrawn(f"expected a file of at most {LARGEST:,} bytes")
        return content.decode("utf-8")
    except OSError as failure:
        raise Misdrawn(f"cannot be read ({failure.strerror})") from None
    except UnicodeDecodeError:
        raise Misdrawn("expected a file in UTF-8") from None
