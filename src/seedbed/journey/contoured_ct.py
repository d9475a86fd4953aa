"""A CT with contours as a user gives it: a folder, a structure set, the name of the target."""

from dataclasses import dataclass, replace
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
from seedbed.implant import SeedImplant
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

    def written_structures(self) -> dict[str, Structure]:
        """Return target, whole and other structures with their kinds, in the order of the file."""
        listed = {self.target.name: replace(self.target, kind="GTV")}
        listed.setdefault(self.whole.name, replace(self.whole, kind="GTV"))
        for name, each in self.others.items():
            listed[name] = replace(each, kind=each.kind or ("EXTERNAL" if is_outline(each) else ""))
        return listed

    def write_structures(self, path: Path, implant: SeedImplant | None = None) -> str:
        """Write target, whole and other structures, and an implant, as an RTSTRUCT and return its UID."""
        drawn = list(self.written_structures().values())
        types = [each.kind for each in drawn]
        return write_structures(drawn, self.ct, path, self.ct.identity, types=types, implant=implant)


def names_for_dicom(names: list[str]) -> list[str]:
    r"""Return names as DICOM can hold them, so that one name serves from reading to writing.

    A backslash parts values in DICOM and becomes a slash; what cannot be printed goes; what would then be
    another's name gets a number, and the other keeps its own.

    Examples
    --------
    >>> names_for_dicom(["GTV\\node", "GTV/node", "cord"])
    ['GTV/node 2', 'GTV/node', 'cord']
    """
    taken, written = set(names), []
    for name in names:
        plain = "".join("/" if each == "\\" else each for each in name if each.isprintable())
        free, number = plain, 1
        while free != name and free in taken:
            number += 1
            free = f"{plain} {number}"
        taken.add(free)
        written.append(free)
    return written


def _renamed(structures: dict[str, Structure]) -> tuple[dict[str, Structure], list[str]]:
    """Return structures under names that can be written, and a sentence on each name that changed."""
    names = dict(zip(structures, names_for_dicom(list(structures)), strict=True))
    notes = [f"Structure {old!r} is called '{new}' here." for old, new in names.items() if old != new]
    return {names[old]: replace(each, name=names[old]) for old, each in structures.items()}, notes


def read_contoured_ct(
    ct_folder: Path,
    structures_file: Path,
    *,
    target_name: str | None,
    sphere: Sphere | None,
    series: str | None = None,
    correct_tilt: bool = False,
) -> ContouredCt:
    """Read a CT and its structures and choose the target.

    Parameters
    ----------
    ct_folder, structures_file : Path
    target_name : str or None
        May be left out where there is only one structure.
    sphere : (x, y, z, radius) or None
        Take only the part of the target inside, LPS mm.
    series : str or None
        Which CT series of the folder; see `seedbed.dicom.read_ct_series`.
    correct_tilt : bool
        Resample a tilted or oblique CT.

    Raises
    ------
    ImageError, StructureError, InputError
        See `seedbed.dicom.read_ct_series` and `seedbed.dicom.read_structure_file`; two patients; a target
        that reaches outside the image; a sphere that misses the target.
    """
    ct = read_ct_series(ct_folder, series=series, correct_tilt=correct_tilt)
    return contoured(ct, structures_file, ct_name=str(ct_folder), target_name=target_name, sphere=sphere)


def contoured(
    ct: CtSeries, structures_file: Path, *, ct_name: str, target_name: str | None, sphere: Sphere | None
) -> ContouredCt:
    """Read structures that were drawn on a CT that was read before, and choose the target.

    Parameters and errors as of `read_contoured_ct`; ``ct_name`` is what sentences call the CT.
    """
    read = read_structure_file(structures_file, ct)
    ids = {f"CT '{ct_name}'": ct.identity.patient_id, f"'{structures_file.name}'": read.patient_id}
    check_same_patient(ids)
    structures, renamed = _renamed(read.structures)
    whole = choose(structures, only_name(structures, target_name))
    check_inside(whole, ct)
    target = whole.within_sphere(sphere[:3], sphere[3]) if sphere else whole
    return ContouredCt(ct, structures, whole, target, (*_notes(ct, read), *renamed))


def _notes(ct: CtSeries, read: StructureReading) -> tuple[str, ...]:
    """Sentences on what was assumed or passed over when the files were read."""
    empty = f"Structures without contours: {', '.join(read.empty)}."
    return (*ct.notes, *read.notes, *([empty] if read.empty else []))
