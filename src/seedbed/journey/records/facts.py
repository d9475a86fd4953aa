"""The facts that rules ask for, taken from the register, each with where it was found."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from seedbed.journey.records.known import check_known
from seedbed.patient import PartialDate, PatientFacts, format_value, read_patient_facts
from seedbed.patient.analytes import analyte, convert, find_analyte
from seedbed.patient.facts import FactValue
from seedbed.patient.records import Baseline, LaboratoryValue, Measurement, ScreeningFacts
from seedbed.registry.clinic import ClinicRegister

LABORATORY = {"tsh_mu_per_l": ("TSH", "mU/L"), "platelets_1e9_per_l": ("platelets", "10^9/L")}
"""Facts that the laboratory states: the analyte, and the unit of the fact."""
LABORATORY_DAYS = 30
"""A laboratory value older than this does not state a fact (local rule)."""
IMAGE_DAYS = 90
"""A measurement older than this does not state the largest diameter (local rule)."""
INSIDE = 1e-6
"""How far inside its bound a value is taken that was below or above what can be measured (local rule)."""


@dataclass(frozen=True)
class FoundFacts:
    """Facts of a patient, and where each was found.

    Attributes
    ----------
    facts : PatientFacts
    origin : dict of str to str
        By the name of the fact.
    subject : str
        Whose facts these are.
    """

    facts: PatientFacts
    origin: dict[str, str]
    subject: str


def facts_from_file(path: Path) -> FoundFacts:
    """Read facts from a TOML file.

    Raises
    ------
    InputError
        A file that cannot be read, or a fact that does not fit.
    """
    facts = read_patient_facts(path)
    return FoundFacts(facts, dict.fromkeys(facts.stated(), path.name), path.name)


def facts_from_register(clinic: ClinicRegister, patient_id: str, *, on: date) -> FoundFacts:
    """Gather what the register says of a patient on a day; nothing that is surely later.

    The latest record of screening facts counts first. What it does not state is taken from the baseline,
    from laboratory values of the last 30 days and from images of the last 90 days. What the laboratory
    states is taken from the newest: a value that was sampled after the screening record wins over it. Where
    another source that is not older says otherwise, the origin tells it.

    Raises
    ------
    InputError
        No such patient.
    """
    check_known(clinic, patient_id)
    said: dict[str, list[Said]] = {}
    for each in _said(clinic, patient_id, on):
        said.setdefault(each.name, []).append(each)
    chosen = {name: _chosen(several) for name, several in said.items()}
    values = {name: each.value for name, each in chosen.items()}
    origin = {name: _origin(each, said[name], on) for name, each in chosen.items()}
    values.setdefault("treatment_date", on)
    origin.setdefault("treatment_date", "the day that was asked for")
    facts = PatientFacts.from_mapping(values, where=f"the records of {patient_id}")
    return FoundFacts(facts, origin, patient_id)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A fact as one record of the register says it.

    Attributes
    ----------
    name : str
        Name of the fact.
    value : bool, float or date
    on : PartialDate
        The day of the record.
    where : str
        The record, for people.
    """

    name: str
    value: FactValue
    on: PartialDate
    where: str


def _chosen(said: Sequence[Said]) -> Said:
    """Return what counts: the first source; of what the laboratory states the newest."""
    first, *others = said
    for each in others:
        if each.name in LABORATORY and first.on.surely_before(each.on):
            first = each
    return first


def _origin(chosen: Said, said: Sequence[Said], on: date) -> str:
    """Say where a fact was found, how sure its day is, and who says otherwise."""
    words = [chosen.where]
    if chosen.on.latest > on:
        words.append(f"of {chosen.on}, which may be after {on}")
    days = (on - chosen.on.earliest).days
    if chosen.name in LABORATORY and days > LABORATORY_DAYS:
        words.append(f"{days} days before")
    words += [
        f"but {each.where} says {format_value(each.value)}"
        for each in said
        if each.value != chosen.value and not each.on.surely_before(chosen.on)
    ]
    return "; ".join(words)


def _said(clinic: ClinicRegister, patient_id: str, on: date) -> Iterator[Said]:
    only = [patient_id]
    stated = [each for each in clinic.records(ScreeningFacts, patients=only) if each.on.earliest <= on]
    for screening in stated[-1:]:
        for name, value in screening.facts.stated().items():
            yield Said(name=name, value=value, on=screening.on, where=screening.name)
    for baseline in clinic.records(Baseline, patients=only):
        for name in ("kps", "cumulative_i131_gbq"):
            value = getattr(baseline, name)
            if value is not None and baseline.on.earliest <= on:
                yield Said(name=name, value=float(value), on=baseline.on, where=baseline.name)
    yield from _from_laboratory(clinic, patient_id, on)
    yield from _from_images(clinic, patient_id, on)


def _from_laboratory(clinic: ClinicRegister, patient_id: str, on: date) -> Iterator[Said]:
    first = on - timedelta(days=LABORATORY_DAYS)
    values = [
        each
        for each in clinic.records(LaboratoryValue, patients=[patient_id])
        if first <= each.on.earliest and each.on.latest <= on
    ]
    for name, (wanted, unit) in LABORATORY.items():
        same = [each for each in values if find_analyte(each.analyte) == analyte(wanted)]
        newest = max(same, key=lambda each: each.on.latest, default=None)
        if newest is not None:
            value = float(convert(_inside(newest), newest.unit, wanted, to=unit))
            given = f" (given as {newest.comparator} {newest.value:g} {newest.unit})"
            where = newest.name + (given if newest.comparator else "")
            yield Said(name=name, value=value, on=newest.on, where=where)


def _inside(found: LaboratoryValue) -> float:
    """Return a value; of one below or above what can be measured, that just inside the bound."""
    step = INSIDE * abs(found.value)
    return found.value + {"<": -step, ">": step}.get(found.comparator or "", 0.0)


def _from_images(clinic: ClinicRegister, patient_id: str, on: date) -> Iterator[Said]:
    """Take the largest diameter among the latest measurements of each lesion."""
    first = on - timedelta(days=IMAGE_DAYS)
    latest: dict[str, list[Measurement]] = {}
    for each in clinic.records(Measurement, patients=[patient_id]):
        if not (first <= each.on.earliest and each.on.latest <= on and _says_size(each)):
            continue
        held = latest.get(each.lesion, [])
        if held and held[0].on.latest > each.on.latest:
            continue
        latest[each.lesion] = [*(other for other in held if other.on.latest == each.on.latest), each]
    sizes = [(size, each) for several in latest.values() for each in several for size in _diameters(each)]
    if sizes:
        size, largest = max(sizes, key=lambda found: found[0])
        yield Said(name="largest_diameter_mm", value=size, on=largest.on, where=largest.name)


def _says_size(image: Measurement) -> bool:
    return bool(_diameters(image)) or image.state in ("absent", "too small")


def _diameters(image: Measurement) -> list[float]:
    found = (image.longest_mm, image.ap_mm, image.cc_mm, image.transverse_mm)
    return [size for size in found if size is not None]
