"""Why needles are refused: by direction, and in a sentence where none is left."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure
from seedbed.planning.anatomy import Anatomy, read_anatomy
from seedbed.planning.needle_rules import MARGINS, NeedleRules
from seedbed.planning.paths import GANTRY, NOT_IN_BODY, OBSTACLE, SOMETHING_OUTSIDE, TOO_DEEP, blame
from seedbed.planning.survey import Survey, survey_directions

IntArray = NDArray[np.int64]
REASONS = {
    TOO_DEEP: "too deep",
    SOMETHING_OUTSIDE: "something solid outside the skin",
    NOT_IN_BODY: "tip outside the body",
    GANTRY: "gantry",
}
"""What forbids a path that meets no obstacle, in words."""
WIDER_TILT_DEG, WIDER_DEPTH_MM, WIDER_BORE_MM = 60.0, 250.0, 450.0
"""How far rules are widened to say what would help: for advice only; local rule."""


@dataclass(frozen=True)
class DirectionReport:
    """How much of the target needles along one direction could reach, and what forbids the rest.

    Attributes
    ----------
    azimuth_deg, tilt_deg : float
    reachable_pct : float
        Share of the seed positions that can be reached.
    blocked_pct : Mapping of str to float
        Share that each thing forbids, by its name, largest first: names of obstacles, ``"too deep"``,
        ``"gantry"``, ``"something solid outside the skin"``, ``"tip outside the body"``. All shares and
        ``reachable_pct`` make 100.
    """

    azimuth_deg: float
    tilt_deg: float
    reachable_pct: float
    blocked_pct: Mapping[str, float]


def direction_reports(anatomy: Anatomy, target: Structure, rules: NeedleRules) -> tuple[DirectionReport, ...]:
    """Say of every direction of the rules how much can be reached and what is in the way.

    Parameters
    ----------
    anatomy : Anatomy
    target : Structure
    rules : NeedleRules

    Returns
    -------
    tuple of DirectionReport
        In the order of the rules' tilts, then azimuths; without directions along which no seed fits.

    Raises
    ------
    NoPlanError
        The target holds no seed.
    """
    return _reports(anatomy, survey_directions(anatomy, target, rules))


def _reports(anatomy: Anatomy, survey: Survey) -> tuple[DirectionReport, ...]:
    names, reason = _reasons(anatomy, survey)
    count = len(survey.angles_deg)
    table = np.zeros((count, len(names)))
    np.add.at(table, (survey.lines.direction, reason), survey.lines.count)
    reports = []
    for (azimuth, tilt), seats in zip(survey.angles_deg, table, strict=True):
        if seats.sum():
            share = 100.0 * seats / seats.sum()
            order = [int(n) for n in np.argsort(-share[1:], kind="stable") + 1 if share[n] > 0]
            blocked = {names[n]: float(share[n]) for n in order}
            reports.append(DirectionReport(float(azimuth), float(tilt), float(share[0]), blocked))
    return tuple(reports)


def _reasons(anatomy: Anatomy, survey: Survey) -> tuple[list[str], IntArray]:
    """Names of reasons, the first for open paths, and the number of that of each line."""
    names = ["", *anatomy.names[1:], *REASONS.values()]
    status = survey.paths.status
    reason = np.zeros(len(status), dtype=np.int64)
    blocked = status == OBSTACLE
    reason[blocked] = blame(anatomy, survey.paths.stop_mm[blocked])
    for place, number in enumerate(REASONS, start=len(anatomy.names)):
        reason[status == number] = place
    return names, reason


def no_path(anatomy: Anatomy, survey: Survey, rules: NeedleRules) -> NoPlanError:
    """Say which structure forbids most, and what would have to give.

    Returns
    -------
    NoPlanError
        To be raised.
    """
    total: dict[str, float] = {}
    reports = _reports(anatomy, survey)
    for report in reports:
        for name, share in report.blocked_pct.items():
            total[name] = total.get(name, 0.0) + share / len(reports)
    most = sorted(total, key=lambda name: -total[name])[:3]
    causes = ", ".join(f"{name} ({total[name]:.0f} %)" for name in most)
    return NoPlanError(
        f"no straight needle reaches '{anatomy.target.name}': what is in the way is {causes}",
        f"a path of at most {rules.most_depth_mm:g} mm and {rules.most_tilt_deg:g} degrees to the axial "
        "plane with its margins and free room outside the skin",
        _advice(anatomy, rules),
    )


def _advice(anatomy: Anatomy, rules: NeedleRules) -> str:
    """Say which one rule would have to give, that which helps most; all of them where one is not enough."""
    single, together = _wider(rules)
    for choice in (single, together):
        tried = [(text, _best_with(anatomy, wider)) for text, wider in choice]
        helping = [(round(found[2] / 10), text, found) for text, found in tried if found]
        if helping:
            _, text, (azimuth, tilt, share) = max(helping, key=lambda one: one[0])
            return (
                f"{text}: then {share:.0f} % could be reached from azimuth {azimuth:g} and tilt {tilt:g} "
                "degrees; or choose another target"
            )
    return "choose another target: wider rules for tilt, depth, margins and bore do not help either"


def _wider(rules: NeedleRules) -> tuple[list[tuple[str, NeedleRules]], list[tuple[str, NeedleRules]]]:
    """Rules widened one by one, and all together, each with its words."""
    tilt = {"most_tilt_deg": max(WIDER_TILT_DEG, rules.most_tilt_deg)}
    depth = {
        "most_depth_mm": max(WIDER_DEPTH_MM, rules.most_depth_mm),
        "needle_length_mm": max(WIDER_DEPTH_MM, rules.most_depth_mm)
        + rules.needle_length_mm
        - rules.most_depth_mm,
    }
    margins = {name: getattr(rules, name) / 2 for name in MARGINS}
    bore = {"bore_radius_mm": max(WIDER_BORE_MM, rules.bore_radius_mm)}
    room = {"room_outside_mm": 0.0}
    single = [
        (f"allow a tilt of {tilt['most_tilt_deg']:g} degrees", replace(rules, **tilt)),
        (f"allow a depth of {depth['most_depth_mm']:g} mm", replace(rules, **depth)),
        ("halve the margins", replace(rules, **margins)),
        (f"use a bore of {bore['bore_radius_mm']:g} mm radius", replace(rules, **bore)),
        ("ask for no free room outside the skin", replace(rules, **room)),
    ]
    everything = replace(rules, **tilt, **depth, **margins, **bore, **room)
    words = "widen the rules for tilt, depth, margins, bore and room outside together"
    return single, [(words, everything)]


def _best_with(anatomy: Anatomy, rules: NeedleRules) -> tuple[float, float, float] | None:
    """Azimuth, tilt and reachable share, %, of the direction that needs least tilt under other rules."""
    halved = rules.organ_margin_mm < anatomy.rules.organ_margin_mm
    obstacles = [
        replace(obstacle, margin_mm=obstacle.margin_mm / (2 if halved else 1))
        for obstacle in anatomy.obstacles
    ]
    wider = read_anatomy(anatomy.ct, anatomy.target, obstacles, rules)
    survey = survey_directions(wider, anatomy.target, rules)
    steeper = np.maximum(np.abs(survey.angles_deg[:, 1]) - anatomy.rules.most_tilt_deg, 0.0)
    order = sorted(survey.ranked(), key=lambda number: steeper[number])  # stable: ties as ranked
    if not order:
        return None
    azimuth, tilt = (float(angle) for angle in survey.angles_deg[order[0]])
    return azimuth, tilt, 100.0 * float(survey.share[order[0]])
