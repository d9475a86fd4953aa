"""Dose before and after: marks stand at D90 and V100 of their curves."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.unit.report.picture_reading import pixels

from seedbed.dosimetry import Dvh
from seedbed.errors import InputError
from seedbed.report.before_after_figures import BeforeAfter, _legends, _mark_target, dvh_before_after


def ramp(high: float, name: str = "GTV") -> Dvh:
    """Volume falls evenly from 100 % at no dose to nothing at ``high``: D90 is a tenth of it."""
    return Dvh.of(name, high * (np.arange(1000) + 0.5) / 1000, np.ones(1000))


TARGET = BeforeAfter("GTV $x_1$ 靶区", ramp(1000), ramp(1200), ramp(1300))


def test_d90_and_v100_are_marked_on_their_curves() -> None:
    axes = Figure().add_subplot()
    _mark_target(axes, TARGET, 120.0)
    marks = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.get_lines()]
    expected = [(120.0, 90.0), (120.0, 90.0), (100.0, 90.0), (120.0, 88.0), (130.0, 90.0), (120.0, 90.77)]
    for mark, place in zip(marks, expected, strict=True):
        assert mark == pytest.approx(place, abs=1.0)


def test_the_legend_tells_both_and_the_band() -> None:
    axes = Figure().add_subplot()
    _legends(axes, [TARGET], TARGET, rx=120.0, band=(95.0, 106.0))
    legend = axes.get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert "D90 given, 5 to 95 %: 95 to 106 Gy" in names
    (d90,) = [name for name in names if name.startswith("D90:")]
    values = [float(part) for part in d90.removeprefix("D90: ").removesuffix(" Gy").split(" → ")]
    assert values == pytest.approx([120.0, 100.0, 130.0], abs=1.0)
    assert {"planned", "given", "with top-up"} <= set(names)


@pytest.mark.parametrize("target", [None, TARGET, BeforeAfter("GTV", ramp(1000))])
@pytest.mark.parametrize("count", [1, 25])
def test_any_set_of_curves_can_be_drawn(target: BeforeAfter | None, count: int) -> None:
    organs = [BeforeAfter(f"organ {n} " * 9, ramp(50 + n)) for n in range(count)]
    address = dvh_before_after(target, organs, prescription_gy=120.0, d90_gy=(90.0, 110.0), title="a $b$")
    assert pixels(address).std() > 1


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(InputError, match="no dose-volume histogram"):
        dvh_before_after(None, [], prescription_gy=120.0)
    with pytest.raises(InputError, match="no dose-volume histogram"):
        dvh_before_after(BeforeAfter("GTV", None), [], prescription_gy=120.0)
    with pytest.raises(InputError, match="prescription of nan"):
        dvh_before_after(TARGET, [], prescription_gy=float("nan"))
    with pytest.raises(InputError, match="the lower first"):
        dvh_before_after(TARGET, [], prescription_gy=120.0, d90_gy=(110.0, 90.0))
