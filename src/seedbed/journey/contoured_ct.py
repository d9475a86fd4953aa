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

ROOM = 60
"""Characters of a name that is written: the 64 of DICOM, less those that tell two apart."""
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
        """Return target, whole and other structures with their kinds, by the names that DICOM can hold."""
        listed = {self.target.name: replace(self.target, kind="GTV")}
        listed.setdefault(self.whole.name, replace(self.whole, kind="GTV"))
        for name, each in self.others.items():
            listed[name] = replace(each, kind=each.kind or ("EXTERNAL" if is_outline(each) else ""))
        named = zip(_names_for_dicom(list(listed)), listed.values(), strict=True)
        return {name: replace(each, name=name) for name, each in named}

    def write_structures(self, path: Path, implant: SeedImplant | None = None) -> str:
        """Write target, whole and other structures, and an implant, as an RTSTRUCT and return its UID."""
        drawn = list(self.written_structures().values())
        types = [each.kind for each in drawn]
        return write_structures(drawn, self.ct, path, self.ct.identity, types=types, implant=implant)


def _names_for_dicom(names: list[str]) -> list[str]:
    r"""Return names without what DICOM cannot hold, each still another.

    Examples
    --------
    >>> _names_for_dicom(["GTV\\node", "GTV/node", "cord"])
    ['GTV/node', 'GTV/node 2', 'cord']
    """
    written: list[str] = []
    for name in names:
        plain = "".join("/" if each == "\\" else each for each in name if each.isprintable())[:ROOM]
        same = sum(other.rpartition(" ")[0] == plain or other == plain for other in written)
        written.append(f"{plain} {same + 1}" if plain in written else plain)
    return written


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
