"""Where the read-only files shipped with leaddesk lie."""

from functools import cache
from pathlib import Path


@cache
def resource_dir() -> Path:
    """Return the folder of texts, tokens and icons: in the package when installed, else beside src."""
    package = Path(__file__).resolve().parent.parent
    packaged = package / "resources"
    return packaged if packaged.is_dir() else package.parent.parent / "resources"
