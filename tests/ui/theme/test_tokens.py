"""The tokens keep what they promise: contrast of every pair, the same names in every scheme."""

from __future__ import annotations

import pytest

from leaddesk.ui.theme.tokens import Scheme, Theme, current, load, put_in_force, token


def luminance(color: str) -> float:
    """Relative luminance after WCAG 2.2."""
    channels = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", Scheme)
def test_every_pair_has_its_contrast(scheme: Scheme) -> None:
    theme = Theme(scheme)
    pairs = load()["contrast"][scheme.value]
    assert len(pairs) >= 133
    for pair in pairs:
        ratio = contrast(theme.hex(pair["fg"]), theme.hex(pair["bg"]))
        assert ratio == pytest.approx(pair["ratio"], abs=0.006), pair
        assert ratio >= pair["need"], pair


def test_a_planted_pale_text_is_found() -> None:
    assert contrast("#9BA2AE", "#FFFFFF") < 4.5


def test_every_scheme_has_the_same_colours() -> None:
    colors = load()["color"]
    assert set(colors["light"]) == set(colors["dark"]) == set(colors["highContrast"])


def test_an_unknown_colour_or_length_is_an_error() -> None:
    with pytest.raises(KeyError):
        Theme(Scheme.LIGHT).color("mauve")
    with pytest.raises(KeyError):
        Theme(Scheme.LIGHT).length("control.lever")


def test_the_last_two_digits_are_transparency() -> None:
    scrim = Theme(Scheme.LIGHT).color("scrim")
    assert (scrim.name(), scrim.alpha()) == ("#14171f", 0x66)


def test_lengths_grow_with_the_text_scale_and_lines_never_vanish() -> None:
    theme = Theme(Scheme.DARK, 2.0)
    assert theme.length("control.button") == 2 * token("control.button")
    assert Theme(Scheme.DARK, 0.5).px(1) == 1
    assert theme.px(0) == 0


def test_the_theme_in_force_can_be_replaced() -> None:
    before = current()
    put_in_force(Theme(Scheme.DARK))
    assert current().scheme is Scheme.DARK
    put_in_force(before)


def test_a_system_contrast_theme_overrides_single_colours() -> None:
    theme = Theme(Scheme.HIGH_CONTRAST, system={"window": "#102030"})
    assert theme.color("window").name() == "#102030"
    assert theme.color("text").name() == "#ffffff"
