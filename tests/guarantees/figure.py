"""What a guarantee's test counted: how much was looked at, and what was found that must not be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``sentence`` names the guarantee and says both numbers: ``erased: {found} of {looked:,} canaries``.

    ``enough``: more than that has to be looked at; a run that looked at next to nothing shows nothing.
    """

    sentence: str
    looked: int
    findings: tuple[str, ...]
    enough: int = 100

    @property
    def kept(self) -> bool:
        """Whether the promise holds."""
        return self.looked > self.enough and not self.findings

    def __str__(self) -> str:
        return self.sentence.format(found=len(self.findings), looked=self.looked)
