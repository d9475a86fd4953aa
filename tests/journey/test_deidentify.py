"""A whole case de-identified: nothing of the patient is left, and everything of the treatment is."""

import csv
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import EncapsulatedPDFStorage
from tests.unit.dicom.deidentification.whole_case import (
    DATES,
    ORIGINALS,
    PATIENT,
    STRENGTHS,
    edited,
    uid_of,
    uids_in,
    write_case,
)

from seedbed.dicom import read_ct_series, read_dose, read_plan_file, read_structures
from seedbed.dicom.deidentification import Options
from seedbed.dicom.identity import IMPLEMENTATION_UID
from seedbed.errors import InputError, OutputError
from seedbed.journey import deidentifying
from seedbed.journey.deidentifying import Exported, deidentify_files


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_case(tmp_path_factory.mktemp("in") / "case")


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


def export(case: Path, folder: Path, seed: int = 5) -> Exported:
    return deidentify_files([case], folder / "out", key_file=folder / "key.csv", rng=seeded(seed))


@pytest.fixture(scope="module")
def clean(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return export(case, tmp_path_factory.mktemp("clean"))


def keys(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def patient_folder(clean: Exported) -> Path:
    (code,) = {name.split("/")[0] for name in clean.files}
    return clean.folder / code


def test_every_file_arrives_under_a_code(clean: Exported) -> None:
    assert sorted(name.split("/")[1] for name in clean.files) == [
        "CT-1",
        "RTDOSE-1",
        "RTPLAN-1",
        "RTSTRUCT-1",
    ]
    assert sum(clean.files.values()) == 9
    assert clean.left_out == ()
    assert len(list(clean.folder.rglob("*.dcm"))) == 9


def test_no_byte_of_the_originals_is_left(case: Path, clean: Exported) -> None:
    uids = {uid for path in case.rglob("*.dcm") for uid in uids_in(path)}
    spelled = [text.encode(code) for text in ORIGINALS for code in ("utf-8", "gb18030")]
    spelled = [text for text in spelled if len(text) > 4] + [
        *map(str.encode, DATES),
        b"WANGSCANNER",
        b"STUDY77",
    ]
    assert len(uids) > 15
    written = [path for path in clean.folder.rglob("*") if path.is_file()]
    assert len(written) == 10
    for path in written:
        content = path.read_bytes()
        assert [text for text in spelled if text in content] == []
        assert [uid for uid in uids if uid.encode() in content] == []
        assert not any(text in str(path.relative_to(clean.folder)) for text in (*ORIGINALS, *uids))


def test_descriptions_and_private_attributes_do_not_leak(clean: Exported) -> None:
    for path in clean.folder.rglob("*.dcm"):
        dataset = dcmread(path)
        assert not any(element.tag.is_private for element in dataset.iterall())
        named = {element.keyword for element in dataset.iterall() if element.value}
        assert not named & {
            "StudyDescription", "SeriesDescription", "PatientComments", "ImageComments", "PatientAge",
            "PatientBirthDate", "PatientAddress", "InstitutionAddress", "OtherPatientIDsSequence",
            "RequestedProcedureDescription", "RTPlanDescription", "PatientWeight",
        }  # fmt: skip
        assert path.read_bytes()[:128] == bytes(128)


def test_uids_hold_together_as_before(case: Path, clean: Exported) -> None:
    """Equal UIDs of the originals are equal after it, in whatever file and depth, and no others."""
    known = {_content(path): path for path in clean.folder.rglob("*.dcm")}
    pairs: set[tuple[str, str]] = set()
    for path in case.rglob("*.dcm"):
        old, new = dcmread(path), dcmread(known[_content(path)])
        assert new.StudyInstanceUID.startswith("2.25.")  # the study UID is there and new
        assert new.file_meta.MediaStorageSOPInstanceUID == new.SOPInstanceUID
        pairs.update(_uid_pairs(old, new))
    assert len({old for old, _ in pairs}) == len({new for _, new in pairs}) == len(pairs) > 12


def _content(path: Path) -> bytes:
    dataset = dcmread(path)
    keyword = {"RTSTRUCT": "ROIContourSequence", "RTPLAN": "ApplicationSetupSequence"}.get(dataset.Modality)
    return dataset.Modality.encode() + (b"" if keyword else dataset.PixelData)


def _uid_pairs(old: Dataset, new: Dataset) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for element in new:
        before = old.get(element.tag)
        if before is None:
            continue
        if element.VR == "SQ":
            assert len(element.value) in (0, len(before.value))
            for a, b in zip(before.value, element.value, strict=False):
                found |= _uid_pairs(a, b)
        elif element.VR == "UI" and not str(before.value).startswith("1.2.840.10008."):
            found.add((str(before.value), str(element.value)))
    return found


def test_intervals_hold_for_the_decay(clean: Exported) -> None:
    """14 days from the strengths' reference to the day of the plan, in the originals and after it."""
    plan = dcmread(next(clean.folder.rglob("RTPLAN-1/*.dcm")))
    days = [np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:]}") for day in _days(plan)]
    assert days[0] - days[1] == np.timedelta64(14, "D")
    assert plan.SourceSequence[0].SourceStrengthReferenceTime == "090000"
    shift = int(keys(clean.key_file)[0]["date_shift_days"])
    assert np.datetime64("2026-03-01") + shift == days[0]
    assert -3650 <= shift <= -30


def _days(plan: Dataset) -> tuple[str, str]:
    return plan.RTPlanDate, plan.SourceSequence[0].SourceStrengthReferenceDate


def test_seedbed_reads_the_same_treatment(case: Path, clean: Exported) -> None:
    folder = patient_folder(clean)
    before, after = read_ct_series(case / "ct"), read_ct_series(folder / "CT-1")
    np.testing.assert_array_equal(before.volume.hu, after.volume.hu)
    assert before.volume.grid == after.volume.grid
    old, new = (
        read_structures(case / "rs.dcm", before),
        read_structures(folder / "RTSTRUCT-1" / "0001.dcm", after),
    )
    assert list(new) == ["GTV 靶区", "ROI 2"]
    for a, b in zip(old.values(), new.values(), strict=True):
        assert [c.z_mm for c in a.contours] == [c.z_mm for c in b.contours]
        for c, d in zip(a.contours, b.contours, strict=True):
            np.testing.assert_array_equal(c.points_mm, d.points_mm)
    plans = [read_plan_file(path) for path in (case / "rp.dcm", folder / "RTPLAN-1" / "0001.dcm")]
    np.testing.assert_array_equal(plans[0].implant.positions_mm, plans[1].implant.positions_mm)
    np.testing.assert_array_equal(plans[1].implant.strengths_u, plans[0].implant.strengths_u)
    assert sorted(plans[1].implant.strengths_u) == sorted(STRENGTHS)
    assert plans[0].source.name == plans[1].source.name == "6711"
    assert plans[1].target == "GTV 靶区"
    assert plans[1].structure_set_uid == uid_of(folder / "RTSTRUCT-1" / "0001.dcm")
    doses = [read_dose(path) for path in (case / "rd.dcm", folder / "RTDOSE-1" / "0001.dcm")]
    np.testing.assert_array_equal(doses[0][0], doses[1][0])


def test_the_table_leads_back_and_only_its_owner_reads_it(case: Path, clean: Exported) -> None:
    patient, structure = keys(clean.key_file)
    assert (patient["patient_id"], patient["patient_name"]) == (PATIENT, "王^小明")
    assert patient["code"] == patient_folder(clean).name == structure["code"]
    assert (structure["new_name"], structure["original_name"]) == ("ROI 2", "Liuxiang drew")
    written = dcmread(next(clean.folder.rglob("RTSTRUCT-1/*.dcm")))
    assert structure["structure_set"] == written.SOPInstanceUID
    assert stat.S_IMODE(clean.key_file.stat().st_mode) == 0o600
    assert not clean.key_file.with_name("key.csv.lock").exists()


def test_a_patient_who_comes_again_keeps_the_code(case: Path, tmp_path: Path) -> None:
    first = export(case, tmp_path)
    (tmp_path / "out").rename(tmp_path / "earlier")
    write_case(tmp_path / "more" / "other", "Q77812", "Other^Person")
    both = [case / "ct", tmp_path / "more"]
    second = deidentify_files(both, tmp_path / "out", key_file=first.key_file, rng=seeded(6))
    rows = [row for row in keys(first.key_file) if row["patient_id"]]
    assert [row["patient_id"] for row in rows] == [PATIENT, "Q77812"]
    assert len({row["code"] for row in rows}) == len({row["secret"] for row in rows}) == 2
    for path in (tmp_path / "out" / rows[0]["code"]).rglob("*.dcm"):
        again = tmp_path / "earlier" / path.relative_to(tmp_path / "out")
        assert again.read_bytes() == path.read_bytes()
    assert set(first.files) - set(second.files) == {
        f"{rows[0]['code']}/{kind}-1" for kind in ("RTDOSE", "RTPLAN", "RTSTRUCT")
    }


def test_other_options_make_other_objects(case: Path, tmp_path: Path) -> None:
    """A patient keeps the code; no UID stands for two contents."""
    first = export(case, tmp_path)
    options = Options(keep_structure_names=False)
    second = deidentify_files([case], tmp_path / "other", key_file=first.key_file, options=options)
    assert patient_folder(first).name == patient_folder(second).name
    uids = [{uid for path in each.folder.rglob("*.dcm") for uid in uids_in(path)} for each in (first, second)]
    ours = {str(IMPLEMENTATION_UID)}
    assert uids[0] & uids[1] <= ours
    assert len(uids[0] - ours) == len(uids[1] - ours) > 10


def test_one_id_for_two_people_is_refused(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case")
    edited(tmp_path / "case" / "rd.dcm", lambda dataset: setattr(dataset, "PatientBirthDate", "19710203"))
    with pytest.raises(InputError, match="another birth date"):
        export(tmp_path / "case", tmp_path)
    assert not (tmp_path / "out").exists()


def test_what_may_hold_a_name_in_pixels_is_left_out_by_name(case: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    shutil.copytree(case, folder)
    burnt = edited(
        folder / "ct" / "ct_0001.dcm", lambda dataset: setattr(dataset, "BurnedInAnnotation", "YES")
    )
    document = edited(folder / "rd.dcm", lambda d: setattr(d, "SOPClassUID", EncapsulatedPDFStorage))
    (folder / "notes.txt").write_text("not DICOM")
    done = export(folder, tmp_path)
    reasons = {each.path: each.reason for each in done.left_out}
    assert set(reasons) == {burnt, document, folder / "notes.txt"}
    assert "Burned In Annotation" in reasons[burnt]
    assert "Encapsulated PDF" in reasons[document]
    assert sum(done.files.values()) == 7
    summary = json.loads((done.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["left_out"] == 3
    assert "ct_0001" not in json.dumps(summary)


def test_a_file_that_ends_too_early_is_left_out_by_name(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case")
    cut = tmp_path / "case" / "rd.dcm"
    cut.write_bytes(cut.read_bytes()[:-50])
    assert [each.path for each in export(tmp_path / "case", tmp_path).left_out] == [cut]


def test_a_face_is_warned_of(clean: Exported) -> None:
    assert any("face" in sentence for sentence in clean.warnings)


def test_nothing_is_exported_when_something_is_left(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cleaner that forgets one attribute: the search of what was written finds it."""
    honest = deidentifying.deidentify

    def forgetful(dataset: Dataset, *args: object, **kwargs: object) -> object:
        done = honest(dataset, *args, **kwargs)  # type: ignore[arg-type]
        done.dataset.ContrastBolusAgent = f"for {PATIENT}"
        return done

    monkeypatch.setattr(deidentifying, "deidentify", forgetful)
    with pytest.raises(InputError, match="ContrastBolusAgent"):
        export(case, tmp_path)
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.iterdir()) == []


def test_the_table_may_not_travel_with_the_export(case: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="would lie in the export"):
        deidentify_files([case], tmp_path / "out", key_file=tmp_path / "out" / "sub" / "key.csv")


def test_the_table_may_not_travel_with_an_earlier_export(case: Path, clean: Exported, tmp_path: Path) -> None:
    inside = clean.folder / "more" / "key.csv"
    with pytest.raises(OutputError, match="which holds an export"):
        deidentify_files([case], tmp_path / "out", key_file=inside)
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "export.json").write_text('{"seedbed": "1", "objects": {}}')
    with pytest.raises(OutputError, match="which holds an export"):
        deidentify_files([case], tmp_path / "out", key_file=plain / "key.csv")
    assert not inside.parent.exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["plain", "export.json"]


def test_another_result_beside_the_table_is_no_export(case: Path, tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text('{"seedbed": "1"}')
    (tmp_path / "export.json").write_text("[]")
    assert export(case, tmp_path).key_file.exists()


def test_the_table_may_not_lie_in_what_is_exported(case: Path, tmp_path: Path) -> None:
    shutil.copytree(case, tmp_path / "case")
    for key in (tmp_path / "case" / "key.csv", tmp_path / "case" / "deeper" / "key.csv"):
        with pytest.raises(OutputError, match=r"would lie in '.*case', which is read"):
            deidentify_files([tmp_path / "case"], tmp_path / "out", key_file=key)
        assert not key.exists()


def test_an_export_into_what_is_read_is_refused(case: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="which is read"):
        deidentify_files([case], case / "out", key_file=tmp_path / "key.csv")


def test_an_earlier_export_is_never_replaced(case: Path, tmp_path: Path) -> None:
    export(case, tmp_path)
    before = sorted((tmp_path / "out").rglob("*"))
    with pytest.raises(OutputError, match="not an empty folder"):
        export(case, tmp_path)
    assert sorted((tmp_path / "out").rglob("*")) == before


def test_a_stop_while_the_table_is_written_loses_nothing(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export(case, tmp_path)
    before = first.key_file.read_bytes()
    (tmp_path / "out").rename(tmp_path / "earlier")
    write_case(tmp_path / "other", "Q77812", "Other^Person")

    def stopped(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises(OutputError, match="No space left"):
        deidentify_files([tmp_path / "other"], tmp_path / "out", key_file=first.key_file)
    assert first.key_file.read_bytes() == before
    assert not (tmp_path / "out").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier", "key.csv", "other"]


def test_a_second_run_at_the_same_time_is_refused(case: Path, tmp_path: Path) -> None:
    (tmp_path / "key.csv.lock").touch()
    with pytest.raises(OutputError, match="in use by another run"):
        export(case, tmp_path)


def test_a_killed_run_leaves_what_the_manual_says(case: Path, tmp_path: Path) -> None:
    """Hidden copies and the lock; without them the next run goes well."""
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from seedbed.journey.deidentifying import deidentify_files\n"
        "case, folder = map(Path, sys.argv[1:])\n"
        "def kill(done, _total):\n"
        "    if done == 12: os.kill(os.getpid(), signal.SIGKILL)\n"
        "deidentify_files([case], folder / 'out', key_file=folder / 'key.csv', progress=kill)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, case, tmp_path], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    hidden, lock = sorted(tmp_path.iterdir())
    assert hidden.name.startswith(".out-")
    assert len(list(hidden.rglob("*.dcm"))) == 3
    assert lock.name == "key.csv.lock"
    with pytest.raises(OutputError, match=r"delete '.*key\.csv\.lock'"):
        export(case, tmp_path)
    lock.unlink()
    shutil.rmtree(hidden)
    assert sum(export(case, tmp_path).files.values()) == 9


def test_progress_reaches_its_end(case: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    deidentify_files(
        [case], tmp_path / "out", key_file=tmp_path / "key.csv", progress=lambda *step: steps.append(step)
    )
    assert [done for done, _ in steps] == list(range(1, 19))
    assert steps[-1] == (18, 18)
