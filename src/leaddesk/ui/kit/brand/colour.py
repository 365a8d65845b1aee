"""A brand's colour made to stand out: lighter or darker in OKLCH, its hue kept (tokens, ``brandRule``).

Contrast after WCAG 2.2, 1.4.3 and 1.4.11; OKLab after Björn Ottosson (2020). No Qt: figures in, figures out.
"""

from __future__ import annotations

from functools import cache

LEAST = 3.0
"""Contrast of an edge or a mark with what lies beside it (1.4.11)."""
LEAST_TEXT = 4.5
"""Contrast of words with the tint under them (1.4.3)."""
ALIKE = 0.1
"""Distance in OKLab below which two paints could be taken for one another."""
_STEP, _STEPS = 0.01, 100

Colour = tuple[float, float, float]
"""Red, green, blue from 0 to 1; or lightness, a, b."""


def parsed(text: str) -> Colour:
    """Read ``#rrggbb``."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def written(colour: Colour) -> str:
    """Write ``#rrggbb``."""
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in colour)


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' relative luminance, from 1 to 21."""
    light, dark = sorted((_luminance(parsed(one)), _luminance(parsed(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def standing_out(paint: str, grounds: tuple[str, ...]) -> str:
    """Return the paint, darker on light grounds or lighter on dark ones until it stands out from each."""
    lightness, a, b = _oklab(parsed(paint))
    dark = _luminance(parsed(grounds[0])) < 0.18
    for number in range(_STEPS + 1):
        moved = lightness + (number if dark else -number) * _STEP
        found = written(_rgb((min(max(moved, 0.0), 1.0), a, b)))
        if all(contrast(found, ground) >= LEAST for ground in grounds):
            return found
    return "#ffffff" if dark else "#000000"


@cache
def tinted(paint: str, ground: str, share: float, words: tuple[str, ...]) -> str:
    """Return the ground with a share of the paint, less of it where words upon it would be hard to read."""
    while share > 0:
        mixed = written(_mixed(parsed(paint), parsed(ground), share))
        if all(contrast(word, mixed) >= LEAST_TEXT for word in words):
            return mixed
        share -= _STEP
    return ground


def alike(one: str, other: str) -> bool:
    """Tell whether two paints could be taken for one another."""
    pairs = zip(_oklab(parsed(one)), _oklab(parsed(other)), strict=True)
    return sum((mine - theirs) ** 2 for mine, theirs in pairs) < ALIKE**2


def _mixed(paint: Colour, ground: Colour, share: float) -> Colour:
    red, green, blue = (p * share + g * (1 - share) for p, g in zip(paint, ground, strict=True))
    return red, green, blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return float(part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)


def _luminance(colour: Colour) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: Colour) -> Colour:
    red, green, blue = map(_linear, colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _rgb(lab: Colour) -> Colour:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )
