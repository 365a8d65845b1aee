"""Whole numbers on the command line; raises what argparse turns into a sentence."""

from argparse import ArgumentTypeError

MOST_LEADS = 10_000_000


def leads(text: str) -> int:
    """Read how many leads a demo has."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1
    if not 0 <= number <= MOST_LEADS:
        raise ArgumentTypeError(f"must be a whole number from 0 to {MOST_LEADS}")
    return number
