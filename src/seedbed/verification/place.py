"""Where a point lies from the centre of the target, in the patient's own directions."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
DIRECTIONS = (("right", "left"), ("anterior", "posterior"), ("inferior", "superior"))
LEAST_STEP_MM = 1.0
"""A step that is shorter is not told; local rule."""


def place_steps(offset_mm: FloatArray) -> tuple[tuple[str, int], ...]:
    """Name the directions of a step and its whole millimetres, as data for a text in any language.

    Examples
    --------
    >>> place_steps(np.array([-6.2, 8.4, 0.3]))
    (('right', 6), ('posterior', 8))
    """
    return tuple(
        (names[int(step > 0)], round(abs(float(step))))
        for step, names in zip(offset_mm, DIRECTIONS, strict=True)
        if abs(step) >= LEAST_STEP_MM
    )


def describe_place(offset_mm: FloatArray) -> str:
    """Say in words where a point lies from the centre of the target.

    Examples
    --------
    >>> describe_place(np.array([-6.2, 8.4, 0.3]))
    '6 mm right and 8 mm posterior of the centre'
    >>> describe_place(np.array([0.2, 0.1, 0.3]))
    'at the centre'
    """
    parts = [f"{step} mm {name}" for name, step in place_steps(offset_mm)]
    return f"{' and '.join(parts)} of the centre" if parts else "at the centre"
