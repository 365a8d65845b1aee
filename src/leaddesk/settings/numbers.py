"""Whole numbers on the command line; raises what argparse turns into a sentence."""

from argparse import ArgumentTypeError

MOST_LEADS = 10_000_000


def leads(text: str) -> int:
    """Read how many leads a demo has."""
    return _number(text, 0, MOST_LEADS)


def port(text: str) -> int:
    """Read a port."""
    return _number(text, 0, 65_535)


def _number(text: str, low: int, high: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not low <= number <= high:
        raise ArgumentTypeError(f"must be a whole number from {low} to {high}")
    return number
