"""Tables of the clinic: what is read, what is refused with its address, what is left unread with its name."""

from pathlib import Path

import pytest

from seedbed.errors import InputError
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import (
    Baseline,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Pain,
    Patient,
    Record,
    ScreeningFacts,
    VisitRecord,
)
from seedbed.sheets.addresses import SheetContent
from seedbed.sheets.reader import read_records

ON = PartialDate("2024-02-05")


def read(folder: Path, name: str, text: str, *, encoding: str = "utf-8") -> SheetContent:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_records(path)


def records(content: SheetContent) -> list[Record]:
    return [placed.record for placed in content.records]


def bad(content: SheetContent) -> dict[str, str]:
    return {str(each.address): each.sentence for each in content.bad}


WIDE = "患者编号,随访日期,体重 [kg],Tg [µg/L],FT4,疼痛评分,Glucose [mmol/L]\n"


def test_a_row_of_visits_is_a_visit_its_laboratory_values_and_pain(tmp_path: Path) -> None:
    content = read(
        tmp_path, "随访.csv", WIDE + "S-01,2024年2月5日,70.5,<0.04,15.2,3,5.1\nS-01,2024-05,,,,,\n"
    )
    lab = {"patient_id": "S-01", "on": ON}
    assert records(content) == [
        VisitRecord(patient_id="S-01", on=ON, weight_kg=70.5),
        VisitRecord(patient_id="S-01", on=PartialDate("2024-05")),
        LaboratoryValue(**lab, analyte="tg", value=0.04, comparator="<", unit="µg/L"),
        LaboratoryValue(**lab, analyte="ft4", value=15.2, unit="pmol/L"),
        Pain(**lab, nrs=3.0),
        LaboratoryValue(**lab, analyte="glucose", value=5.1, unit="mmol/L"),
    ]
    assert not content.bad
    assert not content.remarks
    tg = next(each for each in content.records if getattr(each.record, "analyte", "") == "tg")
    assert str(tg.cell("value")) == "随访!D2"
    assert str(tg.cell("patient_id")) == str(tg.address_of_row) == "随访!A2"


def test_a_bad_cell_takes_only_its_own_record(tmp_path: Path) -> None:
    content = read(tmp_path, "Visits.csv", WIDE + "S-01,2024-02-05,7o,low,15.2,11,5.1\n")
    assert {type(each) for each in records(content)} == {VisitRecord, LaboratoryValue}
    assert {each.analyte for each in records(content) if isinstance(each, LaboratoryValue)} == {
        "ft4",
        "glucose",
    }
    assert records(content)[0] == VisitRecord(patient_id="S-01", on=ON)
    assert bad(content).keys() == {"Visits!C2", "Visits!D2", "Visits!F2"}
    assert "'7o'; expected a number from 10 to 400 kg" in bad(content)["Visits!C2"]


@pytest.mark.parametrize("when", ["5/2/2024", "", "soon"])
def test_a_row_with_a_bad_key_is_bad_as_a_row(tmp_path: Path, when: str) -> None:
    content = read(tmp_path, "Visits.csv", WIDE + f"S-01,{when},70,0.04,15,3,5\nS-02,2024-02-05,,,,,\n")
    assert {each.patient_id for each in records(content)} == {"S-02"}
    assert bad(content).keys() == {"Visits!B2"}
    assert "was read from this row" in bad(content)["Visits!B2"]


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("Tg [mmol/L]", "thyroglobulin in 'mmol/L'"),
        ("Weight [lb]", "is in lb; expected the unit kg"),
        ("Glucose", "states no unit"),
    ],
)
def test_a_title_with_a_unit_that_does_not_fit_is_refused(tmp_path: Path, title: str, says: str) -> None:
    content = read(tmp_path, "Visits.csv", f"Patient,Date,{title}\nS-01,2024-02-05,70\n")
    assert says in bad(content)["Visits!C1"]
    assert records(content) == [VisitRecord(patient_id="S-01", on=ON)]


def test_two_columns_of_one_meaning_are_both_refused(tmp_path: Path) -> None:
    content = read(tmp_path, "Visits.csv", "Patient,Date,Tg [ng/mL],hTg [ug/L]\nS-01,2024-02-05,1,2\n")
    assert bad(content).keys() == {"Visits!C1", "Visits!D1"}
    assert records(content) == [VisitRecord(patient_id="S-01", on=ON)]


def test_a_column_that_is_not_known_is_named(tmp_path: Path) -> None:
    content = read(tmp_path, "Patients.csv", "Patient,Shoe size\nS-01,40\n")
    assert content.remarks == ("Patients!B1: the column 'Shoe size' is not known and was not read",)
    assert records(content) == [Patient(patient_id="S-01")]


def test_a_value_no_patient_has_is_refused_in_its_own_unit(tmp_path: Path) -> None:
    head = "Patient,Date,Analyte,Value,Unit\n"
    given = [("S-01", "130,g/L"), ("S-02", "13,g/dL"), ("S-03", "130,g/dL"), ("S-04", "1,mg")]
    rows = "".join(f"{patient},2024-02-05,Hb,{value}\n" for patient, value in given)
    content = read(tmp_path, "Laboratory.csv", head + rows)
    assert [each.patient_id for each in records(content)] == ["S-01", "S-02"]
    assert bad(content).keys() == {"Laboratory!D4", "Laboratory!E5"}


def test_laboratory_values_may_have_a_column_for_each_quantity(tmp_path: Path) -> None:
    rows = "S-01,2024-02-05,<0.01,5.1,40\nS-01,2024-03,,6,\nS-02,,,,41\n"
    text = "患者编号,采样日期,TSH,血糖 [mmol/L],鞋码\n" + rows
    content = read(tmp_path, "化验.csv", text)
    lab = {"patient_id": "S-01", "on": ON}
    assert records(content) == [
        LaboratoryValue(**lab, analyte="tsh", value=0.01, comparator="<", unit="mU/L"),
        LaboratoryValue(**lab, analyte="glucose", value=5.1, unit="mmol/L"),
        LaboratoryValue(**{**lab, "on": PartialDate("2024-03")}, analyte="glucose", value=6.0, unit="mmol/L"),
    ]
    assert not content.bad
    assert "'鞋码'" in content.remarks[0]


def test_a_sign_and_a_comparator_that_differ_are_refused(tmp_path: Path) -> None:
    head = "Patient,Date,Analyte,Value,Comparator,Unit\n"
    given = [("S-01", "<0.04,>"), ("S-02", "<0.04,<"), ("S-03", "0.04,＜")]
    rows = "".join(f"{patient},2024-02-05,Tg,{value},ng/mL\n" for patient, value in given)
    content = read(tmp_path, "化验.csv", head + rows)
    assert [(each.patient_id, each.stated()["comparator"]) for each in records(content)] == [
        ("S-02", "<"),
        ("S-03", "<"),
    ]
    assert bad(content).keys() == {"化验!D2"}


def test_a_laboratory_value_is_never_read_without_its_sign(tmp_path: Path) -> None:
    text = "Patient,Date,Analyte,Value,Comparator,Unit\nS-01,2024-02-05,Tg,0.04,about,ng/mL\n"
    content = read(tmp_path, "Laboratory.csv", text)
    assert not content.records
    assert bad(content).keys() == {"Laboratory!E2"}


def test_rows_of_one_key_that_differ_are_both_refused(tmp_path: Path) -> None:
    head = "Patient,Lesion,Date,Longest diameter [mm]\n"
    rows = "S-01,T1,2024-02-05,10\nS-01,T1,2024/2/5,12\nS-02,T1,2024-02-05,10\nS-02,T1,2024-02-05,10.0\n"
    content = read(tmp_path, "Measurements.csv", head + rows)
    assert records(content) == [Measurement(patient_id="S-02", lesion="T1", on=ON, longest_mm=10.0)]
    assert len(content.bad) == 2
    assert all("another longest_mm" in each for each in bad(content).values())
    assert content.remarks == ("1 records repeat others and were taken once: Measurements!A5",)


def test_two_sheets_that_say_another_value_of_one_sample_are_both_refused(tmp_path: Path) -> None:
    (tmp_path / "Visits.csv").write_text("Patient,Date,Tg [ng/mL]\nS-01,2024-02-05,1\n", encoding="utf-8")
    (tmp_path / "Laboratory.csv").write_text(
        "Patient,Date,Analyte,Value,Unit\nS-01,2024-02-05,甲状腺球蛋白,2,ng/mL\n", encoding="utf-8"
    )
    content = read_records(tmp_path)
    assert records(content) == [VisitRecord(patient_id="S-01", on=ON)]
    assert bad(content).keys() == {"Visits!C2", "Laboratory!C2"}


def test_facts_that_contradict_each_other_are_a_bad_row(tmp_path: Path) -> None:
    head = "Patient,Date of the facts,Had external beam,Last day of external beam\n"
    content = read(tmp_path, "Screening.csv", head + "S-01,2024,no,2023-01-02\nS-02,2024,,2023-01-02\n")
    (facts,) = records(content)
    assert isinstance(facts, ScreeningFacts)
    assert facts.had_external_beam is True
    assert "had_external_beam" in bad(content)["Screening!A2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encodings_and_signs_between_cells(tmp_path: Path, encoding: str, sign: str) -> None:
    text = sign.join(["患者编号", "姓名", "性别"]) + "\r\n" + sign.join(["S-01", "合成，一", "女"]) + "\r\n"
    content = read(tmp_path, "患者.csv", text, encoding=encoding)
    assert records(content) == [Patient(patient_id="S-01", person="合成，一", sex="female")]


def test_text_of_no_known_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no text"):
        read(tmp_path, "Patients.csv", "Patient,Name\nS-01,\xe4\n", encoding="latin-1")


def test_one_table_of_several_kinds(tmp_path: Path) -> None:
    text = "kind,Patient,Lesion,Role,Sex\npatient,S-01,,,男\n病灶,S-01,T1,靶病灶,\nspaceship,S-01,,,\n"
    content = read(tmp_path, "all.csv", text)
    assert records(content) == [
        Patient(patient_id="S-01", sex="male"),
        LesionRecord(patient_id="S-01", lesion="T1", role="target"),
    ]
    assert "'spaceship'" in bad(content)["all!A4"]


def test_a_row_with_too_many_cells_is_bad(tmp_path: Path) -> None:
    content = read(tmp_path, "Baseline.csv", "Patient,Date,Height\nS-01,2024,170,5\nS-02,2024,170\n")
    assert records(content) == [Baseline(patient_id="S-02", on=PartialDate("2024"), height_cm=170.0)]
    assert bad(content).keys() == {"Baseline!A2"}


def test_titles_may_come_below_a_heading(tmp_path: Path) -> None:
    content = read(tmp_path, "Patients.csv", "Follow-up of 2026,,\n,,\nPatient,Sex,\nS-01,M,\n")
    assert records(content) == [Patient(patient_id="S-01", sex="male")]
    assert str(content.records[0].address_of_row) == "Patients!A4"
    assert "above the titles" in content.remarks[0]


def test_a_table_without_its_key_is_not_read(tmp_path: Path) -> None:
    content = read(tmp_path, "Visits.csv", "Patient,Weight\nS-01,70\n")
    assert not content.records
    assert "no column 'Date of visit'" in bad(content)["Visits!A1"]


def test_a_file_that_is_no_table_of_ours_is_named(tmp_path: Path) -> None:
    assert "'shopping' is not known" in read(tmp_path, "shopping.csv", "Patient,Milk\nS-01,2\n").remarks[0]
    with pytest.raises(InputError, match="no row of titles"):
        read(tmp_path, "Visits.csv", "a,b\n1,2\n")
    with pytest.raises(InputError, match="one of"):
        read(tmp_path, "Visits.doc", "")
    with pytest.raises(InputError):
        read_records(tmp_path / "nothing.csv")


def test_the_longest_file_is_a_parameter(tmp_path: Path) -> None:
    path = tmp_path / "Patients.csv"
    path.write_text("Patient\nS-01\n", encoding="utf-8")
    assert len(read_records(path, most_bytes=13).records) == 1
    with pytest.raises(InputError, match="longer than 12 bytes"):
        read_records(path, most_bytes=12)


def test_numbers_of_days_are_read_and_said(tmp_path: Path) -> None:
    content = read(tmp_path, "Contacts.csv", "Patient,Date\nS-01,45327\n")
    assert str(records(content)[0].key[1]) == "2024-02-05"
    assert "days counted from 1899-12-30" in content.remarks[0]


LABORATORY = "Patient,Date,Analyte,Value,Unit\n"


@pytest.mark.parametrize(
    ("row", "value", "unit"),
    [
        ("S-01,2024-02-05,glucose,3.2mmol/L,", 3.2, "mmol/L"),
        ("S-01,2024-02-05,glucose,3.2 mmol/L,mmol/l", 3.2, "mmol/l"),
        ("S-01,2024-02-05,血小板,180×10^9/L,", 180.0, "×10^9/L"),
        ("S-01,2024-02-05,Tg,4.1 µg/L,ng/mL", 4.1, "ng/mL"),  # the same unit, written otherwise
    ],
)
def test_a_unit_beside_the_number_is_read(tmp_path: Path, row: str, value: float, unit: str) -> None:
    content = read(tmp_path, "Laboratory.csv", LABORATORY + row + "\n")
    assert not content.bad
    (record,) = records(content)
    assert isinstance(record, LaboratoryValue)
    assert (record.value, record.unit) == (value, unit)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("S-01,2024-02-05,glucose,100 mg/dL,mmol/L", "the value is in mg/dL and its unit is mmol/L"),
        ("S-01,2024-02-05,血小板,3.2 mmol/L,", "platelets in 'mmol/L'"),
    ],
)
def test_a_unit_beside_the_number_that_does_not_fit_is_refused(tmp_path: Path, row: str, said: str) -> None:
    content = read(tmp_path, "Laboratory.csv", LABORATORY + row + "\n")
    assert not content.records
    (sentence,) = bad(content).values()
    assert said in sentence


def test_a_unit_in_a_column_of_another_unit_is_refused(tmp_path: Path) -> None:
    content = read(
        tmp_path, "随访.csv", WIDE + "S-01,2024-02-05,,,,,90 mg/dL\nS-02,2024-02-05,,,,,5.1 mmol/L\n"
    )
    assert list(bad(content)) == ["随访!G2"]
    assert [each.value for each in records(content) if isinstance(each, LaboratoryValue)] == [5.1]


def test_the_line_of_a_total_is_bad_and_said_so(tmp_path: Path) -> None:
    content = read(tmp_path, "Visits.csv", "Patient,Date\nS-01,2024-02-05\n合计,2024-02-05\n")
    assert len(content.records) == 1
    assert bad(content).keys() == {"Visits!A3"}
    assert "'合计', which is no patient" in bad(content)["Visits!A3"]


@pytest.mark.parametrize("name", ["随访2024", "Visits 2024", "visits (2)", "随访2024年"])
def test_a_sheet_of_a_year_is_read_with_a_remark(tmp_path: Path, name: str) -> None:
    content = read(tmp_path, f"{name}.csv", "Patient,Date\nS-01,2024-02-05\n")
    assert records(content) == [VisitRecord(patient_id="S-01", on=ON)]
    assert content.remarks == (
        f"{name}.csv: the sheet '{name}' was read as 'Visits', as its name begins so and its titles fit",
    )


@pytest.mark.parametrize(
    ("name", "titles"), [("Visits of Dr A", "Patient,Date"), ("Visits 2024", "Patient,Weight [kg]")]
)
def test_another_sheet_is_not_read(tmp_path: Path, name: str, titles: str) -> None:
    content = read(tmp_path, f"{name}.csv", f"{titles}\nS-01,2024-02-05\n")
    assert not content.records
    assert content.remarks == (f"{name}.csv: the sheet '{name}' is not known and was not read",)
