"""Stored pixels to the numbers they stand for: rescaling and padding, as each slice states them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.files import FloatArray, number, reading
from seedbed.dicom.slices import Slice
from seedbed.errors import ImageError

HOUNSFIELD, UNSPECIFIED = ("HU", ""), "US"


def rescaled(one: Slice, stored: NDArray[Any]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return what stored pixels stand for (PS3.3 C.11.1.1.2), and which of them are padding.

    Raises
    ------
    ImageError
        A slope that is not positive, or numbers too large.
    """
    with reading(one.path, ImageError):
        slope, intercept = (
            number(one.dataset, keyword, name=one.path.name, refusal=ImageError)
            for keyword in ("RescaleSlope", "RescaleIntercept")
        )
        with np.errstate(over="ignore"):
            values = stored * slope + intercept
        padding = _padding(one, stored)
    if slope <= 0 or np.abs(values).max() > np.finfo(np.float32).max:
        raise ImageError(
            f"{one.kind.name} slice '{one.path.name}' has RescaleSlope {slope:g} and RescaleIntercept "
            f"{intercept:g}",
            "a positive slope and numbers of ordinary size",
            "export the series again",
        )
    return values, padding


def _padding(one: Slice, stored: NDArray[Any]) -> NDArray[np.bool_]:
    """Pixels from Pixel Padding Value to Pixel Padding Range Limit (PS3.3 C.7.5.1.1.2).

    Either may be written signed where pixels are unsigned, or the other way around: their bits count.
    """
    value = one.dataset.get("PixelPaddingValue")
    if value is None:
        return np.zeros(stored.shape, dtype=bool)
    limit = one.dataset.get("PixelPaddingRangeLimit")
    ends = np.array([value, value if limit is None else limit], dtype=np.int64).astype(stored.dtype)
    return np.asarray((stored >= ends.min()) & (stored <= ends.max()))


def hounsfield_notes(slices: Sequence[Slice]) -> tuple[str, ...]:
    """Check that rescaled values are Hounsfield units (PS3.3 C.8.2.1), and note what is unusual.

    Raises
    ------
    ImageError
        A Rescale Type that says they are something else.
    """
    notes = []
    types = {one.word("RescaleType"): one for one in slices}
    for name, one in types.items():
        if name not in (*HOUNSFIELD, UNSPECIFIED):
            raise ImageError(
                f"CT slice '{one.path.name}' has RescaleType {name!r}",
                "'HU': Hounsfield units",
                "export the series that was reconstructed in Hounsfield units",
            )
    if UNSPECIFIED in types:
        notes.append(
            f"RescaleType is 'US' (unspecified, as in '{types[UNSPECIFIED].path.name}'): "
            f"taken as Hounsfield units"
        )
    inverted = [one for one in slices if one.word("PhotometricInterpretation") == "MONOCHROME1"]
    if inverted:
        notes.append(
            f"{len(inverted)} slices are to be shown inverted (PhotometricInterpretation MONOCHROME1, as in "
            f"'{inverted[0].path.name}'): their Hounsfield units do not depend on it"
        )
    return tuple(notes)
