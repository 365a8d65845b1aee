"""What stands in place of a value that is not to be seen."""

DOT = "•"


def mask() -> str:
    """Return the mask of a value whose length tells nothing."""
    return DOT * 4


def masked_name() -> str:
    """Return the mask of a full name, as wide as two short words (picture 04)."""
    return f"{DOT * 4} {DOT * 5}"
