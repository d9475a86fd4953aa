"""Registration of the post-implant CT to the planning CT, and what is carried over by it.

A point of the planning CT first shifts by the deformation, if there is one, and then moves rigidly. The
deformation and its grid are thus known in the planning CT: ``post = rigid(deformation(planning))``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from seedbed.errors import ImageError, StructureError
from seedbed.geometry import RigidTransform, Structure, VoxelGrid
from seedbed.geometry.grid import FloatArray
from seedbed.imaging.carrying import cut_again, shifted, surface_points
from seedbed.imaging.deformation import Deformation
from seedbed.imaging.matching_sight import Box, Sight, in_box, points_in, see, seen_at
from seedbed.imaging.registration_quality import RegistrationQuality, likeness
from seedbed.imaging.volume import AIR_HU, CtVolume

if TYPE_CHECKING:
    from seedbed.imaging.two_way_matching import Way

Progress = Callable[[str, int, int], None]

STEP_MM = 1.5
"""Voxels are joined to about this size for matching (local rule): about a tenth of it remains as error."""
MARGIN_MM = 40.0
"""What lies within this of the target must fit (local rule): wide enough to hold bone and vessels that fix a
turn, and narrow enough to leave out shoulders and jaw, which move on their own."""
AIMS = 5000
"""Points at which the error is taken where no target is given."""
UNTURNED = 1e-12
"""A rotation matrix that differs less from none is none: contours are then shifted and not cut again."""


@dataclass(frozen=True)
class Registration:
    """How points of the planning CT lie in the post-implant CT.

    Attributes
    ----------
    rigid : RigidTransform
        From planning points to post-implant points, LPS mm, after the deformation.
    deformation : Deformation or None
        Shift of planning points before the rigid motion; None where it was not asked for.
    quality : RegistrationQuality
        Look at `RegistrationQuality.usable` before anything else.
    planning_grid, post_grid : VoxelGrid
        Of the two CTs.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> quality = RegistrationQuality(0.3, 0.95, None, None, 1.0, 0.2, np.array([0.0, 0, 3]), np.zeros(3))
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 3.0), (10, 30, 30))
    >>> up = RigidTransform(np.eye(3), np.array([0.0, 0.0, 3.0]))
    >>> registration = Registration(up, None, quality, grid, grid)
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> registration.carry(Structure("GTV", (PlanarContour(6.0, square),), 3.0)).contours[0].z_mm
    9.0
    """

    rigid: RigidTransform
    deformation: Deformation | None
    quality: RegistrationQuality
    planning_grid: VoxelGrid
    post_grid: VoxelGrid

    def to_post(self, points_mm: FloatArray) -> FloatArray:
        """Carry points of the planning CT to the post-implant CT, shape (n, 3) -> (n, 3), mm."""
        return self.rigid.apply(points_mm if self.deformation is None else self.deformation.apply(points_mm))

    def to_planning(self, points_mm: FloatArray) -> FloatArray:
        """Carry points of the post-implant CT to the planning CT, shape (n, 3) -> (n, 3), mm.

        Raises
        ------
        ImageError
            The deformation is too steep to be followed back.
        """
        points = self.rigid.inverse().apply(points_mm)
        return points if self.deformation is None else self.deformation.undo(points)

    def carry(self, structure: Structure) -> Structure:
        """Return a structure of the planning CT on the post-implant CT.

        A pure shift moves the contours as they are, which may take them off the planes of the CT. Otherwise
        the moved volume is cut again by those planes; its volume is kept to a fraction of a percent.

        Raises
        ------
        ImageError
            The registration is not usable.
        StructureError
            The structure would lie outside the post-implant CT.
        """
        self.refuse_unusable()
        turned = np.abs(self.rigid.rotation - np.eye(3)).max() > UNTURNED
        if self.deformation is None and not turned:
            return shifted(structure, self.rigid.shift_mm)
        return cut_again(structure, self.post_grid, there=self.to_post, back=self.to_planning)

    def resample_post(self, post: CtVolume) -> CtVolume:
        """Return the post-implant CT on the grid of the planning CT; air where it shows nothing.

        An unusable registration is shown as well, since the picture tells why.
        """
        grid = self.planning_grid
        hu = np.full(grid.shape, AIR_HU, dtype=np.float32)
        for k, z in enumerate(grid.axis_mm(2)):
            plane = VoxelGrid((*grid.origin_mm[:2], float(z)), grid.spacing_mm, (1, *grid.shape[1:]))
            hu[k] = post.sample(self.to_post(plane.points_mm())).reshape(grid.shape[1:])
        return CtVolume(grid, hu)

    def refuse_unusable(self) -> None:
        """Raise an error where the registration must not be used.

        Raises
        ------
        ImageError
            It is graded not usable.
        """
        if not self.quality.usable:
            raise ImageError(
                f"the registration is {self.quality.words}",
                "two CTs of the same patient that show the target",
                "check that both series belong to the patient, or draw the contours on the post-implant CT",
            )


def register_cts(
    planning: CtVolume,
    post: CtVolume,
    *,
    around: Structure | None = None,
    deformable: bool = False,
    random_seed: int = 0,
    progress: Progress | None = None,
) -> Registration:
    """Lay the post-implant CT on the planning CT.

    Parameters
    ----------
    planning, post : CtVolume
        Any spacing, slice thickness and field of view; nothing is assumed about their frames of reference,
        but standing as the scanner says is among the first positions tried. Shifts of any length and turns of
        15 degrees are found.
    around : Structure, optional
        The target on the planning CT: what lies within `MARGIN_MM` of it must fit. Without it all must.
    deformable : bool
        Follow smooth bending of up to 10 mm as well.
    random_seed : int
        Chooses the points that are compared. The same seed gives the same result to the bit.
    progress : function, optional
        Called with the step in words, what is done and what there is in all.

    Returns
    -------
    Registration
        Also where the scans do not match: its quality then says so, and it refuses to carry contours.

    Raises
    ------
    ImageError
        A CT of fewer than three slices, without a body or flat; too little of the target's surroundings; a
        deformation that folds.
    StructureError
        A target outside the planning CT.

    Notes
    -----
    Mattes mutual information of both CTs on voxels of about 8, 4 and 1.5 mm, in the body and without metal
    (`matching_sight`, `rigid_matching`); the deformation is a cubic B-spline with control points 25 mm apart
    (`bending`). Mattes et al., IEEE Trans Med Imaging 22 (2003) 120, doi 10.1109/TMI.2003.809072; Rueckert et
    al., IEEE Trans Med Imaging 18 (1999) 712, doi 10.1109/42.796284.

    Examples
    --------
    >>> from seedbed.imaging import make_digital_patient
    >>> rng = np.random.default_rng(1)
    >>> ct = make_digital_patient(rng, spacing_mm=(3.2, 3.2, 5.0), shape=(16, 64, 64)).ct
    >>> grid = VoxelGrid((-98.8, -100.8, -30.5), ct.grid.spacing_mm, ct.grid.shape)
    >>> registration = register_cts(ct, CtVolume(grid, ct.hu))
    >>> registration.quality.grade, registration.rigid.shift_mm.round().astype(int).tolist()
    ('good', [2, 0, 7])
    """
    from seedbed.imaging.rigid_matching import Pair  # SimpleITK is loaded only where it is used
    from seedbed.imaging.two_way_matching import match_both_ways

    tell = progress or _silent
    tell("looking at both CTs", 0, 1)
    box = None if around is None else _box_around(around, planning.grid)
    thick = max(planning.grid.spacing_mm[2], post.grid.spacing_mm[2])
    fixed = see(planning, step_mm=STEP_MM, slice_mm=thick, which="planning")
    moving = see(post, step_mm=STEP_MM, slice_mm=thick, which="post-implant")
    ways = match_both_ways(
        Pair(fixed, moving), box_mm=box, deformable=deformable, random_seed=random_seed, progress=tell
    )
    quality = _quality(fixed, moving, ways, box_mm=box, target=around)
    return Registration(ways[0].rigid, ways[0].deformation, quality, planning.grid, post.grid)


def _silent(_step: str, _done: int, _total: int) -> None:
    """Show no progress."""


def _box_around(target: Structure, grid: VoxelGrid) -> Box:
    lower, upper = target.bounds_mm
    if (lower > grid.upper_mm()).any() or (upper < grid.lower_mm()).any():
        raise StructureError(
            f"'{target.name}' lies at {lower.round(0).tolist()} to {upper.round(0).tolist()} mm",
            f"inside the planning CT from {grid.lower_mm().round(0).tolist()} to "
            f"{grid.upper_mm().round(0).tolist()} mm",
            "choose the CT on which it was drawn",
        )
    return lower - MARGIN_MM, upper + MARGIN_MM


def _quality(
    fixed: Sight, moving: Sight, ways: tuple["Way", "Way"], *, box_mm: Box | None, target: Structure | None
) -> RegistrationQuality:
    there, back = ways
    part = fixed.body & fixed.clear
    if box_mm is not None:
        part &= in_box(fixed.grid, box_mm)
    points, hu = points_in(fixed, part), fixed.ct.hu[part].astype(float)
    before, after = likeness(hu, moving, points), likeness(hu, moving, there.apply(points))
    shared = after.shared_part
    if target is None:
        seen = moving.body & moving.clear
        shared = max(shared, float(seen_at(fixed, back.apply(points_in(moving, seen))).mean()))
        aims = points[:: 1 + len(points) // AIMS]
    else:
        aims = surface_points(target)
    return RegistrationQuality(
        correlation_before=before.correlation,
        correlation_after=after.correlation,
        bone_overlap_before=before.bone_overlap,
        bone_overlap_after=after.bone_overlap,
        shared_part=shared,
        inverse_consistency_mm=float(np.linalg.norm(back.apply(there.apply(aims)) - aims, axis=1).mean()),
        shift_mm=there.rigid.shift_at_mm((aims.min(axis=0) + aims.max(axis=0)) / 2),
        turn_deg=there.rigid.turn_deg,
    )
