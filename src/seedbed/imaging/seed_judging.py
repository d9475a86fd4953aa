"""How likely a fitted seed is a seed, how well its place and direction are known, and what is doubtful about it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_fitting import Hypothesis, smallest_gap_mm
from seedbed.imaging.seed_found import COUNTED, FoundSeeds, RefusedBlob
from seedbed.imaging.seed_hypotheses import BONE_HU, ExplainedBlob, Search, price
from seedbed.imaging.seed_model import FloatArray
from seedbed.imaging.seed_search import PER_SEED, Voxels, seed_images

SURE = 5.0
"""Log odds of a candidate with just the metal and the shape of a seed."""
COMPANY = 4
"""So many candidates alike make each as likely as can be; with none, half of the log odds are left."""
MOST_UNLIKE = 8.0
"""Most standard deviations of the metal that are counted."""
WELL_SHAPED, PER_SHAPE = 0.90, 16.0
"""Share of the squares near a seed that a seed explains at least; log odds lost for each unit below."""
PER_DIM = 4.0
"""Log odds lost by a candidate no brighter than bone without brighter ones in its company; a fifth with them."""
USUAL_MISFIT, LEAST_MISFIT = 0.6, 0.1
"""Cost of a fit for each independent voxel: of lone seeds, where there are none to learn it from; and the least that
is called usual."""
PER_MISFIT, WORSE = 2.5, 0.8
"""Log odds lost for each e-fold by which a fit is worse than usual, beyond what seeds differ."""
HARD_HU, PER_BONE = 700.0, 4.0
"""Surroundings brighter than this are compact bone or a tooth, where metal is a filling; log odds lost there."""
PER_TOUCH = 1.5
"""Log odds lost by each of two seeds that touch: one thing of another shape may look like two seeds."""
LINK_MM = 5.3
"""Seeds end to end are 4.5 mm apart, and 0.8 mm more by the error of the fits."""
MOST_IN_A_LINE, LONGEST_ROW_MM = 4, 17.0
"""More seeds in an unbroken line, first centre to last, are a needle or a wire (a local rule)."""
OFF_THE_LINE_MM = 1.0
"""Most distance from a line; a fit may be off sideways, and more so in thick slices."""
ALIKE = 0.35
"""Candidates whose logarithm of metal is this near to that of one seed, and that are well shaped, are alike."""
NEAR_PEAK = 0.15
"""Voxels where a seed gives this share of its most are its own."""
TOO_WIDE = 0.55
"""The errors of the voxels are smaller than assumed where seeds are alone: true errors over those of the fit."""
TURNED_AT_MOST_DEG = 57.0
"""Root mean square angle between an axis and one drawn at random: nothing is known."""
TOUCHING_MM = 1.4
"""Axes nearer than this belong to seeds that touch, within what a CT shows."""
LITTLE, MUCH = 0.7, 1.45
"""Metal, in seeds, that is called little or much: twice the spread."""
TIPPED_IN, TIPPED_OUT = 0.3, 0.8
"""A known number of seeds can count a candidate from here, and drop one below there."""
NEARLY_AS_GOOD = 9.0
"""Largest difference of twice a log posterior that a known number of seeds can outweigh: odds of 1 to 90."""
MOST_REFUSED = 36
"""Refused things that are listed."""
LEAST_REFUSED = 0.005
"""Refused candidates less likely than this are not listed."""


@dataclass(frozen=True)
class Candidate:
    """One fitted seed and what is said of it.

    Attributes
    ----------
    pose : ndarray, shape (7,)
        Centre, unit vector, logarithm of metal.
    shape : float
        Share of the squares of its own voxels that the seeds explain.
    peak_hu : float
        Brightest voxel of its own.
    axis_sd_deg, position_sd_mm : float
        Standard errors.
    gap_mm : float
        To the axis of the nearest other seed of its blob.
    edge : str
        How the edge of the image cuts it; empty when it does not.
    background_hu : float
        Its surroundings.
    misfit : float
        Cost of the fit of its blob for each independent voxel.
    """

    pose: FloatArray
    shape: float
    peak_hu: float
    axis_sd_deg: float
    position_sd_mm: float
    gap_mm: float
    edge: str
    background_hu: float
    misfit: float


def candidates(scan: Search, blob: ExplainedBlob) -> list[Candidate]:
    """Describe each seed of a blob."""
    taken, voxels = blob.taken, blob.voxels
    images = seed_images(voxels, taken.fit.poses, sight=scan.sight, shared=taken.fit.shared)
    left = _left(voxels, taken, images)
    errors = _errors(taken)
    return [
        Candidate(
            pose=pose,
            shape=_shape(voxels, left, own),
            peak_hu=float(voxels.excess_hu[_own(own)].max() + blob.blob.background_hu),
            axis_sd_deg=float(errors[number, 0]),
            position_sd_mm=float(errors[number, 1]),
            gap_mm=_gap_mm(scan, taken.fit.poses, number),
            edge=_edge(scan, blob, pose),
            background_hu=blob.blob.background_hu,
            misfit=taken.fit.cost / voxels.independent,
        )
        for number, (pose, own) in enumerate(zip(taken.fit.poses, images, strict=True))
    ]


def _left(voxels: Voxels, taken: Hypothesis, images: FloatArray) -> FloatArray:
    model = images.sum(axis=0) + voxels.others_hu + taken.fit.shared[-1]
    left: FloatArray = np.minimum(model, voxels.ceiling_hu) - np.minimum(voxels.excess_hu, voxels.ceiling_hu)
    return left


def _own(image: FloatArray) -> NDArray[np.bool_]:
    own: NDArray[np.bool_] = image >= NEAR_PEAK * image.max()
    return own


def _shape(voxels: Voxels, left: FloatArray, image: FloatArray) -> float:
    own = _own(image)
    return 1 - float((left[own] ** 2).sum() / max((voxels.excess_hu[own] ** 2).sum(), 1e-9))


def _errors(taken: Hypothesis) -> FloatArray:
    """Return the standard errors of axis, degrees, and place, mm, shape (n, 2): Laplace, and mirror images."""
    about = np.linalg.inv(taken.fit.information)
    out = np.empty((taken.count, 2))
    for number in range(taken.count):
        variance = np.diag(about)[PER_SEED * number : PER_SEED * (number + 1)]
        out[number] = np.degrees(np.sqrt(variance[3:5].sum())), np.sqrt(variance[:3].mean())
    out = np.sqrt((TOO_WIDE * out) ** 2 + taken.mirror**2)
    out[:, 0] = np.minimum(out[:, 0], TURNED_AT_MOST_DEG)
    return out


def _gap_mm(scan: Search, poses: FloatArray, number: int) -> float:
    others = np.delete(poses, number, axis=0)
    return min((smallest_gap_mm(np.stack([poses[number], one]), scan.look) for one in others), default=np.inf)


def _edge(scan: Search, blob: ExplainedBlob, pose: FloatArray) -> str:
    if blob.blob.aside:
        return "side"
    half = abs(pose[5]) * scan.sight.numbers[0] / 2
    low, high = scan.grid.lower_mm()[2], scan.grid.upper_mm()[2]
    return "end" if pose[2] - half < low or pose[2] + half > high else ""


def confidences(scan: Search, found: list[Candidate]) -> FloatArray:
    """Return how likely each candidate is a seed, 0 to 1, by its metal, its shape and its company.

    The log odds start from `SURE` for a candidate in company, and lose half the square of how unlike the metal is,
    in standard deviations, and some for a shape, a brightness or a place unlike that of seeds.
    """
    if not found:
        return np.empty(0)
    metal = np.array([each.pose[6] for each in found])
    shape = np.array([each.shape for each in found])
    bright = np.array([each.peak_hu >= BONE_HU for each in found])
    alike = (np.abs(metal) < ALIKE) & (shape > WELL_SHAPED)
    company = min(max(int((alike & bright).sum()) - 1, 0), COMPANY) / COMPANY
    unlike = np.minimum(np.abs(metal) / (1.3 * scan.sight.spreads[0]), MOST_UNLIKE)
    misfit = np.array([each.misfit for each in found])
    usual = float(np.median(misfit[alike & bright])) if company > 0.5 else USUAL_MISFIT
    worse = np.log(np.maximum(misfit, 1e-3) / max(usual, LEAST_MISFIT))
    odds = SURE * (0.5 + 0.5 * company) - unlike**2 / 2 - PER_SHAPE * np.maximum(0.0, WELL_SHAPED - shape)
    odds -= PER_MISFIT * np.maximum(0.0, worse - np.where(bright, WORSE, 0.2))
    odds -= PER_DIM * ~bright * (1.25 - company)
    odds -= SURE * np.array([each.edge == "side" for each in found])
    odds -= PER_BONE * np.array([each.background_hu > HARD_HU for each in found])
    odds -= PER_TOUCH * np.array([each.gap_mm < TOUCHING_MM for each in found])
    odds -= 2 * SURE * in_a_line(np.array([each.pose[:3] for each in found]), scan.grid.spacing_mm[2])
    confidence: FloatArray = 1 / (1 + np.exp(-odds))
    return confidence


def in_a_line(places_mm: FloatArray, slice_mm: float = 0.0) -> NDArray[np.bool_]:
    """Tell which places belong to a straight, unbroken line of more seeds than are put end to end.

    A needle or a wire is explained by such a line. Thick slices leave heights open, so links may be longer by half
    a slice along z, though not in the mean.

    Examples
    --------
    >>> row = np.array([[4.5 * number, 0.1, 0.0] for number in range(6)])
    >>> in_a_line(row).all(), in_a_line(row[:4]).any(), in_a_line(2 * row).any()
    (True, False, False)
    """
    found = np.zeros(len(places_mm), dtype=bool)
    apart = np.linalg.norm(places_mm[:, None] - places_mm, axis=2)
    for one, other in np.argwhere((apart > 0.7 * LONGEST_ROW_MM) & (apart <= 1.5 * LONGEST_ROW_MM)):
        along = (places_mm[other] - places_mm[one]) / apart[one, other]
        away = places_mm - places_mm[one]
        at = away @ along
        aside = np.linalg.norm(away - at[:, None] * along, axis=1)
        near = np.flatnonzero(aside <= OFF_THE_LINE_MM + slice_mm / 5)
        near = near[np.argsort(at[near])]
        steps = np.diff(places_mm[near], axis=0)
        steps[:, 2] = np.maximum(0.0, np.abs(steps[:, 2]) - slice_mm / 2)
        for run in np.split(near, np.flatnonzero(np.linalg.norm(steps, axis=1) > LINK_MM) + 1):
            length = float(np.ptp(at[run]))
            if len(run) > MOST_IN_A_LINE and LONGEST_ROW_MM < length <= LINK_MM * (len(run) - 1):
                found[run] = True
    return found


def doubt(each: Candidate) -> str:
    """Say in one sentence what is doubtful about a candidate; nothing where nothing is."""
    metal = float(np.exp(each.pose[6]))
    if each.edge:
        return "cut by the edge of the image"
    if each.gap_mm < TOUCHING_MM:
        return f"touches another seed: {each.gap_mm:.1f} mm between axes"
    if metal < LITTLE or metal > MUCH:
        return f"{'little' if metal < LITTLE else 'much'} metal: {metal:.1f} of a seed"
    if each.shape < WELL_SHAPED:
        return f"not quite of the shape of a seed, which explains {100 * each.shape:.0f} % of it"
    return ""


def refusal(each: Candidate) -> str:
    """Say in one sentence why a candidate is not counted."""
    metal = float(np.exp(each.pose[6]))
    if each.edge == "side":
        return "lies at a side of the image"
    if metal < LITTLE or metal > MUCH:
        return f"too {'little' if metal < LITTLE else 'much'} metal: {metal:.1f} of a seed"
    if each.shape < WELL_SHAPED:
        return f"not of the shape of a seed, which explains {100 * each.shape:.0f} % of it"
    if each.background_hu > HARD_HU:
        return "metal in compact bone or a tooth"
    if each.peak_hu < BONE_HU:
        return "no brighter than bone"
    return "part of a line of metal too long for seeds end to end, as a needle or a wire"


@dataclass(frozen=True)
class Judged:
    """All candidates of a search, and how likely each is a seed."""

    scan: Search
    candidates: tuple[Candidate, ...]
    confidence: FloatArray

    @classmethod
    def of(cls, scan: Search, blobs: list[ExplainedBlob], *, expected_count: int | None = None) -> "Judged":
        """Judge all blobs; a known number tips what is doubtful."""
        found = [each for blob in blobs for each in candidates(scan, blob)]
        judged = cls(scan, tuple(found), confidences(scan, found))
        if expected_count is None:
            return judged
        other = _other_counts(scan, blobs, expected_count - judged.count)
        if other != blobs:
            return cls.of(scan, other, expected_count=expected_count)
        return judged._tipped(expected_count)

    @property
    def count(self) -> int:
        """Number of candidates that are counted."""
        return int((self.confidence >= COUNTED).sum())

    def _tipped(self, expected_count: int) -> "Judged":
        """Count the likeliest of those refused, or drop the least likely of those counted, within limits."""
        confidence = self.confidence.copy()
        order = np.argsort(-confidence, kind="stable")
        missing = expected_count - self.count
        if missing > 0:
            more = [each for each in order if TIPPED_IN <= confidence[each] < COUNTED][:missing]
            confidence[more] = COUNTED
        elif missing < 0:
            fewer = [each for each in order[::-1] if COUNTED <= confidence[each] < TIPPED_OUT][:-missing]
            confidence[fewer] = np.nextafter(COUNTED, 0)
        return replace(self, confidence=confidence)

    def found(self, *, level_hu: float) -> FoundSeeds:
        """Hand over the counted, from feet to head, and the refused, the most seed-like first."""
        counted = [number for number in range(len(self.candidates)) if self.confidence[number] >= COUNTED]
        counted.sort(key=lambda number: float(self.candidates[number].pose[2]))
        seeds = [self.candidates[number] for number in counted]
        poses = np.array([each.pose for each in seeds]).reshape(-1, 7)
        return FoundSeeds(
            positions_mm=poses[:, :3],
            axes=poses[:, 3:6],
            confidence=self.confidence[counted],
            axis_sd_deg=np.array([each.axis_sd_deg for each in seeds]),
            position_sd_mm=np.array([each.position_sd_mm for each in seeds]),
            doubts=tuple(doubt(each) for each in seeds),
            refused=self._refused(),
            seed_metal_hu_mm3=self.scan.sight.metal_hu_mm3,
            level_hu=level_hu,
        )

    def _refused(self) -> tuple[RefusedBlob, ...]:
        out = [
            RefusedBlob(each.pose[:3], each.pose[3:6], float(confidence), refusal(each))
            for each, confidence in zip(self.candidates, self.confidence, strict=True)
            if LEAST_REFUSED <= confidence < COUNTED
        ]
        return tuple(sorted(out, key=lambda each: -each.confidence)[:MOST_REFUSED])


def _other_counts(scan: Search, blobs: list[ExplainedBlob], missing: int) -> list[ExplainedBlob]:
    """Take another number of seeds in one blob, the cheapest, when a known number speaks for it."""
    if missing == 0:
        return blobs
    step = 1 if missing > 0 else -1
    offers = [
        (price(scan, blob.voxels, other.fit) - price(scan, blob.voxels, blob.taken.fit), number, place)
        for number, blob in enumerate(blobs)
        for place, other in enumerate(blob.hypotheses)
        if other.count == blob.taken.count + step
    ]
    extra, number, place = min(offers, default=(np.inf, 0, 0))
    if extra > NEARLY_AS_GOOD:
        return blobs
    return [replace(blob, best=place) if one == number else blob for one, blob in enumerate(blobs)]
