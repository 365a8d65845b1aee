"""Reading an operator's words: what is wrong with them is one sentence."""

import argparse
from typing import NoReturn

EXIT_USAGE = 2


class Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one sentence, and takes no abbreviations."""

    def __init__(self, *words: object, **named: object) -> None:
        super().__init__(*words, **{"allow_abbrev": False, **named})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """End with the sentence."""
        self.exit(EXIT_USAGE, f"{self.prog}: {message}; try {self.prog} --help\n")
