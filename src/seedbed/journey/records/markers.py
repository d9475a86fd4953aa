"""Thyroglobulin of the register, sample by sample, with TSH and antibody of the same day."""

from collections import defaultdict
from datetime import date

from seedbed.patient.analytes import convert, find_analyte
from seedbed.patient.records import LaboratoryValue
from seedbed.registry.clinic import ClinicRegister
from seedbed.response.marker_samples import MarkerValue, TgSample

TG_UNIT, TSH_UNIT, TGAB_UNIT = "ng/mL", "mU/L", "kU/L"


def tg_samples(clinic: ClinicRegister, patient_id: str) -> list[TgSample]:
    """Return the samples with thyroglobulin by time; a partial date counts from its first day."""
    days: dict[date, dict[str, LaboratoryValue]] = defaultdict(dict)
    for each in clinic.records(LaboratoryValue, patients=[patient_id]):
        known = find_analyte(each.analyte)
        if known is not None and known.code in ("tg", "tsh", "tgab"):
            days[each.on.earliest].setdefault(known.code, each)
    return [_sample(on, values) for on, values in sorted(days.items()) if "tg" in values]


def _sample(on: date, values: dict[str, LaboratoryValue]) -> TgSample:
    tg, tsh, tgab = (values.get(code) for code in ("tg", "tsh", "tgab"))
    if tg is None:
        raise AssertionError("a sample of thyroglobulin has its value")
    limit = None if tgab is None or tgab.high is None else float(convert(tgab.high, tgab.unit, "tgab"))
    return TgSample(
        on=on,
        tg=_value(tg, TG_UNIT),
        unit=TG_UNIT,
        tg_assay=tg.assay,
        tsh_mu_per_l=None if tsh is None else _value(tsh, TSH_UNIT),
        tgab=None if tgab is None else _value(tgab, TGAB_UNIT),
        tgab_limit=limit,
    )


def _value(record: LaboratoryValue, unit: str) -> MarkerValue:
    number = float(convert(record.value, record.unit, record.analyte, to=unit))
    return MarkerValue.of(f"{record.comparator or ''}{number!r}")
