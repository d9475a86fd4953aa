"""A CT with contours as a user gives it: a folder, a structure set, the name of the target."""

from dataclasses import dataclass
from pathlib import Path

from seedbed.dicom import CtSeries, check_inside, choose, read_ct_series, read_structures, write_structures
from seedbed.geometry import Structure
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
    """

    ct: CtSeries
    structures: dict[str, Structure]
    whole: Structure
    target: Structure

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
        See `seedbed.dicom.read_ct_series` and `seedbed.dicom.read_structures`; a target that reaches outside
        the image; a sphere that misses the target.
    """
    ct = read_ct_series(ct_folder)
    structures = read_structures(structures_file, ct)
    whole = choose(structures, only_name(structures, target_name))
    check_inside(whole, ct)
    target = whole.within_sphere(sphere[:3], sphere[3]) if sphere else whole
    return ContouredCt(ct, structures, whole, target)
