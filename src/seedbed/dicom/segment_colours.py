"""The colour of a segment as DICOM wants it: CIELab under the white of print, from that of a screen."""

import numpy as np
from numpy.typing import NDArray

# source: IEC 61966-2-1 (sRGB) and ICC.1 (white D50), matrix of the sRGB v2 profile, adapted by Bradford
XYZ_OF_RED_GREEN_BLUE = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
LINEAR_BELOW, LINEAR_SLOPE, OFFSET, EXPONENT = 0.04045, 12.92, 0.055, 2.4
CUBE_ABOVE, STRAIGHT = (6 / 29) ** 3, 3 * (6 / 29) ** 2


def cielab(rgb: tuple[int, int, int]) -> list[int]:
    """Return a colour of a screen (sRGB) as DICOM stores it: L*, a* and b*, 16 bits each.

    Zero to 100 of L* and -128 to 127 of a* and b* are 0 to 65535 (PS3.3 C.10.7.1.1).

    Parameters
    ----------
    rgb : (red, green, blue)
        From 0 to 255.

    Examples
    --------
    >>> cielab((255, 255, 255))
    [65535, 32896, 32896]
    """
    x, y, z = _bent(XYZ_OF_RED_GREEN_BLUE @ _linear(np.array(rgb) / 255) / XYZ_OF_RED_GREEN_BLUE.sum(axis=1))
    shares = [(116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255]
    return [round(65535 * float(share)) for share in np.clip(shares, 0, 1)]


def _linear(screen: NDArray[np.float64]) -> NDArray[np.float64]:
    curved = ((screen + OFFSET) / (1 + OFFSET)) ** EXPONENT
    return np.where(screen <= LINEAR_BELOW, screen / LINEAR_SLOPE, curved)


def _bent(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brightness as the eye grades it: a cube root, straight near black (CIE 15)."""
    return np.where(share > CUBE_ABOVE, np.cbrt(share), share / STRAIGHT + 4 / 29)
