"""The scanner: slice, dose, detector and kernel.

A parallel-beam stand-in for a scanner at 120 kVp: detector, focal spot and slice profile average intensities
before the logarithm, which is what makes metal bloom and streak.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, one_of

FloatArray = NDArray[np.float64]

KERNELS = {
    # cut-off in 1/mm, lift of the middle frequencies
    "soft": (0.75, 0.0),
    "standard": (1.0, 0.05),
    "sharp": (1.35, 0.25),
}
"""Raised cosine of the frequency to a cut-off, with the lift of sharp kernels. Local rule: with detector and
focal spot a thin wire then has some 1.5, 1.1 and 0.9 mm in the image plane (FWHM), as under abdominal,
standard body and bone kernels."""

SUB_SLICE_MM = 0.25
"""Distance of sub-slices at most: half the core of a seed."""
QUANTA_PER_MAS_MM = 900.0
"""Quanta that one channel of 0.5 mm gets in air per view, mAs and mm of slice at 720 views over half a turn.
Local rule: a 16 cm neck at 200 mAs and 2.5 mm then has some 8 HU of noise with the standard kernel."""


@dataclass(frozen=True)
class Scanner:
    """A CT scanner at 120 kVp and its protocol.

    Attributes
    ----------
    slice_mm : float
        Slice thickness and distance, 0.5 to 10.
    pixel_mm : float
        Pixel size, 0.1 to 2.
    mas : float
        Tube current times time, 5 to 1000; noise falls with its root.
    kernel : str
        ``"soft"``, ``"standard"`` or ``"sharp"``.
    slice_blur_mm : float
        Width along z of what blurs the box of the slice: focal spot, fan, helical interpolation.
    field_mm : float
        Diameter of the field that the detector sees; what lies outside makes a bright rim.
    noisy : bool
        Whether quanta are counted by chance; without, the image is the mean.
    views : int
        Views over half a turn.

    Examples
    --------
    >>> Scanner(slice_mm=2.5, pixel_mm=0.8).kernel
    'standard'
    """

    slice_mm: float = 2.5
    pixel_mm: float = 0.7
    mas: float = 200.0
    kernel: str = "standard"
    slice_blur_mm: float = 0.8
    field_mm: float = 500.0
    noisy: bool = True
    views: int = 720

    channel_mm = 0.5
    """Distance of channels at the middle: a detector of 0.6 to 1 mm at a quarter offset or flying focus."""
    aperture_mm = 0.55
    focal_spot_mm = 0.5
    fine = 3
    """Rays a channel where something small lies."""
    electronic_quanta = 4.0
    """Standard deviation of the electronic noise of a channel, in quanta."""

    def __post_init__(self) -> None:
        if self.kernel not in KERNELS:
            raise InputError(f"kernel '{self.kernel}'", one_of(KERNELS, self.kernel), "choose one of these")
        limits = {
            "slice_mm": (0.5, 10.0),
            "pixel_mm": (0.1, 2.0),
            "mas": (5.0, 1000.0),
            "slice_blur_mm": (0.1, 3.0),
            "field_mm": (50.0, 700.0),
            "views": (90, 4000),
        }
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise InputError(
                    f"a scanner with {name} {getattr(self, name)}", f"{low:g} to {high:g}", "correct it"
                )

    @property
    def quanta(self) -> float:
        """Quanta of one channel in one view in air."""
        return QUANTA_PER_MAS_MM * self.mas * self.slice_mm * 720 / self.views

    def turns(self) -> FloatArray:
        """Angles of the views, radians."""
        return np.pi * np.arange(self.views) / self.views

    def blur(self) -> FloatArray:
        """Weights of neighbouring fine rays in one channel: aperture by focal spot."""
        step = self.channel_mm / self.fine
        aperture, spot = (_box(width / step) for width in (self.aperture_mm, self.focal_spot_mm))
        return np.convolve(aperture, spot)

    def sub_slices(self) -> tuple[FloatArray, FloatArray]:
        """Heights relative to the middle of a slice, mm, and their weights: a box blurred by a Gaussian.

        Examples
        --------
        >>> height, weight = Scanner(slice_mm=5.0).sub_slices()
        >>> bool(abs(weight.sum() - 1) < 1e-12), bool(height.max() > 2.5)
        (True, True)
        """
        far = self.slice_mm / 2 + 0.8 * self.slice_blur_mm
        count = 2 * int(np.ceil(far / SUB_SLICE_MM)) + 1
        height = np.linspace(-far, far, count)
        fine = np.linspace(-0.5, 0.5, 201)[:, None] * self.slice_mm
        weight = np.exp(-0.5 * ((height - fine) / (self.slice_blur_mm / 2.3548)) ** 2).sum(axis=0)
        return height, weight / weight.sum()

    def response(self, frequency_per_mm: FloatArray) -> FloatArray:
        """Return what the kernel leaves of each frequency, beside the ramp."""
        cutoff, lift = KERNELS[self.kernel]
        share = np.clip(np.abs(frequency_per_mm) / cutoff, 0.0, 1.0)
        found: FloatArray = 0.5 * (1 + np.cos(np.pi * share)) * (1 + lift * np.sin(np.pi * share) ** 2 * 2)
        return found


def _box(width: float) -> FloatArray:
    """Weights of a box of a width in steps over an odd number of places."""
    half = int(np.ceil(width / 2 - 0.5))
    edge = np.arange(-half, half + 1)
    weight: FloatArray = np.clip(width / 2 + 0.5 - np.abs(edge), 0.0, 1.0)
    share: FloatArray = weight / weight.sum()
    return share
