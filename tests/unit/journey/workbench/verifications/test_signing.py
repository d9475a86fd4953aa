"""A verification signed by two people: what each signature holds, who may give it, and what is then seen."""

from pathlib import Path

import pytest
from tests.unit.journey.workbench.verifications.kept import begun, keep_run

from seedbed.errors import InputError
from seedbed.journey.signing import check_record
from seedbed.journey.workbench.refusals import ForbiddenError, LockedError, NotFoundError
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs
from seedbed.journey.workbench.verifications.signing import (
    Signer,
    run_file,
    run_files,
    sign_verification,
    signed_state,
)

FIRST = Signer(by="A", role="physicist", decided="accept", remark="No seed missing.", unsettled=2)
SECOND = Signer(by="B", role="clinician", decided="accept")


@pytest.fixture
def run(tmp_path: Path) -> KeptRun:
    made = begun(tmp_path / "0" / "verifications")
    keep_run(made, sheets=True)
    return kept_runs(made)[0]


def test_two_people_sign_all_files_and_what_speaks_against_it(run: KeptRun) -> None:
    sign_verification(run, FIRST, meaning="verified")
    state = signed_state(run, stale=False)
    assert not state["approved"]
    (first,) = state["signatures"]
    assert (first["meaning"], first["by"], first["version"], first["single_user"]) == (
        "verified", "A", 0, False
    )  # fmt: skip
    assert "Hard goals missed: target V100 at least 95 %." in first["decision"]
    assert "Seeds in doubt and not judged: 2." in first["decision"]
    sign_verification(run, SECOND, meaning="approved")
    assert signed_state(run, stale=False)["approved"]
    assert run.approved
    check = check_record(run.folder)
    assert check.sound
    assert {each.name for each in check.signatures[-1].files} >= {"verify.json", "run.json", "contours.json"}
    assert signed_state(run, stale=True)["signatures"] == []


def test_who_may_not_sign(run: KeptRun) -> None:
    with pytest.raises(InputError, match="unsigned verification"):
        sign_verification(run, SECOND, meaning="approved")
    sign_verification(run, FIRST, meaning="verified")
    with pytest.raises(InputError, match="A signed"):
        sign_verification(run, SECOND, meaning="verified")
    with pytest.raises(ForbiddenError):
        sign_verification(run, FIRST, meaning="approved")
    sign_verification(run, SECOND, meaning="approved")
    with pytest.raises(LockedError):
        sign_verification(run, Signer(by="C", role="x", decided="accept"), meaning="approved")


def test_one_person_signs_both_only_where_there_is_one_and_it_says_so(run: KeptRun) -> None:
    alone = Signer(by="A", role="only user", decided="top-up", single_user=True)
    for meaning in ("verified", "approved"):
        sign_verification(run, alone, meaning=meaning)
    signatures = signed_state(run, stale=False)["signatures"]
    assert [each["single_user"] for each in signatures] == [True, True]
    assert all("no second person has looked" in each["decision"] for each in signatures)


def test_without_sheets_nothing_is_signed(tmp_path: Path) -> None:
    made = begun(tmp_path / "0" / "verifications")
    keep_run(made)
    with pytest.raises(InputError, match="without their sheets"):
        sign_verification(kept_runs(made)[0], FIRST, meaning="verified")


@pytest.mark.parametrize(("meaning", "decided"), [("seen", "accept"), ("verified", "perhaps")])
def test_words_that_are_none(run: KeptRun, meaning: str, decided: str) -> None:
    with pytest.raises(InputError):
        sign_verification(run, Signer(by="A", role="x", decided=decided), meaning=meaning)


def test_files_are_given_as_they_were_signed_and_never_from_elsewhere(run: KeptRun) -> None:
    (run.folder / "pictures").mkdir()
    (run.folder / "pictures" / "overview.png").write_bytes(b"png")
    names = [each["name"] for each in run_files(run)]
    assert names == ["pictures/overview.png", "seeds.csv", "verify.json"]
    for name in ("run.json", "../asked.json", "pictures", "nothing.pdf"):
        with pytest.raises(NotFoundError):
            run_file(run, name)
    sign_verification(run, FIRST, meaning="verified")
    assert run_file(run, "verify.json").is_file()
    (run.folder / "pictures" / "overview.png").chmod(0o644)
    (run.folder / "pictures" / "overview.png").write_bytes(b"PNG")
    assert signed_state(run, stale=False)["unsound"] == ["'pictures/overview.png' was changed"]
    with pytest.raises(InputError, match="was changed"):
        run_file(run, "verify.json")
