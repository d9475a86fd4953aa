"""A CT with contours as a user gives it: a folder, a structure set, the name of the target."""

from dataclasses import dataclass
from pathlib import Path

from seedbed.dicom import (
    CtSeries,
    StructureReading,
    check_inside,
    choose,
    read_ct_series,
    read_structure_file,
    write_structures,
)
from seedbed.geometry import Structure
from seedbed.journey.same_patient import check_same_patient
from seedbed.journey.structure_roles import is_outline, only_name

Sphere = tuple[float, float, float, float]


@dataclass(frozen=True)
class ContouredCt:
    """A CT series and its structures.

    Attributes
    ----------
    ct : CtSeries
    structures : dict of str to Structure
        All that were read.
    whole : Structure
        The structure that was named as target.
    target : Structure
        The same, or its part within a sphere.
    notes : tuple of str
        Sentences on what was assumed or passed over when the files were read.
    """

    ct: CtSeries
    structures: dict[str, Structure]
    whole: Structure
    target: Structure
    notes: tuple[str, ...] = ()

    @property
    def others(self) -> dict[str, Structure]:
        """All structures but the target and the whole of which it may be a part."""
        return {name: each for name, each in self.structures.items() if name != self.whole.name}

    def write_structures(self, path: Path) -> str:
        """Write target, whole and other structures as an RTSTRUCT and return its UID."""
        kinds = {self.target.name: "GTV", self.whole.name: "GTV"}
        kinds |= {n: s.kind or ("EXTERNAL" if is_outline(s) else "") for n, s in self.others.items()}
        known = {self.target.name: self.target, **self.structures}
        drawn = [known[name] for name in kinds]
        return write_structures(drawn, self.ct, path, self.ct.identity, types=list(kinds.values()))


def read_contoured_ct(
    ct_folder: Path, structures_file: Path, *, target_name: str | None, sphere: Sphere | None
) -> ContouredCt:
    """Read a CT and its structures and choose the target.

    Parameters
    ----------
    ct_folder, structures_file : Path
    target_name : str or None
        May be left out where there is only one structure.
    sphere : (x, y, z, radius) or None
        Take only the part of the target inside, LPS mm.

    Raises
    ------
    ImageError, StructureError, InputError
        See `seedbed.dicom.read_ct_series` and `seedbed.dicom.read_structure_file`; two patients; a target that
        reaches outside the image; a sphere that misses the target.
    """
    ct = read_ct_series(ct_folder)
    read = read_structure_file(structures_file, ct)
    ids = {f"CT '{ct_folder}'": ct.identity.patient_id, f"'{structures_file.name}'": read.patient_id}
    check_same_patient(ids)
    structures = read.structures
    whole = choose(structures, only_name(structures, target_name))
    check_inside(whole, ct)
    target = whole.within_sphere(sphere[:3], sphere[3]) if sphere else whole
    return ContouredCt(ct, structures, whole, target, _notes(ct, read))


def _notes(ct: CtSeries, read: StructureReading) -> tuple[str, ...]:
    """Sentences on what was assumed or passed over when the files were read."""
    empty = f"Structures without contours: {', '.join(read.empty)}."
    return (*ct.notes, *read.notes, *([empty] if read.empty else []))
