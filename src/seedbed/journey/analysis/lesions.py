"""What became of each implanted lesion, from the register: dose, volume, growth, by the rules of lesions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.endpoints import DAYS_A_MONTH
from seedbed.cohort.frame import BoolArray, FloatArray, IntArray
from seedbed.cohort.lesion_rules import LesionRules, lesion_rules
from seedbed.cohort.lesions import VRR_MONTHS, Lesions
from seedbed.journey.analysis.lesion_growth import Looks, local_control
from seedbed.journey.analysis.members import Members, Taken, at_months, plain_rows
from seedbed.journey.records.plain import first_days
from seedbed.patient.lesions import TOO_SMALL_MM
from seedbed.patient.records import Implantation, LesionRecord, Measurement, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.response import ellipsoid_volume_cc, volume_reduction_pct

Key = tuple[str, str]
SESSION = ("patient_id", "on", "implant", "session", "lesion")
GIVEN = ("seeds_implanted", "prescription_gy", "d90_gy", "verified_on")
IMAGE = ("patient_id", "lesion", "on", "reader")
SIZES = ("longest_mm", "short_axis_mm", "ap_mm", "cc_mm", "transverse_mm", "state")
MOST_NAMED = 10


def treated_lesions(clinic: ClinicRegister, members: Members, *, reader: str | None = None) -> Lesions:
    """Gather the implanted lesions of all patients.

    Parameters
    ----------
    clinic : ClinicRegister
    members : Members
        Nothing after their day of the analysis is looked at.
    reader : str, optional
        Whose images count; else, in a patient with several readers, the one of the first image.

    Returns
    -------
    Lesions
        In the order of the patients; empty where no session tells its lesion.
    """
    treated = _treated(clinic, members)
    if not treated.keys:
        return Lesions(notes=treated.notes)
    images, notes = _images(clinic, treated, reader)
    return _gathered(treated, images, (*treated.notes, *notes))


@dataclass(frozen=True)
class _Treated:
    """Implanted lesions, their sessions, and which of them are lymph nodes."""

    members: Members
    keys: tuple[Key, ...]
    sessions: Mapping[Key, list[Any]]
    nodes: BoolArray
    notes: tuple[str, ...]

    @cached_property
    def row(self) -> dict[Key, int]:
        """Row of each lesion."""
        return {key: at for at, key in enumerate(self.keys)}

    @cached_property
    def as_members(self) -> Members:
        """The lesions in the place of patients: the first session is the start of each."""
        return Members(
            ids=tuple(", ".join(key) for key in self.keys),
            starts=tuple(partial(self.sessions[key][0][1]) for key in self.keys),
            on=self.members.on,
            protocol=self.members.protocol,
            rules=self.members.rules,
        )


def _treated(clinic: ClinicRegister, members: Members) -> _Treated:
    until = TABLES[Implantation.KIND].c.on <= members.on.isoformat()
    names = ("patient_id", "lesion", "is_lymph_node", "implanted")
    marked: dict[str, list[str]] = defaultdict(list)
    nodes: set[Key] = set()
    for patient, lesion, is_node, is_implanted in plain_rows(clinic, LesionRecord, names):
        if is_implanted:
            marked[patient].append(lesion)
        if is_node:
            nodes.add((patient, lesion))
    sessions: dict[Key, list[Any]] = defaultdict(list)
    unnamed: dict[str, None] = {}
    for row in plain_rows(clinic, Implantation, (*SESSION, *GIVEN), until):
        if row[0] not in members.row:
            continue
        alone = marked[row[0]][0] if len(marked.get(row[0], ())) == 1 else ""
        if lesion := row[4] or alone:
            sessions[row[0], lesion].append(row)
        else:
            unnamed[row[0]] = None
    for rows in sessions.values():
        rows.sort(key=lambda row: row[1])
    keys = tuple(sorted(sessions, key=lambda key: (members.row[key[0]], key[1])))
    told = (_told("Sessions of an implant that name no lesion are not counted by lesion", unnamed),)
    is_node = np.array([key in nodes for key in keys], dtype=np.bool_)
    return _Treated(members, keys, sessions, is_node, told if unnamed else ())


def _told(what: str, who: Mapping[str, None]) -> str:
    more = f" and {len(who) - MOST_NAMED} more" if len(who) > MOST_NAMED else ""
    patients = "1 patient" if len(who) == 1 else f"{len(who)} patients"
    return f"{what}: {patients} ({', '.join([*who][:MOST_NAMED])}{more})"


@dataclass(frozen=True)
class _Images:
    """Images on which an implanted lesion was looked for, in the order of time for each."""

    rows: Sequence[Any]
    lesions: IntArray
    days: IntArray
    diameters_mm: FloatArray
    threes_mm: FloatArray
    states: NDArray[np.str_]

    def volumes_cc(self, places: IntArray) -> FloatArray:
        """Volume on an image of each lesion; NaN where there is none, or a diameter was not measured."""
        found = np.full(len(places), np.nan)
        there = np.flatnonzero(places >= 0)
        there = there[~np.isnan(self.threes_mm[places[there]]).any(axis=1)]
        found[there] = [ellipsoid_volume_cc(*three) for three in self.threes_mm[places[there]].tolist()]
        return found

    def source(self, at: int) -> str:
        """Name one image as the register does."""
        patient, lesion, on, reader = self.rows[at][:4]
        return f"measurement {patient}, {lesion}, {on}{f', {reader}' if reader else ''}"


def _images(clinic: ClinicRegister, treated: _Treated, reader: str | None) -> tuple[_Images, tuple[str, ...]]:
    until = TABLES[Measurement.KIND].c.on <= treated.members.on.isoformat()
    place = treated.row
    every = plain_rows(clinic, Measurement, (*IMAGE, *SIZES), until)
    rows = [row for row in every if (row[0], row[1]) in place]
    rows, notes = _of_one_reader(rows, reader)
    if not rows:
        none = np.zeros(0, dtype=np.int64)
        nothing = np.zeros(0, dtype=np.float64)
        return _Images((), none, none, nothing, nothing.reshape(0, 3), np.zeros(0, dtype=np.str_)), notes
    _, _, days, _, *sizes, states = zip(*rows, strict=True)
    lesions = np.array([place[row[0], row[1]] for row in rows], dtype=np.int64)
    longest, short, *three = (np.array(each, dtype=np.float64) for each in sizes)
    words = np.array([each or "" for each in states], dtype=np.str_)
    found = _Images(
        rows=rows,
        lesions=lesions,
        days=first_days(days),
        diameters_mm=_diameters(longest, short, np.column_stack(three), words, treated.nodes[lesions]),
        threes_mm=np.where(
            _gone(longest, np.column_stack(three), words)[:, None], 0.0, np.column_stack(three)
        ),
        states=words,
    )
    return found, notes


def _gone(longest: FloatArray, three: FloatArray, words: NDArray[np.str_]) -> BoolArray:
    """Where a lesion is not seen any more."""
    none = (longest == 0) & ~(three > 0).any(axis=1)
    found: BoolArray = (words == "absent") | none
    return found


def _diameters(
    longest: FloatArray, short: FloatArray, three: FloatArray, words: NDArray[np.str_], nodes: BoolArray
) -> FloatArray:
    """Return the diameter that counts, as `seedbed.patient.LesionMeasurement.counted_mm` for one."""
    whole = np.where(np.isnan(longest), three.max(axis=1), longest)
    found = np.where(nodes, short, whole)
    lacks = np.isnan(found)
    found = np.where(lacks & _gone(longest, three, words), 0.0, found)
    counted: FloatArray = np.where(lacks & (words == "too small"), TOO_SMALL_MM, found)
    return counted


def _of_one_reader(rows: list[Any], reader: str | None) -> tuple[list[Any], tuple[str, ...]]:
    """Keep the images of one reader for each patient: the one that is named, else that of the first image."""
    if len({row[3] for row in rows}) < 2:
        return rows, ()
    first: dict[str, Any] = {}
    with_named = {row[0] for row in rows if row[3] == reader}
    for row in rows:
        if row[0] not in first or row[2] < first[row[0]][2]:
            first[row[0]] = row
    wanted = {name: reader if name in with_named else row[3] for name, row in first.items()}
    kept = [row for row in rows if row[3] == wanted[row[0]]]
    others = dict.fromkeys(row[0] for row in rows if row[3] != wanted[row[0]])
    told = _told("Images of implanted lesions by another reader are not counted", others)
    return kept, (told,) if others else ()


def _gathered(treated: _Treated, images: _Images, notes: tuple[str, ...]) -> Lesions:
    lesions, members = treated.as_members, treated.members
    taken = at_months(lesions, images.lesions, days=images.days, months=(0, *VRR_MONTHS))
    volumes = {month: images.volumes_cc(each.place) for month, each in taken.items()}
    rules: LesionRules = lesion_rules()
    looks = Looks(
        lesions=images.lesions, days=images.days, diameters_mm=images.diameters_mm, states=images.states
    )
    baseline = taken[0].place
    control = local_control(looks, lesions.first_days, nodes=treated.nodes, baseline=baseline, rules=rules)
    rows = [treated.sessions[key] for key in treated.keys]
    places = [*(each.place for each in taken.values()), control.ends]
    patients = np.array([members.row[key[0]] for key in treated.keys], dtype=np.int64)
    begun = members.first_days[patients]
    return Lesions(
        patients=patients,
        names=tuple(key[1] for key in treated.keys),
        implant_days=np.maximum(lesions.first_days - begun, 0),
        prescription_gy=_numbers([_first(each, 6) for each in rows]),
        seeds=_numbers([_sum(each) for each in rows]),
        d90_gy=_numbers([_lowest(each, members.on.isoformat()) for each in rows]),
        volume_cc=volumes[0],
        vrr_6_pct=_reductions(volumes[0], volumes[6]),
        vrr_12_pct=_reductions(volumes[0], volumes[12]),
        control_months=control.days / DAYS_A_MONTH,
        grown=control.grown,
        sources=_sources(rows, images, places),
        notes=(*notes, *_counted(taken, baseline, control.days)),
    )


def _reductions(before: FloatArray, now: FloatArray) -> FloatArray:
    pairs = zip(before.tolist(), now.tolist(), strict=True)
    return _numbers(
        [volume_reduction_pct(old, new) if old > 0 and new == new else None for old, new in pairs]
    )


def _numbers(values: Sequence[float | None]) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _first(sessions: Sequence[Any], at: int) -> float | None:
    return next((row[at] for row in sessions if row[at] is not None), None)


def _sum(sessions: Sequence[Any]) -> int | None:
    seeds = [row[5] for row in sessions]
    return None if None in seeds else sum(seeds)


def _lowest(sessions: Sequence[Any], on: str) -> float | None:
    """Return the lowest D90 that was verified by a day."""
    return min((row[7] for row in sessions if row[7] is not None and (row[8] or "") <= on), default=None)


def _sources(
    sessions: Sequence[Sequence[Any]], images: _Images, places: Sequence[IntArray]
) -> list[tuple[str, ...]]:
    """Name the sessions of each lesion and the images that count: before, at the visits, the last."""
    columns = zip(*(each.tolist() for each in places), strict=True)
    return [
        (
            *(f"implantation {row[0]}, {row[2]}, {row[3]}{f', {row[4]}' if row[4] else ''}" for row in rows),
            *(images.source(at) for at in dict.fromkeys(used) if at >= 0),
        )
        for rows, used in zip(sessions, columns, strict=True)
    ]


def _counted(taken: Mapping[int, Taken], baseline: IntArray, days: FloatArray) -> tuple[str, ...]:
    """Tell what is counted although it is off, and what is missing."""
    outside = sum(each.outside for each in taken.values())
    without = int((baseline < 0).sum())
    not_after = int((np.isnan(days) & (baseline >= 0)).sum())
    said = (
        (outside, "images of lesions outside the window of the visit are counted"),
        (without, "lesions without an image before the implant have no volume and no local control"),
        (
            not_after,
            "lesions whose growth cannot be judged: no diameter before the implant, or none after it",
        ),
    )
    return tuple(f"{count} {what}" for count, what in said if count)
