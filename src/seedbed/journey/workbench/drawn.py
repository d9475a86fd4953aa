"""Structures that are drawn in the browser: each change is kept; written as RTSTRUCT for DICOM."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from seedbed.dicom import CtSeries, read_structure_file, write_structures
from seedbed.errors import InputError, StructureError, one_of
from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.crossing import check_contours
from seedbed.journey.contoured_ct import names_for_dicom
from seedbed.journey.single_file import placed
from seedbed.journey.structure_roles import TARGET_NAMES, is_organ, is_outline

FILE, EARLIER = "structures.json", "structures-earlier"
ROLES: Final = ("target", "organ", "outline", "other")
KINDS: Final = {"target": "GTV", "organ": "ORGAN", "outline": "EXTERNAL", "other": "CONTROL"}
"""What a role is in DICOM; a control region is neither treated nor spared."""
COLOURS: Final = (
    "#ff3344", "#35b6e6", "#2fbf8f", "#9b6bd3", "#ef8fa5",
    "#8ecb54", "#c9a227", "#5f8dd3", "#e07b39", "#c08552",
)  # fmt: skip
DECIMALS, MOST_POINTS, MOST_STRUCTURES, LONGEST_NAME = 3, 200_000, 100, 64


@dataclass(frozen=True)
class Drawn:
    """One structure as it is drawn.

    Attributes
    ----------
    structure : Structure
        Empty ones are not kept.
    role : str
        One of `ROLES`.
    colour : str
        ``#rrggbb``.
    version : int
        Counts its changes from 1.
    by, at : str
        Who changed it last, and when (UTC, ISO 8601).
    """

    structure: Structure
    role: str
    colour: str
    version: int
    by: str = ""
    at: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it for the browser and the file."""
        planes: dict[float, list[list[list[float]]]] = {}
        for contour in self.structure.contours:
            points = np.round(contour.points_mm, DECIMALS).tolist()
            planes.setdefault(round(float(contour.z_mm), DECIMALS), []).append(points)
        return {
            **self.summary(),
            "planes": [{"z_mm": z, "polygons": planes[z]} for z in sorted(planes)],
        }

    def summary(self) -> dict[str, Any]:
        """Return what `to_dict` does, without its contours."""
        return {
            "name": self.structure.name,
            "role": self.role,
            "colour": self.colour,
            "version": self.version,
            "by": self.by,
            "at": self.at,
            "volume_cc": round(self.structure.volume_mm3 / 1000, 3),
            "plane_distance_mm": self.structure.plane_distance_mm,
        }


def read_drawn(folder: Path, ct: CtSeries, files: Sequence[Path]) -> tuple[list[Drawn], tuple[str, ...]]:
    """Return the structures of a case and notes: those drawn here, else those of the newest structure set.

    Parameters
    ----------
    folder : Path
        Of the case.
    ct : CtSeries
    files : sequence of Path
        Structure sets, the one that counts first.
    """
    path = folder / FILE
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return [drawn_of(each) for each in kept["structures"]], ()
    if not files:
        return [], ()
    read = read_structure_file(files[0], ct)
    names = names_for_dicom(list(read.structures))
    found = [
        Drawn(replace(each, name=name), _role(each), COLOURS[at % len(COLOURS)], 1, "imported")
        for at, (name, each) in enumerate(zip(names, read.structures.values(), strict=True))
    ]
    return found, read.notes


def _role(structure: Structure) -> str:
    if is_outline(structure):
        return "outline"
    target = structure.kind in ("GTV", "CTV", "PTV") or structure.name.casefold().startswith(TARGET_NAMES)
    if target:
        return "target"
    return "organ" if is_organ(structure) else "other"


def drawn_from(values: dict[str, Any], *, name: str, ct: CtSeries, before: Drawn | None, by: str) -> Drawn:
    """Make a structure of what the browser sent.

    Parameters
    ----------
    values : dict
        ``role``, ``colour``, ``planes`` as `Drawn.to_dict` writes them, and ``version``: the one that was
        changed, 0 for a new structure.
    name : str
    ct : CtSeries
        Whose planes it is drawn on.
    before : Drawn or None
        As it is now.
    by : str

    Raises
    ------
    InputError, StructureError
        A role or colour that is none, a polygon that encloses nothing or crosses itself, numbers that are
        none, a place outside the CT.
    """
    kept_name = name.strip()
    if not kept_name or len(kept_name) > LONGEST_NAME or names_for_dicom([kept_name]) != [kept_name]:
        raise InputError(
            f"a structure named {name[:LONGEST_NAME]!r}",
            f"1 to {LONGEST_NAME} letters that can be printed, no backslash",
            "choose another name",
        )
    role, colour = str(values.get("role", "")), str(values.get("colour", ""))
    if role not in ROLES:
        raise InputError(f"the role '{role[:40]}'", one_of(ROLES, role), "choose one of them")
    contours = tuple(_contours(values.get("planes"), kept_name))
    step = _plane_distance_mm(contours, ct, before)
    structure = Structure(kept_name, contours, step, kind=KINDS[role])
    check_contours(structure)
    _check_inside(structure, ct)
    version = 1 if before is None else before.version + 1
    return Drawn(
        structure, role, _colour(colour), version, by, datetime.now(UTC).isoformat(timespec="seconds")
    )


def _plane_distance_mm(contours: Sequence[PlanarContour], ct: CtSeries, before: Drawn | None) -> float:
    """Return the distance of the CT's slices; of a structure that came drawn more coarsely, its usual one."""
    slices = float(ct.volume.grid.spacing_mm[2])
    gaps = np.diff(np.unique([contour.z_mm for contour in contours]))
    if before is None or not gaps.size:
        return slices
    return min(max(before.structure.plane_distance_mm, slices), max(float(np.median(gaps)), slices))


def _contours(planes: Any, name: str) -> list[PlanarContour]:
    count, found = 0, []
    try:
        for plane in planes:
            for polygon in plane["polygons"]:
                points = np.asarray(polygon, dtype=np.float64)
                count += len(points)
                if (
                    points.ndim != 2
                    or points.shape[1] != 2
                    or len(points) < 3
                    or not np.isfinite(points).all()
                ):
                    raise ValueError
                found.append(PlanarContour(float(plane["z_mm"]), points))
    except (TypeError, KeyError, ValueError) as error:
        raise _unreadable(name) from error
    if count > MOST_POINTS or not found:
        raise InputError(
            f"structure '{name}' with {count} points",
            f"1 to {MOST_POINTS} points",
            "draw it, or draw it coarser",
        )
    return found


def _unreadable(name: str) -> InputError:
    return InputError(
        f"a contour of '{name}' that cannot be read",
        "planes with z_mm and polygons of three or more points of two numbers each",
        "draw it again",
    )


def _colour(colour: str) -> str:
    if len(colour) == 7 and colour[0] == "#" and all(each in "0123456789abcdefABCDEF" for each in colour[1:]):
        return colour.lower()
    raise InputError(f"the colour '{colour[:20]}'", "#rrggbb", "choose a colour")


def _check_inside(structure: Structure, ct: CtSeries) -> None:
    grid = ct.volume.grid
    lower, upper = structure.bounds_mm
    room = np.array([0.0, 0.0, structure.plane_distance_mm / 2 + 0.01])  # the end caps of the last slices
    if (lower < grid.lower_mm() - room).any() or (upper > grid.upper_mm() + room).any():
        raise StructureError(
            f"structure '{structure.name}' reaches outside the CT",
            "contours within the images",
            "draw it inside",
        )


def keep_drawn(folder: Path, structures: Sequence[Drawn]) -> None:
    """Write the structures of a case; what was there before is kept beside it.

    Raises
    ------
    InputError
        More structures than can be shown.
    OutputError
        It could not be written.
    """
    if len(structures) > MOST_STRUCTURES:
        raise InputError(f"{len(structures)} structures", f"at most {MOST_STRUCTURES}", "delete some")
    path = folder / FILE
    if path.is_file():
        earlier = folder / EARLIER
        number = len(list(earlier.glob("*.json"))) + 1 if earlier.is_dir() else 1
        with placed(
            earlier / f"{number:05d}.json", [], kind="earlier structures", replaces=lambda _: False
        ) as copy:
            copy.write_bytes(path.read_bytes())
    text = json.dumps({"structures": [each.to_dict() for each in structures]}, ensure_ascii=False)
    with placed(path, [], kind="structures", replaces=Path.is_file) as stage:
        stage.write_text(text, encoding="utf-8")


def drawn_of(values: dict[str, Any]) -> Drawn:
    """Read a structure as `Drawn.to_dict` writes it."""
    contours = tuple(
        PlanarContour(plane["z_mm"], np.array(polygon, dtype=np.float64))
        for plane in values["planes"]
        for polygon in plane["polygons"]
    )
    structure = Structure(values["name"], contours, values["plane_distance_mm"], kind=KINDS[values["role"]])
    return Drawn(structure, values["role"], values["colour"], values["version"], values["by"], values["at"])


def write_drawn(structures: Sequence[Drawn], ct: CtSeries, path: Path) -> str:
    """Write the structures as an RTSTRUCT on the CT and return its UID."""
    return write_structures(
        [each.structure for each in structures],
        ct,
        path,
        ct.identity,
        types=[KINDS[each.role] for each in structures],
    )
