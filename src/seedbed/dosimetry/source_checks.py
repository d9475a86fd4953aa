"""Checks of a seed model's tables: what physics and the definitions of TG-43U1 demand of them.

The reader (`seedbed.dosimetry.source_files`) refuses what cannot be calculated with. These checks look for
numbers that can be calculated with and are wrong all the same: a typing error, a table of another model, an
old constant. Each returns one finding in words with its figure. The thresholds are local rules.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seedbed.dosimetry.anisotropy_average import anisotropy_average
from seedbed.dosimetry.dose_rate_constants import monte_carlo_range, published_constants
from seedbed.dosimetry.source_model import FloatArray, Source
from seedbed.implant.radionuclides import radionuclide
from seedbed.units import MM_PER_CM

NORMAL_TOLERANCE = 0.001
"""How far g_L(1 cm) and F(r, 90) may lie from 1: the rounding of three printed decimals."""
PHI_TOLERANCE_PCT = 1.0
"""Largest difference of phi_an from the integral of F. The consensus tables that hold together keep 0.4 %."""
F_POWER = 1.0
"""Beyond 1 cm F may not change faster than in proportion to r: F of water and titanium varies far slower."""
G_KINK_PER_CM = 0.12
"""From 1 to 5 cm the slope of ln g_L may change from cell to cell by at most this, 1/cm."""
F_HIGHEST = 1.2
"""Beyond 1 cm F of a seed lies below this: its ends are covered, its flanks are not."""
BAND_PCT = 10.0
"""How far a dose-rate constant may lie from Monte Carlo. The consensus values keep 6.1 %."""
FROM_CM, TO_CM = 1.0, 5.0
ACTIVE_LENGTH_MM = (1.0, 6.0)
CAPSULE_LENGTH_MM, CAPSULE_DIAMETER_MM = (3.0, 7.0), (0.4, 1.2)
"""Sizes of permanent seeds: outside them a length was typed in another unit or place."""


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    check : str
        Name of the check.
    passes : bool
    text : str
        The finding in words, with its figure and the threshold.
    figure : float or None
        The figure, where there is one.
    checked : bool
        False where there was nothing to compare with; ``passes`` is True then.
    """

    check: str
    passes: bool
    text: str
    figure: float | None = None
    checked: bool = True


@dataclass(frozen=True)
class SourceCheck:
    """All findings on one seed model."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Whether every check passes."""
        return all(finding.passes for finding in self.findings)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What does not pass."""
        return tuple(finding for finding in self.findings if not finding.passes)


def check_source(source: Source) -> SourceCheck:
    """Run all checks on a seed model.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> found = check_source(load_source("6711"))
    >>> found.passes, found.findings[4].text
    (True, 'phi_an differs from the integral of F by up to 0.17 %, at r = 0.5 cm (limit 1 %).')
    """
    return SourceCheck(source.name, tuple(check(source) for check in CHECKS))


def check_provenance(source: Source) -> Finding:
    """Whether the file says where its numbers come from."""
    own = source.dose_rate_constant_reference
    extra = f" Lambda: {own}." if own != source.reference else ""
    text = f"Tables: {source.reference}.{extra}" if source.reference.strip() else "No source is named."
    return Finding("provenance", bool(source.reference.strip() and own.strip()), text)


def check_g_at_one_cm(source: Source) -> Finding:
    """Whether g_L(1 cm) = 1, as its definition demands, and 1 cm lies within the table."""
    inside = source.g_r_cm[0] <= FROM_CM <= source.g_r_cm[-1]
    value = float(np.exp(np.interp(FROM_CM, source.g_r_cm, np.log(source.g))))
    where = "" if inside else f"; the table reaches from {source.g_r_cm[0]:g} to {source.g_r_cm[-1]:g} cm"
    passes = bool(inside and abs(value - 1) <= NORMAL_TOLERANCE)
    return Finding("g_L at 1 cm", passes, f"g_L(1 cm) = {value:.4g}, by definition 1{where}.", value)


def check_g_falls(source: Source) -> Finding:
    """Whether g_L falls from 1 cm on, and without a kink up to 5 cm."""
    r, log_g = source.g_r_cm, np.log(source.g)
    beyond = np.flatnonzero((np.diff(log_g) >= 0) & (r[:-1] >= FROM_CM))
    if beyond.size:
        at = r[beyond[0]]
        return Finding("g_L falls", False, f"g_L does not fall from r = {at:g} cm to the next radius.")
    slope = np.diff(log_g) / np.diff(r)
    kinks = np.where((r[1:-1] > FROM_CM) & (r[1:-1] <= TO_CM), np.abs(np.diff(slope)), 0.0)
    worst = int(np.argmax(kinks)) if kinks.size else 0
    figure = float(kinks[worst]) if kinks.size else 0.0
    at = r[worst + 1]
    text = (
        f"beyond 1 cm g_L falls; the slope of ln g_L changes by up to {figure:.3f} per cm from cell to cell, "
        f"at r = {at:g} cm (limit {G_KINK_PER_CM:g} up to {TO_CM:g} cm)."
    )
    return Finding("g_L falls", figure <= G_KINK_PER_CM, text, figure)


def check_f_across(source: Source) -> Finding:
    """Whether F(r, 90) = 1, as its definition demands."""
    off = np.abs(source.f[-1] - 1)
    worst = int(np.argmax(off))
    text = f"F({source.f_r_cm[worst]:g} cm, 90 degrees) = {source.f[-1, worst]:.4g}, by definition 1."
    return Finding("F at 90 degrees", bool(off[worst] <= NORMAL_TOLERANCE), text, float(source.f[-1, worst]))


def check_phi(source: Source) -> Finding:
    """Whether the printed phi_an(r) is the average that defines it: the integral of F."""
    if "phi_an" in source.derived:
        text = "Not checked: no phi_an is printed; it is the integral of F."
        return Finding("phi_an", True, text, checked=False)
    shared = np.isin(source.f_r_cm, source.phi_r_cm)
    if not shared.any():
        return Finding("phi_an", False, "phi_an and F have no radius in common, so nothing can be compared.")
    off = phi_deviation_pct(source)
    worst = int(np.argmax(np.abs(off)))
    figure, at = float(np.abs(off[worst])), source.f_r_cm[shared][worst]
    text = (
        f"phi_an differs from the integral of F by up to {figure:.2f} %, at r = {at:g} cm "
        f"(limit {PHI_TOLERANCE_PCT:g} %)."
    )
    return Finding("phi_an", figure <= PHI_TOLERANCE_PCT, text, figure)


def phi_deviation_pct(source: Source) -> FloatArray:
    """How far phi_an lies above the integral of F at the radii that both have, percent."""
    shared = np.isin(source.f_r_cm, source.phi_r_cm)
    average = anisotropy_average(
        source.f_r_cm[shared],
        source.f_theta_deg,
        source.f[:, shared],
        length_cm=source.active_length_mm / MM_PER_CM,
    )
    printed = source.phi[np.isin(source.phi_r_cm, source.f_r_cm)]
    result: FloatArray = 100.0 * (printed / average - 1.0)
    return result


def check_f_jumps(source: Source) -> Finding:
    """Whether F changes smoothly from radius to radius beyond 1 cm."""
    r = source.f_r_cm
    power = np.abs(np.diff(np.log(source.f), axis=1)) / np.diff(np.log(r))
    power = np.where(r[:-1] >= FROM_CM, power, 0.0)
    row, cell = (int(place) for place in np.unravel_index(np.argmax(power), power.shape))
    figure = float(power[row, cell])
    text = (
        f"beyond 1 cm F changes by up to r to the power {figure:.2f}: {source.f[row, cell]:g} at {r[cell]:g} "
        f"cm, {source.f[row, cell + 1]:g} at {r[cell + 1]:g} cm, at {source.f_theta_deg[row]:g} degrees "
        f"(limit {F_POWER:g})."
    )
    return Finding("F from radius to radius", figure <= F_POWER, text, figure)


def check_f_height(source: Source) -> Finding:
    """Whether F beyond 1 cm is that of a seed, whose ends are covered."""
    far = source.f[:, source.f_r_cm >= FROM_CM]
    highest = float(far.max()) if far.size else 0.0
    text = f"the highest F beyond 1 cm is {highest:.4g} (limit {F_HIGHEST:g})."
    return Finding("height of F", highest <= F_HIGHEST, text, highest)


def check_constant(source: Source) -> Finding:
    """Whether Lambda is the newest consensus, or near Monte Carlo where there is none."""
    known = published_constants().get(source.name)
    if known and known.consensus is not None:
        passes = abs(source.dose_rate_constant - known.consensus) < 5e-4
        text = (
            f"Lambda = {source.dose_rate_constant:.3f} cGy/(h U); the newest consensus is "
            f"{known.consensus:.3f} ({known.report})."
        )
        return Finding("dose-rate constant", passes, text, source.dose_rate_constant)
    return _constant_in_band(source)


def _constant_in_band(source: Source) -> Finding:
    span = monte_carlo_range(source.radionuclide)
    if span is None:
        text = f"Not checked: no Monte Carlo constants of {source.radionuclide} seeds are on file."
        return Finding("dose-rate constant", True, text, source.dose_rate_constant, checked=False)
    low, high = span[0] * (1 - BAND_PCT / 100), span[1] * (1 + BAND_PCT / 100)
    text = (
        f"Lambda = {source.dose_rate_constant:.3f} cGy/(h U); no consensus is on file; seeds of "
        f"{source.radionuclide} lie between {low:.2f} and {high:.2f} (Monte Carlo of {span[0]:g} to "
        f"{span[1]:g}, and {BAND_PCT:g} %)."
    )
    passes = low <= source.dose_rate_constant <= high
    return Finding("dose-rate constant", passes, text, source.dose_rate_constant)


def check_monte_carlo(source: Source) -> Finding:
    """Whether Lambda is plausible beside the Monte Carlo constant of the same model."""
    known = published_constants().get(source.name)
    if known is None:
        text = "Not checked: no Monte Carlo constant of this model is on file."
        return Finding("Monte Carlo", True, text, checked=False)
    off = known.deviation_pct(source.dose_rate_constant)
    text = f"Lambda lies {off:+.1f} % from egs_brachy's {known.monte_carlo:.3f} (limit {BAND_PCT:g} %)."
    return Finding("Monte Carlo", abs(off) <= BAND_PCT, text, off)


def check_half_life(source: Source) -> Finding:
    """Whether the half-life is that of the radionuclide."""
    expected = radionuclide(source.radionuclide).half_life_days
    text = f"half-life {source.half_life_days:g} d; that of {source.radionuclide} is {expected:g} d."
    return Finding("half-life", source.half_life_days == expected, text, source.half_life_days)


def check_sizes(source: Source) -> Finding:
    """Whether active length and capsule are those of a permanent seed, in mm."""
    sizes = (
        (source.active_length_mm, ACTIVE_LENGTH_MM),
        (source.capsule_length_mm, CAPSULE_LENGTH_MM),
        (source.capsule_diameter_mm, CAPSULE_DIAMETER_MM),
    )
    active, length, diameter = (f"{size:g} mm ({low:g} to {high:g})" for size, (low, high) in sizes)
    text = f"active length {active}, capsule {length} long and {diameter} wide."
    return Finding("sizes", all(low <= size <= high for size, (low, high) in sizes), text)


CHECKS: tuple[Callable[[Source], Finding], ...] = (
    check_provenance,
    check_g_at_one_cm,
    check_g_falls,
    check_f_across,
    check_phi,
    check_f_jumps,
    check_f_height,
    check_constant,
    check_monte_carlo,
    check_half_life,
    check_sizes,
)
