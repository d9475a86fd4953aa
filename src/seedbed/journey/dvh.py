"""Dose-volume histograms of the structures of an RTSTRUCT in the dose of an RTDOSE."""

import math
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.dicom import (
    DoseFile,
    StructureSetHeader,
    choose,
    read_dose_file,
    read_structure_set_header,
    read_structures_of,
)
from seedbed.dosimetry import Dvh, grid_dvh
from seedbed.dosimetry.metrics import Metric, parse_metric
from seedbed.dosimetry.quality import DoseQuality, grid_quality
from seedbed.errors import InputError, StructureError
from seedbed.geometry import Structure
from seedbed.geometry.gaps import gap_warning
from seedbed.journey.places import files_below
from seedbed.journey.progress import Progress
from seedbed.journey.quality import quality_numbers
from seedbed.journey.same_patient import check_same_patient
from seedbed.journey.single_file import check_free, hashes, placed
from seedbed.report import NOTICE
from seedbed.sheets import write_csv

STEP, KIND = "Sampling structures", "CSV file"
HOT_MM3, PEAKED = 2000.0, 2.0
"""A dose whose hottest voxel has more than twice the dose of its hottest 2 cc has peaks, as seeds do (local
rule)."""
ALWAYS = ("Dmax", "D90", "D95", "D100", "D0.1cc", "D2cc")
OF_PRESCRIPTION = ("V90", "V100", "V150", "V200")
CURVE_POINTS = 1000
HEADER = ["structure", "dose_gy", "volume_cc", "volume_pct"]
NEGLIGIBLE = 1e-6
"""A share of a structure outside the dose that is no more than rounding (local rule)."""


@dataclass(frozen=True)
class DvhRequest:
    """What the user asks of a dose.

    Attributes
    ----------
    dose, structures : Path
        RTDOSE and RTSTRUCT of one frame of reference.
    names : tuple of str
        Structures; empty for all.
    metrics : tuple of str
        As physicists write them, ``"D90"``, ``"V80Gy"``; empty for the usual ones.
    prescription_gy : float or None
        For V90 to V200, and for the target.
    target : str or None
        Structure whose conformity with the isodose of the prescription is judged.
    csv : Path or None
        Where to write the curves.
    """

    dose: Path
    structures: Path
    names: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    prescription_gy: float | None = None
    target: str | None = None
    csv: Path | None = None


@dataclass(frozen=True)
class StructureNumbers:
    """DVH of one structure with its metrics, ``(name, value, unit)``, and what to know about them."""

    dvh: Dvh
    metrics: tuple[tuple[str, float, str], ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all but the curve, ready for JSON."""
        return {
            "structure": self.dvh.name,
            "volume_cc": self.dvh.total_cc + self.dvh.outside_cc,
            "outside_cc": self.dvh.outside_cc,
            "min_gy": self.dvh.min_gy,
            "mean_gy": self.dvh.mean_gy,
            "max_gy": self.dvh.max_gy,
            "metrics": {name: {"value": value, "unit": unit} for name, value, unit in self.metrics},
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class DvhResult:
    """DVHs of the structures that were asked for.

    Attributes
    ----------
    request : DvhRequest
    structures : tuple of StructureNumbers
    left_out : dict of str to str
        Structures without a DVH, and why.
    inputs : dict of str to str
        What was read, with its SHA-256.
    quality : DoseQuality or None
        Of the target, where one was named.
    notes : tuple of str
        What to know of the dose itself.
    """

    request: DvhRequest
    structures: tuple[StructureNumbers, ...]
    left_out: dict[str, str]
    inputs: dict[str, str]
    quality: DoseQuality | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all but the curves, ready for JSON."""
        return {
            "seedbed": {"version": version("seedbed"), "notice": NOTICE},
            "prescription_gy": self.request.prescription_gy,
            "structures": [each.to_dict() for each in self.structures],
            "left_out": [{"structure": name, "why": why} for name, why in self.left_out.items()],
            "conformity": None if self.quality is None else self._conformity(self.quality),
            "notes": list(self.notes),
            "inputs_sha256": self.inputs,
            "csv": None if self.request.csv is None else str(self.request.csv),
        }

    def _conformity(self, quality: DoseQuality) -> dict[str, Any]:
        return {"target": self.request.target, **quality_numbers(quality)}


def dvh_of(request: DvhRequest, progress: Progress | None = None) -> DvhResult:
    """Calculate the DVHs of structures in a dose, each at the structure's own samples.

    Structures that have no dose at all are listed as left out, unless they were asked for by name.

    Parameters
    ----------
    request : DvhRequest
    progress : callable, optional
        Called with the step's name, what is done and what there is in all.

    Raises
    ------
    SeedbedError
        Any input that cannot be used; nothing is written then.
    """
    metrics = _metrics(request)
    if request.csv is not None:
        check_free(request.csv, (request.dose, request.structures), kind=KIND, replaces=_is_csv)
    dose, header = read_dose_file(request.dose), read_structure_set_header(request.structures)
    check_same_patient(
        {
            f"dose '{request.dose.name}'": dose.identity.patient_id,
            f"'{request.structures.name}'": header.patient_id,
        }
    )
    wanted = {*request.names, *([request.target] if request.target else [])} if request.names else None
    structures = read_structures_of(request.structures, dose.identity.frame_uid, names=wanted)
    chosen = _chosen(structures, request)
    left_out = {} if request.names else _without_contours(structures, header)
    found: list[StructureNumbers] = []
    for number, structure in enumerate(chosen):
        if progress is not None:
            progress(STEP, number, len(chosen))
        try:
            dvh = grid_dvh(dose.dose_gy, dose.grid, structure)
            gaps = gap_warning(structure)
        except InputError as error:
            if request.names:
                raise
            left_out[structure.name] = str(error)
            continue
        found.append(_numbers(dvh, metrics, request, gaps))
    if not found:
        raise StructureError(*_parts(left_out, request))
    result = DvhResult(
        request,
        tuple(found),
        left_out,
        hashes(*files_below(request.dose), request.structures),
        quality=_quality(dose, structures, request, found),
        notes=(*_notes(dose), *header.notes),
    )
    if request.csv is not None:  # last: what goes wrong leaves nothing behind
        _write_curves(request.csv, found, request)
    return result


def _quality(
    dose: DoseFile, structures: dict[str, Structure], request: DvhRequest, found: list[StructureNumbers]
) -> DoseQuality | None:
    if request.target is None:
        return None
    target, prescription = choose(structures, request.target), request.prescription_gy
    assert prescription is not None  # noqa: S101 - checked before anything is read
    known = {each.dvh.name: each.dvh for each in found}
    dvh = known.get(target.name) or grid_dvh(dose.dose_gy, dose.grid, target)
    return grid_quality(dose.dose_gy, dose.grid, target, dvh, prescription_gy=prescription)


def _notes(dose: DoseFile) -> tuple[str, ...]:
    """Say what makes a dose on voxels less than the dose itself."""
    notes, values = [], dose.dose_gy
    if not values.any():
        notes.append("The dose is zero everywhere.")
    if dose.summation not in ("", "PLAN"):
        notes.append(f"The dose is that of a {dose.summation}, which may be a part of the plan.")
    hottest = min(math.ceil(HOT_MM3 / dose.grid.voxel_volume_mm3), values.size)
    times = float(values.max()) / max(float(np.partition(values, -hottest, axis=None)[-hottest]), 1e-9)
    if times > PEAKED:
        notes.append(
            f"The hottest voxel has {times:.1f} times the dose of the hottest 2 cc, as about seeds; between "
            f"voxels of {max(dose.grid.spacing_mm):g} mm it is interpolated, so V150, V200, D2cc and D0.1cc "
            "are only near (a finer dose grid brings them nearer)."
        )
    return (*notes, *dose.notes)


def _without_contours(structures: dict[str, Structure], header: StructureSetHeader) -> dict[str, str]:
    return {name: "it has no closed contour" for name in header.names if name not in structures}


def _parts(left_out: dict[str, str], request: DvhRequest) -> tuple[str, str, str]:
    """Say in three parts that no structure has a dose."""
    files = f"'{request.structures.name}' has a dose in '{request.dose.name}'"
    return (
        f"none of the {len(left_out)} structures of {files}",
        "at least one with closed contours inside the dose grid",
        "choose the dose that was calculated for these structures",
    )


def _metrics(request: DvhRequest) -> list[tuple[str, Metric]]:
    given = request.prescription_gy
    if given is not None and not 0 < given < math.inf:
        raise InputError(
            f"the prescription is {given} Gy", "a positive number of Gy", "correct it or leave it out"
        )
    if request.target is not None and given is None:
        raise InputError(
            f"the target '{request.target}' without a prescription",
            "the dose whose isodose is to fit it",
            "state it with --prescription-gy",
        )
    usual = ALWAYS + (() if given is None else OF_PRESCRIPTION)
    return [(name, parse_metric(name)) for name in dict.fromkeys(request.metrics or usual)]


def _chosen(structures: dict[str, Structure], request: DvhRequest) -> list[Structure]:
    if request.names:
        return [choose(structures, name, "structure") for name in dict.fromkeys(request.names)]
    return list(structures.values())


def _numbers(
    dvh: Dvh, metrics: list[tuple[str, Metric]], request: DvhRequest, gaps: str | None
) -> StructureNumbers:
    values = tuple(
        (name, metric.of(dvh, prescription_gy=request.prescription_gy), metric.unit)
        for name, metric in metrics
    )
    warnings = [] if gaps is None else [gaps]
    whole = dvh.total_cc + dvh.outside_cc
    if dvh.outside_cc > NEGLIGIBLE * whole:
        warnings.append(
            f"{dvh.outside_cc:.3g} of {whole:.3g} cc lie outside the dose grid and are in no other number."
        )
    small = [
        name
        for name, metric in metrics
        if metric.letter == "D" and metric.what_unit == "cc" and float(metric.what) > dvh.total_cc
    ]
    if small:
        warnings.append(f"It is smaller than {' and '.join(small)} asks for: its least dose is given.")
    return StructureNumbers(dvh, values, tuple(warnings))


def _is_csv(path: Path) -> bool:
    """Whether a file holds curves that were written before."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            return file.readline().strip() == ",".join(HEADER)
    except (OSError, UnicodeDecodeError):
        return False


def _write_curves(out: Path, found: list[StructureNumbers], request: DvhRequest) -> None:
    rows = (
        (each.dvh.name, float(dose), float(share) * each.dvh.total_cc / 100.0, float(share))
        for each in found
        for dose, share in zip(*each.dvh.curve(CURVE_POINTS), strict=True)
    )
    inputs = (request.dose, request.structures)
    with placed(out, inputs, kind=KIND, replaces=_is_csv) as stage:
        write_csv(stage, HEADER, rows)
