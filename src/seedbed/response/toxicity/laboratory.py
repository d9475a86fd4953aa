"""The grade of a laboratory value by CTCAE v5.0: exact at every printed number, or a sentence."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

from seedbed.errors import InputError, UndecidedError
from seedbed.patient.analytes import ANALYTES, Analyte, Number, find_analyte, unit_fits
from seedbed.response.toxicity.holding import TAKEN_AS_NORMAL, scales_that_hold
from seedbed.response.toxicity.measured import STATED, Measured, measure
from seedbed.response.toxicity.scales import PACKAGE, Reading, Scale, scales_of, terms_of
from seedbed.response.toxicity.terms import Term, find_term, one_term
from seedbed.tables import read_table

PLACE: Final = "CTCAE v5.0, US National Cancer Institute, 27 November 2017"


@dataclass(frozen=True, kw_only=True)
class LaboratoryGrade:
    """A grade by a laboratory value.

    Attributes
    ----------
    grade : int
        0 to 4; 0 where the value has none.
    term : str
        The term of CTCAE v5.0; where a quantity has several and none is reached, all, parted by `` / ``.
    analyte : str
        Name of the laboratory quantity.
    text : str
        The value and the printed numbers that it was compared with.
    limits : tuple of (str, str)
        The limits and the baseline that were stated, with the unit.
    caveats : tuple of str
        What the value does not tell, and readings of the publication that were used.
    rule_id, source : str
    """

    grade: int
    term: str
    analyte: str
    text: str
    limits: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    rule_id: str
    source: str = PLACE


@dataclass(frozen=True)
class _Found:
    """What one scale said."""

    scale: Scale
    reading: Reading
    caveats: tuple[str, ...] = ()


def grade_value(
    term_or_analyte: str,
    value: Number,
    unit: str,
    *,
    low: Number | None = None,
    high: Number | None = None,
    baseline: Number | None = None,
) -> LaboratoryGrade:
    """Grade a laboratory value by the numbers of CTCAE v5.0.

    Parameters
    ----------
    term_or_analyte : str
        A term ("Anemia", "Hypokalemia"), or a laboratory quantity ("Hb", "potassium"), whose terms are
        then all looked at and the worst is returned.
    value : Decimal, Fraction, int or float
    unit : str
        Of the value, the limits and the baseline.
    low, high : optional
        The laboratory's limits of normal; only those that the grade turns on are demanded.
    baseline : optional
        The value before the treatment.

    Raises
    ------
    InputError
        An unknown term or quantity, a term without numeric grades, a unit that does not fit, an
        implausible value.
    UndecidedError
        A limit or a baseline is needed and was not given, or two quantities could be meant.

    Examples
    --------
    >>> found = grade_value("Anemia", 95, "g/L", low=115)
    >>> found.grade, found.text
    (2, 'haemoglobin 95 g/L: 8.0 to below 10.0 g/dL')
    >>> grade_value("ALT", 160, "U/L", high=40, baseline=80).grade
    1
    >>> grade_value("Anemia", 105, "g/L")
    Traceback (most recent call last):
    ...
    seedbed.errors.UndecidedError: Anemia by haemoglobin 105 g/L; expected the lower limit of normal; ...
    """
    term = find_term(term_or_analyte)
    quantity = find_analyte(term_or_analyte)
    if term is not None and scales_of(term.name):
        chosen, notes = _choose(term, value, unit, low, high)
        measured = measure(chosen, value, unit, low=low, high=high, baseline=baseline)
        return _grade(term.name, measured, notes)
    if quantity is not None and terms_of(quantity.code):
        return _worst(measure(quantity, value, unit, low=low, high=high, baseline=baseline))
    raise _no_number(term_or_analyte, quantity)


def grade_blood_pressure(systolic: Number, diastolic: Number, unit: str = "mmHg") -> LaboratoryGrade:
    """Grade a blood pressure of an adult: the worse of the two numbers.

    Examples
    --------
    >>> grade_blood_pressure(138, 92).grade
    2
    """
    both = [grade_value(name, number, unit) for name, number in (("SBP", systolic), ("DBP", diastolic))]
    return max(both, key=lambda found: found.grade)


def _worst(measured: Measured) -> LaboratoryGrade:
    """Return the worst grade over all terms of a quantity."""
    found, undecided = [], []
    for term in terms_of(measured.analyte.code):
        try:
            found.append(_grade(term, measured, ()))
        except UndecidedError as error:
            undecided.append(error)
    worst = max(found, key=lambda each: each.grade, default=None)
    if worst is not None and worst.grade:
        return worst
    if undecided:
        needs = dict.fromkeys(error.expected for error in undecided)
        raise UndecidedError(_value_words(measured), " and ".join(needs), undecided[0].do)
    return LaboratoryGrade(
        grade=0,
        term=" / ".join(each.term for each in found),
        analyte=measured.analyte.name,
        text=f"{_value_words(measured)}: no grade",
        limits=_limit_words(measured),
        caveats=tuple(dict.fromkeys(caveat for each in found for caveat in each.caveats)),
        rule_id=" / ".join(each.rule_id for each in found),
    )


def _grade(term: str, measured: Measured, notes: tuple[str, ...]) -> LaboratoryGrade:
    """Return the worst grade over the scales of one term that hold."""
    applied, needs, caveats = scales_that_hold(term, measured)
    found = [_read(scale, measured) for scale in applied]
    lacking = tuple(dict.fromkeys((*needs, *(name for each in found for name in each.reading.needs))))
    sure = [each for each in found if not each.reading.needs]
    together = any(each.scale.when == "both" for each in found)
    choose = min if together else max
    worst = choose(sure, key=lambda each: each.reading.grade, default=None)
    possible = max(scale.worst for scale in scales_of(term))
    if lacking and not _settled(worst, possible, together=together):
        raise UndecidedError(
            f"{term} by {_value_words(measured)}",
            " and ".join(STATED[name] for name in lacking),
            "state it, in the unit of the value",
        )
    if worst is None:
        raise UndecidedError(f"{term}", "a value that can be graded", "report this")
    if not worst.reading.grade:
        caveats = tuple(each for each in caveats if not each.startswith(TAKEN_AS_NORMAL))
    return _result(term, measured, worst, (*notes, *caveats, *worst.caveats))


def _settled(worst: _Found | None, possible: int, *, together: bool) -> bool:
    """Whether what is known decides, whatever the limits that lack."""
    if worst is None:
        return False
    return worst.reading.grade == (0 if together else possible)


def _read(scale: Scale, measured: Measured) -> _Found:
    reading = scale.read(measured.number(scale), measured.limits(scale))
    caveats = []
    printed = reading.interval
    if reading.in_gap:
        caveats.append("the value lies between two printed grades; the worse is taken")
    if scale.basis == "value" and printed and not printed.limits and _within(scale, measured):
        caveats.append("the value is within the limits that were given; the printed number counts")
    return _Found(scale, reading, (*caveats, *_elsewhere(scale, measured, reading)))


def _within(scale: Scale, measured: Measured) -> bool:
    limit = measured.high if scale.high_is_worse else measured.low
    if limit is None:
        return False
    return measured.value <= limit if scale.high_is_worse else measured.value >= limit


def _elsewhere(scale: Scale, measured: Measured, reading: Reading) -> tuple[str, ...]:
    """Tell where the other printed system of units gives another grade."""
    told = []
    for other in scales_of(scale.term):
        same = (other.analyte, other.basis, other.when) == (scale.analyte, scale.basis, scale.when)
        if same and other.unit != scale.unit:
            found = other.read(measured.number(other), measured.limits(other))
            if found.grade != reading.grade and not found.needs:
                told.append(f"by the numbers printed in {other.unit} it would be grade {found.grade}")
    return tuple(told)


def _choose(
    term: Term, value: Number, unit: str, low: Number | None, high: Number | None
) -> tuple[Analyte, tuple[str, ...]]:
    """Return the quantity of a term that a value can be, or ask which."""
    codes = tuple(dict.fromkeys(scale.analyte for scale in scales_of(term.name)))
    fitting, refused = [], []
    for quantity in (ANALYTES[code] for code in codes):
        try:
            measure(quantity, value, unit, low=low, high=high)
        except InputError as error:
            refused.append(error)
        else:
            fitting.append(quantity)
    if not fitting:
        raise refused[0]
    if len(fitting) > 1:
        names = " or ".join(f"'{each.name}'" for each in fitting)
        both = ", or both as 150/95" if term.name == "Hypertension" else ""
        raise UndecidedError(f"{term.name} by {value} {unit}", names + both, "name it instead of the term")
    likewise = [ANALYTES[code] for code in codes if unit_fits(ANALYTES[code], unit)]
    note = f"graded as {fitting[0].name}, as the numbers say; name another if that was measured"
    return fitting[0], (note,) if len(likewise) > 1 else ()


def _no_number(name: str, quantity: Analyte | None) -> InputError:
    """Say why a term or quantity has no grade by a value."""
    for row in read_table(files(PACKAGE) / "data" / "not_by_value.csv").rows:
        terms = row["terms"].split(";")
        found = find_term(name)
        if (found is not None and found.name in terms) or (quantity and quantity.code == row["analyte"]):
            return InputError(
                f"{' and '.join(terms)} by a laboratory value",
                f"a judgement: CTCAE v5.0 grades it {row['graded']}",
                "grade it by hand",
            )
    if quantity is not None:
        return InputError(
            f"{quantity.name}", "a quantity that CTCAE v5.0 grades by its value", "grade the term by hand"
        )
    return InputError(
        f"'{one_term(name).name}' by a laboratory value",
        "a term whose grades are numbers: CTCAE v5.0 grades this one by signs and treatment",
        "grade it by hand",
    )


def _result(term: str, measured: Measured, found: _Found, caveats: tuple[str, ...]) -> LaboratoryGrade:
    reading, words = found.reading, found.scale.unit_words
    compared = reading.interval.words(words) if reading.interval else "no grade"
    number = "" if found.scale.basis == "value" else f" ({_show(measured.number(found.scale))} {words})"
    return LaboratoryGrade(
        grade=reading.grade,
        term=term,
        analyte=measured.analyte.name,
        text=f"{_value_words(measured)}{number}: {compared}",
        limits=_limit_words(measured),
        caveats=tuple(dict.fromkeys((*caveats, *_caveats(term, reading.grade)))),
        rule_id=f"CTCAE5/{term}/{reading.grade}",
    )


@cache
def _caveat_rows() -> tuple[tuple[str, str, str], ...]:
    rows = read_table(files(PACKAGE) / "data" / "caveats.csv").rows
    return tuple((row["term"], row["grade"], row["caveat"]) for row in rows)


def _caveats(term: str, grade: int) -> tuple[str, ...]:
    """Return what the value does not tell, at a grade."""
    said = {"any": grade > 0, "3+": grade >= 3, "2+": grade >= 2}
    return tuple(
        text for name, when, text in _caveat_rows() if name == term and said.get(when, when == str(grade))
    )


def _value_words(measured: Measured) -> str:
    unit = "" if measured.unit == "1" else measured.unit
    return f"{measured.analyte.name} {_show(measured.value)} {unit}".rstrip()


def _limit_words(measured: Measured) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, f"{_show(number)} {measured.unit}".rstrip())
        for name, number in measured.given.items()
        if number is not None
    )


def _show(number: Fraction) -> str:
    return f"{float(number):.6g}"
