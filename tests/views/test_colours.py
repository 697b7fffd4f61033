"""Colours that everybody can read and tell apart, measured."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from aleph_alpha.views.colours import DARK, LIGHT, NEGATIVE, POSITIVE, Theme, rgb
from aleph_alpha.views.model import MARKS, level

themes = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
STEPS = range(1, 10)

Linear = tuple[float, ...]

# What is left of linear red, green and blue: Machado, Oliveira and Fernandes 2009, at full severity.
BLINDNESS = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> Linear:
    shares = (value / 255 for value in rgb(colour))
    return tuple(one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares)


def seen(colour: str, blindness: str) -> Linear:
    own = linear(colour)
    mixed = (sum(a * b for a, b in zip(row, own, strict=True)) for row in BLINDNESS[blindness])
    return tuple(min(max(one, 0.0), 1.0) for one in mixed)


def luminance(colour: str) -> float:
    return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def oklab(colour: Linear) -> Linear:
    red, green, blue = colour
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@themes
@pytest.mark.parametrize("mark", MARKS)
def test_text_has_a_contrast_of_at_least_four_and_a_half(theme: Theme, mark: str) -> None:
    assert contrast(theme.ink, theme[mark]) >= 4.5
    assert contrast(theme.faint, theme.paper) >= 4.5


@themes
@pytest.mark.parametrize("sign", "pn")
def test_each_step_is_further_from_the_background_than_the_last(theme: Theme, sign: str) -> None:
    lightness = [oklab(linear(theme[mark]))[0] for mark in ("z", *(f"{sign}{step}" for step in STEPS))]
    away = [abs(one - lightness[0]) for one in lightness]
    assert all(two - one > 0.01 for one, two in pairwise(away))


@themes
@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("step", STEPS)
def test_blue_and_orange_stay_apart(theme: Theme, blindness: str, step: int) -> None:
    """0.02 of OKLab is a difference that is just seen; the steps of one sign are about 0.03 apart."""
    one, two = (oklab(seen(theme[f"{sign}{step}"], blindness)) for sign in "pn")
    assert math.dist(one, two) > 0.02 + 0.008 * step


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_tiles_stay_apart(blindness: str) -> None:
    assert math.dist(*(oklab(seen(colour, blindness)) for colour in (POSITIVE, NEGATIVE))) > 0.1


def test_marks_are_nine_steps_on_each_side() -> None:
    assert [level(mark) for mark in MARKS] == [*range(-9, 10), 0]
