"""Which targets are measurable at baseline, and what else a reader must know of the choice of targets."""

from collections import Counter
from collections.abc import Sequence

from seedbed.patient import Lesion
from seedbed.protocol import ResponseRules
from seedbed.protocol.models import MeasurabilityRule
from seedbed.response.sums import TargetDiameters, millionths
from seedbed.response.targets import in_mm


def measurable_from_mm(lesion: Lesion, rule: MeasurabilityRule) -> float:
    """Return the diameter from which a lesion is measurable, mm.

    Parameters
    ----------
    lesion : Lesion
        Its method and slice thickness count where they were stated.
    rule : MeasurabilityRule
        ``response.measurability``.

    References
    ----------
    Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, section 3.1.1 and appendix II.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> measurable_from_mm(Lesion("T1", slice_thickness_mm=8.0), load_profile().measurability)
    16.0
    """
    method = lesion.method.upper()
    if lesion.is_lymph_node:
        limit = rule.node_short_axis_at_least_mm
    elif "X-RAY" in method or "XRAY" in method or "RADIOGRAPH" in method:
        limit = rule.chest_x_ray_at_least_mm or rule.longest_at_least_mm
    elif "CALIPER" in method or "PHYSICAL" in method:
        limit = rule.caliper_at_least_mm or rule.longest_at_least_mm
    else:
        limit = rule.longest_at_least_mm
    thickness = lesion.slice_thickness_mm
    if thickness is None or rule.slice_up_to_mm is None or rule.slices is None:
        return limit
    return max(limit, rule.slices * thickness) if thickness > rule.slice_up_to_mm else limit


def not_measurable(
    lesions: Sequence[Lesion], baseline: TargetDiameters, rule: MeasurabilityRule
) -> tuple[str, ...]:
    """Return the targets that were too small at baseline to be measurable.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> sizes = TargetDiameters({"T1": 9_900_000}, nodes=frozenset(), not_measured=(), total=9_900_000)
    >>> not_measurable([Lesion("T1")], sizes, load_profile().measurability)
    ('T1',)
    """
    return tuple(
        lesion.name
        for lesion in lesions
        if lesion.name in baseline.lesions and _too_small(lesion, baseline.lesions[lesion.name], rule)
    )


def _too_small(lesion: Lesion, diameter: int, rule: MeasurabilityRule) -> bool:
    limit = millionths(measurable_from_mm(lesion, rule))
    return diameter <= limit if rule.above else diameter < limit


def baseline_notes(
    lesions: Sequence[Lesion], baseline: TargetDiameters, rules: ResponseRules
) -> tuple[str, ...]:
    """Say in sentences what is to be known of the choice of targets; every lesion is followed all the same.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> sizes = TargetDiameters({"T1": 20_000_000}, nodes=frozenset(), not_measured=(), total=20_000_000)
    >>> baseline_notes([Lesion("T1", previously_irradiated=True)], sizes, load_profile())[0][:40]
    'T1 lies where radiation was given before'
    """
    targets = [lesion for lesion in lesions if lesion.is_target and lesion.is_whole]
    notes = [
        f"{lesion.name} was {in_mm(baseline.lesions[lesion.name])} mm at baseline, measurable only "
        f"{'above' if rules.measurability.above else 'from'} "
        f"{measurable_from_mm(lesion, rules.measurability):g} mm ({rules.measurability.id})"
        for lesion in targets
        if lesion.name in not_measurable(targets, baseline, rules.measurability)
    ]
    notes += [
        f"{lesion.name} lies where radiation was given before: a target only if it has grown since then"
        for lesion in targets
        if lesion.previously_irradiated
    ]
    notes += [
        f"{lesion.name} lies in bone: a target only with a part of soft tissue; a blastic lesion is never one"
        for lesion in targets
        if "BONE" in f"{lesion.organ} {lesion.location}".upper()
    ]
    return (*notes, *_too_many(targets, rules))


def _too_many(targets: Sequence[Lesion], rules: ResponseRules) -> list[str]:
    limit = rules.target_limit
    if limit is None:
        return []
    organs = Counter(_organ(lesion) for lesion in targets if _organ(lesion))
    notes = [
        f"{count} targets in one organ ({organ}), at most {limit.in_one_organ} are allowed ({limit.id})"
        for organ, count in organs.items()
        if count > limit.in_one_organ
    ]
    if len(targets) > limit.at_most:
        notes.append(f"{len(targets)} targets, at most {limit.at_most} are allowed ({limit.id})")
    return notes


def _organ(lesion: Lesion) -> str:
    return "lymph nodes" if lesion.is_lymph_node else lesion.organ.casefold()
