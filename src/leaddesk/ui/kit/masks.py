"""What stands in place of a value that is not to be seen."""

DOT = "•"


def mask() -> str:
    """Return the mask of a value whose length tells nothing."""
    return DOT * 4


def mask_like(length: int) -> str:
    """Return a mask of a given length: for the hidden rest of a postcode, whose length is known anyway."""
    return DOT * length


def masked_name() -> str:
    """Return the mask of a full name, as wide as two short words (picture 04)."""
    return f"{DOT * 4} {DOT * 5}"
