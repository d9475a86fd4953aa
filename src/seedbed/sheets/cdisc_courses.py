"""What one visit tells of another: equivocal lesions that stay so, lesions that grew together for good."""

from dataclasses import replace

from seedbed.patient import LesionMeasurement, Visit, visits_in_order
from seedbed.sheets.cdisc_lesions import Lesions, VisitKey


def with_doubt(visits: dict[VisitKey, Visit], lesions: Lesions) -> dict[VisitKey, Visit]:
    """Keep a new lesion that was identified as equivocal so until a record says that it is new.

    Parameters
    ----------
    visits : dict of Visit
        By what tells one visit from another; changed in place and returned.
    lesions : Lesions

    Examples
    --------
    >>> with_doubt({}, Lesions())
    {}
    """
    keys = {id(visit): key for key, visit in visits.items()}
    doubted: set[str] = set()
    for visit in visits_in_order(list(visits.values())):
        key = keys[id(visit)]
        for name, identified_at, _, equivocal in lesions.appeared:
            if identified_at == key:
                (doubted.add if equivocal else doubted.discard)(name)
        sure = {each.lesion for each in visit.measurements if each.state == "unequivocal progression"}
        doubted -= sure
        visits[key] = replace(
            visit,
            measurements=tuple(
                replace(each, state="equivocal")
                if each.lesion in doubted and each.state in ("present", "measured", "too small")
                else each
                for each in visit.measurements
            ),
        )
    return visits


def with_mergers(visits: dict[VisitKey, Visit], lesions: Lesions) -> dict[VisitKey, Visit]:
    """From the visit of a merger on, let lesions that are not measured lie in the one that is.

    Parameters
    ----------
    visits : dict of Visit
        By what tells one visit from another; changed in place and returned.
    lesions : Lesions
        What merged with what, and at which visit.

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.patient import Lesion
    >>> day, key = date(2026, 1, 5), ("number", "2")
    >>> seen = Visit(on=day, measurements=(LesionMeasurement(lesion="T1", on=day, longest_mm=45.0),))
    >>> both = Lesions(known={name: Lesion(name) for name in ("T1", "T2")})
    >>> both.merged.append((frozenset({"T1", "T2"}), key))
    >>> with_mergers({key: seen}, both)[key].measurement("T2").merged_into
    'T1'
    """
    order = [id(each) for each in visits_in_order(list(visits.values()))]
    places = {key: order.index(id(visit)) for key, visit in visits.items()}
    for names, since in lesions.merged:
        if since not in places:
            lesions.note(f"{', '.join(sorted(names))} merged at a visit without measurements")
            continue
        for key, visit in visits.items():
            if places[key] >= places[since]:
                visits[key] = _merged(visit, names, lesions)
    return visits


def _merged(visit: Visit, names: frozenset[str], lesions: Lesions) -> Visit:
    sizes = {
        name: measured.counted_mm(is_lymph_node=lesions.known[name].is_lymph_node)
        for name in sorted(names)
        if (measured := visit.measurement(name)) is not None
    }
    carriers = [name for name, size in sizes.items() if size]
    if not carriers:
        return visit
    if len(carriers) > 1:
        lesions.note(f"{visit.label}: {', '.join(carriers)} merged and are each measured; each counts")
    rest = [name for name in sorted(names) if sizes.get(name) is None]
    kept = [each for each in visit.measurements if each.lesion not in rest]
    inside = [
        LesionMeasurement(lesion=name, on=visit.on, state="present", merged_into=carriers[0]) for name in rest
    ]
    return replace(visit, measurements=tuple(sorted([*kept, *inside], key=lambda each: each.lesion)))
