"""Doses at samples are those of the seeds, however many of earlier ones are kept; and room is kept to."""

import tracemalloc

import numpy as np
import pytest

from seedbed.dosimetry import load_source
from seedbed.geometry import PlanarContour, Structure
from seedbed.implant import SeedImplant
from seedbed.planning.sample_doses import SampleDoses

SQUARE = np.array([[-8.0, -8.0], [8.0, -8.0], [8.0, 8.0], [-8.0, 8.0]])
BOX = Structure("box", tuple(PlanarContour(z, SQUARE) for z in (-4.0, 0.0, 4.0)), 4.0)
SAMPLES = 3000


def moved(x_mm: float) -> SeedImplant:
    return SeedImplant("6711", np.array([[x_mm, 0.0, 0.0]]), None, np.ones(1))


def grown(doses: SampleDoses) -> int:
    """Bytes that stay after a seed was put to fifty places."""
    doses.dvhs(moved(20.0))
    tracemalloc.start()
    try:
        for place in range(50):
            doses.dvhs(moved(0.1 * place))
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_the_dose_does_not_depend_on_what_is_kept() -> None:
    source = load_source("6711")
    much, none = (SampleDoses(source, BOX, (), SAMPLES, kept_bytes=each) for each in (10**8, 0))
    for x_mm in (0.0, 3.0, 0.0):
        pair = [each.dvhs(moved(x_mm))["target"].dose_to_pct(90) for each in (much, none)]
        assert pair[0] == pytest.approx(pair[1], rel=1e-12)


def test_no_more_is_kept_than_there_is_room_for() -> None:
    source, one = load_source("6711"), 8 * SAMPLES
    much, none = (SampleDoses(source, BOX, (), SAMPLES, kept_bytes=each) for each in (10**8, 0))
    assert grown(much) > 45 * one
    assert grown(none) < 10 * one
