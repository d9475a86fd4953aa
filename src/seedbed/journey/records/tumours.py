"""Lesions and images of the register as the response rules want them, by patient and reader."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from seedbed.journey.records.treatment import treatment_starts
from seedbed.patient import Lesion, LesionMeasurement, PartialDate, Visit
from seedbed.patient.records import LesionRecord, Measurement
from seedbed.protocol import Protocol
from seedbed.registry.clinic import ClinicRegister
from seedbed.sheets.cdisc_tumour import TumourCase

WITHIN_DAYS = 14
"""Images within so many days of the first of a visit belong to it (local rule)."""


class Image(NamedTuple):
    """What an image said of one lesion, as a row of the register has it, which was checked when it came."""

    lesion: str
    on: PartialDate
    longest_mm: float | None
    short_axis_mm: float | None
    ap_mm: float | None
    cc_mm: float | None
    transverse_mm: float | None
    state: str | None
    method: str | None
    slice_mm: float | None


Images = Sequence[Measurement | Image]


def tumour_cases(
    clinic: ClinicRegister, *, patients: Collection[str] | None = None, protocol: Protocol | None = None
) -> tuple[TumourCase, ...]:
    """Gather lesions and images by patient and reader; patients without a measured lesion are left out.

    The latest images before the treatment are baseline; earlier ones are left out and named.
    """
    starts = treatment_starts(clinic, patients=patients, protocol=protocol)
    lesions: dict[str, list[LesionRecord]] = defaultdict(list)
    for each in clinic.records(LesionRecord, patients=patients):
        lesions[each.patient_id].append(each)
    images: dict[str, dict[str, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for image in clinic.records(Measurement, patients=patients):
        images[image.patient_id][image.reader].append(image)
    return tuple(
        tumour_case(patient_id, reader, images[patient_id], lesions[patient_id], starts.get(patient_id))
        for patient_id in sorted(images)
        for reader in sorted(images[patient_id])
    )


def tumour_case(
    patient_id: str,
    reader: str,
    images: Mapping[str, Images],
    lesions: Sequence[LesionRecord],
    start: PartialDate | None,
) -> TumourCase:
    """Gather lesions and images of one patient as one reader saw them.

    Parameters
    ----------
    patient_id, reader : str
    images : mapping of str to sequence of Measurement or Image
        Images of this patient by reader.
    lesions : sequence of LesionRecord
        Of this patient.
    start : PartialDate or None
        When treatment began.
    """
    case = _case((patient_id, reader), lesions, images[reader], start)
    if len(images) == 1:
        return case
    return replace(case, notes=(*case.notes, *_other_readers(case, images)))


def _other_readers(case: TumourCase, images: Mapping[str, Images]) -> Iterator[str]:
    """Name the readers whose images of this patient are another case."""
    for reader, found in sorted(images.items()):
        if reader != case.reader:
            days = ", ".join(visit.label for visit in _visits(found))
            yield f"Also measured by {reader or 'a reader who is not named'}: {days}; judged apart."


def _case(
    who: tuple[str, str],
    lesions: Sequence[LesionRecord],
    images: Images,
    start: PartialDate | None,
) -> TumourCase:
    firsts = _first_images(images)
    visits, notes = _from_baseline(_with_new(_visits(images), _seen_before_measured(lesions, firsts)), start)
    no_date = [
        f"Lesion {each.lesion} is new and has no date: it is not counted; state when it was first seen."
        for each in lesions
        if each.role == "new" and each.seen_on is None and firsts.get(each.lesion) is None
    ]
    no_role = [f"Lesion {each.lesion} has no role; it is no target." for each in lesions if not each.role]
    return TumourCase(
        subject=who[0],
        reader=who[1],
        lesions=tuple(_lesion(each, firsts.get(each.lesion)) for each in lesions),
        visits=visits,
        stated_sums_mm={},
        notes=(*no_role, *no_date, *notes),
    )


def _from_baseline(
    visits: tuple[Visit, ...], start: PartialDate | None
) -> tuple[tuple[Visit, ...], list[str]]:
    if start is None:
        return visits, ["Treatment has not begun; the first images are taken for baseline."]
    before = [at for at, each in enumerate(visits) if each.on <= start.latest]
    if not before:
        return visits, [f"No image before the treatment of {start}; the first after it is baseline."]
    earlier = ", ".join(each.label for each in visits[: before[-1]])
    notes = [f"Earlier images are left out: {earlier}; the latest before treatment are baseline."]
    return visits[before[-1] :], notes if earlier else []


def _lesion(record: LesionRecord, image: Measurement | Image | None) -> Lesion:
    return Lesion(
        record.lesion,
        is_lymph_node=bool(record.is_lymph_node),
        role=record.role or "non-target",  # type: ignore[arg-type]
        location=record.location,
        organ=record.organ,
        method=(image.method or "") if image else "",
        slice_thickness_mm=image.slice_mm if image else None,
        previously_irradiated=bool(record.previously_irradiated),
    )


def _first_images(images: Images) -> dict[str, Measurement | Image]:
    """Return the first image of each lesion that has one."""
    found: dict[str, Measurement | Image] = {}
    for image in images:
        known = found.get(image.lesion)
        if known is None or image.on.text < known.on.text:
            found[image.lesion] = image
    return found


def _visits(images: Images) -> tuple[Visit, ...]:
    """Gather images of days near to each other; a date that is known in part is a visit of its own."""
    gathered: list[tuple[PartialDate, list[Measurement | Image]]] = []
    begun: PartialDate | None = None
    seen: set[str] = set()
    for image in sorted(images, key=lambda each: each.on.text):
        if begun is None or not (image.on.text == begun.text or _near(begun, image, seen)):
            begun, seen = image.on, set()
            gathered.append((begun, []))
        seen.add(image.lesion)
        gathered[-1][1].append(image)
    return tuple([_visit(when, found) for when, found in gathered])


def _near(begun: PartialDate, image: Measurement | Image, seen: Collection[str]) -> bool:
    """Tell whether an image belongs to the visit that began on a day, at which some lesions were seen."""
    first, day = begun.day, image.on.day
    if first is None or day is None or image.lesion in seen:
        return False
    return (day - first).days <= WITHIN_DAYS


def _visit(when: PartialDate, images: Sequence[Measurement | Image]) -> Visit:
    last = when.earliest if len(images) == 1 else max(each.on.earliest for each in images)
    return Visit(
        on=when.earliest,
        stated=when,
        until=last if last != when.earliest else None,
        measurements=tuple([_measured(each) for each in images]),
        label=when.text,
    )


def _measured(record: Measurement | Image) -> LesionMeasurement:
    return LesionMeasurement(
        lesion=record.lesion,
        on=record.on.earliest,
        longest_mm=record.longest_mm,
        short_axis_mm=record.short_axis_mm,
        ap_mm=record.ap_mm,
        cc_mm=record.cc_mm,
        transverse_mm=record.transverse_mm,
        state=record.state,  # type: ignore[arg-type]
    )


def _seen_before_measured(
    lesions: Sequence[LesionRecord], firsts: Mapping[str, Measurement | Image]
) -> list[tuple[str, PartialDate]]:
    """Return the new lesions that were seen before this reader measured them, or that he never measured."""
    found = []
    for each in lesions:
        first = firsts.get(each.lesion)
        if each.role != "new" or each.seen_on is None:
            continue
        if first is None or each.seen_on.latest < first.on.earliest:
            found.append((each.lesion, each.seen_on))
    return found


def _with_new(visits: tuple[Visit, ...], seen: Sequence[tuple[str, PartialDate]]) -> tuple[Visit, ...]:
    """Mark the first visit on or after a day on which a new lesion was seen, or add one."""
    marked = list(visits)
    for lesion, when in seen:
        later = [at for at, each in enumerate(marked) if (each.until or each.on) >= when.earliest]
        place = later[0] if later else len(marked)
        if not later or marked[place].on - when.earliest > timedelta(days=WITHIN_DAYS):
            marked.insert(place, Visit(on=when.earliest, stated=when, label=when.text))
        marked[place] = _with_lesion(marked[place], lesion, when)
    return tuple(marked)


def _with_lesion(visit: Visit, lesion: str, when: PartialDate) -> Visit:
    """Add a new lesion to a visit, unless an image of that visit tells more of it."""
    if visit.measurement(lesion) is not None:
        return visit
    present = LesionMeasurement(lesion=lesion, on=when.earliest, state="present")
    return replace(visit, new_lesion=True, measurements=(*visit.measurements, present))
