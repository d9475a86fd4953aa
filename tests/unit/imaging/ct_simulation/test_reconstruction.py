import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.imaging.ct_simulation.attenuation import MATERIALS, attenuation_per_mm, spectrum
from seedbed.imaging.ct_simulation.reconstruction import UPSAMPLED, back_projected, filtered, water_path_mm
from seedbed.imaging.ct_simulation.scanner import Scanner

SCANNER = Scanner()
PLACES = SCANNER.channel_mm * (np.arange(401) - 200)


def image_of(paths, x, y):
    views = filtered(paths, SCANNER).astype(np.float32)
    return back_projected(views, SCANNER.turns(), PLACES[0], SCANNER.channel_mm / UPSAMPLED, x, y)


def disc(radius, at=(0.0, 0.0)):
    """Paths through a disc, in closed form."""
    turns = SCANNER.turns()[:, None]
    away = PLACES - at[0] * np.cos(turns) - at[1] * np.sin(turns)
    return 2 * np.sqrt(np.maximum(radius**2 - away**2, 0.0))


def test_a_disc_keeps_its_value_inside_and_is_nothing_outside():
    x = np.arange(-60.0, 61.0, 4.0)
    image = image_of(disc(40.0), x, x)
    far = np.hypot(x[None, :], x[:, None])
    assert image[far < 32] == pytest.approx(1.0, abs=2e-3)
    assert np.abs(image[far > 44]).max() < 4e-3


def test_a_small_disc_comes_back_where_it_was_with_its_area():
    x, y = 10.0 + 0.2 * np.arange(81), -24.0 + 0.2 * np.arange(81)
    image = image_of(disc(0.6, at=(17.3, -15.8)), x, y)
    assert image.sum() * 0.04 == pytest.approx(np.pi * 0.36, rel=0.05)
    core = np.where(image > 0.2 * image.max(), image, 0.0)
    assert (core.sum(axis=0) @ x) / core.sum() == pytest.approx(17.3, abs=0.03)
    assert (core.sum(axis=1) @ y) / core.sum() == pytest.approx(-15.8, abs=0.03)


def test_reconstruction_is_linear():
    x = np.arange(-50.0, 51.0, 10.0)
    first, second = disc(30.0), disc(8.0, at=(12.0, 5.0))
    apart = image_of(first, x, x) + 0.5 * image_of(second, x, x)
    assert image_of(first + 0.5 * second, x, x) == pytest.approx(apart, abs=1e-4)


@given(st.floats(0, 600))
def test_the_water_correction_gives_the_length_of_water_back(length):
    _, signal = spectrum()
    through = signal @ np.exp(-attenuation_per_mm()[MATERIALS.index("water")] * length)
    assert water_path_mm(np.array([through]))[0] == pytest.approx(length, abs=0.05)


def test_more_signal_than_in_air_is_less_than_no_water():
    assert water_path_mm(np.array([1.02]))[0] == pytest.approx(-np.log(1.02) / 0.0217, rel=0.1)
