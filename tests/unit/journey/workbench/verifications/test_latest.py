"""Which calculation counts: one of the seeds that count now, the signed one first; and what that leaves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.unit.journey.workbench.verifications.kept import RUN, begun, keep_run
from tests.unit.journey.workbench.verifications.test_by_hand import ADD, MOVE, edit

from seedbed.journey.workbench.refusals import LockedError
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, search_of
from seedbed.journey.workbench.verifications.judgement import Judgement
from seedbed.journey.workbench.verifications.latest import current_run, is_stale, latest_of, refuse_signed
from seedbed.journey.workbench.verifications.shown import Run
from seedbed.journey.workbench.verifications.signing import Signer, sign_verification
from seedbed.journey.workbench.verifications.state import verification_row, verification_state

FIRST = Signer(by="A", role="physicist", decided="accept")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = begun(tmp_path / "0" / "verifications")
    keep_run(made, sheets=True)
    return made


def name_of(folder: Path) -> str:
    run = current_run(folder)
    assert run is not None
    return run.run.name


def signed(folder: Path) -> None:
    run = current_run(folder)
    assert run is not None
    sign_verification(run, FIRST, meaning="verified")


def test_a_calculation_counts_again_when_its_seeds_do(folder: Path) -> None:
    edit(folder, MOVE)
    keep_run(folder, "b" * 16, judgement_version=1, counted=[1, 2, 3], at="2026-01-07T10:00:00+00:00")
    assert (name_of(folder), verification_state(folder)["stale"]) == ("b" * 16, False)
    edit(folder, {"kind": "undo"})
    assert (name_of(folder), verification_state(folder)["stale"]) == (RUN, False)
    edit(folder, {"kind": "redo"})
    assert (name_of(folder), verification_state(folder)["stale"]) == ("b" * 16, False)


def test_a_signature_is_lost_by_a_change_of_seeds_alone_and_that_is_told(folder: Path) -> None:
    signed(folder)
    for place, more in enumerate(({"top_up": True}, {"top_up": True, "sheets": True}, {"sheets": True})):
        keep_run(folder, f"{place:016x}", at=f"2026-01-0{place + 7}T10:00:00+00:00", **more)
        state = verification_state(folder)
        assert (name_of(folder), len(state["signatures"]), state["signed_before"]) == (RUN, 1, [])
    edit(folder, ADD)
    state = verification_state(folder)
    assert (state["signatures"], [each["by"] for each in state["signed_before"]]) == ([], ["A"])
    edit(folder, {"kind": "undo"})
    state = verification_state(folder)
    assert (len(state["signatures"]), state["signed_before"]) == (1, [])


def test_what_is_signed_is_not_calculated_again_until_a_seed_changes(folder: Path) -> None:
    refuse_signed(folder)
    signed(folder)
    with pytest.raises(LockedError, match="signed"):
        refuse_signed(folder)
    edit(folder, ADD)
    refuse_signed(folder)


def test_a_list_shows_no_dose_of_other_seeds_and_counts_those_that_count_now(folder: Path) -> None:
    row = verification_row(folder)
    assert (row["stale"], row["found"], row["d90_gy"], row["v100_pct"]) == (False, 3, 55.0, 90.0)
    edit(folder, {"kind": "remove_seed", "seed": 1, "why": "a clip"})
    edit(folder, {"kind": "remove_seed", "seed": 2, "why": "a clip"})
    row = verification_row(folder)
    assert (row["stale"], row["found"], row["d90_gy"], row["v100_pct"]) == (True, 1, None, None)


@given(
    some.lists(some.tuples(some.integers(1, 3), some.sampled_from(["accepted", "refused"])), max_size=6),
    some.lists(some.integers(0, 6), min_size=1, max_size=5),
)
def test_no_calculation_of_other_seeds_counts_while_there_is_one_of_these(
    search: list[tuple[int, str]], versions: list[int]
) -> None:
    """Whatever was decided and calculated, in whatever order."""
    judgement = Judgement()
    for seed, state in search:
        judgement = judgement.changed(seed, state, by="A")
    runs = [_Search(Path("none"), Run("0" * 16, 0, None, False, "A", "0"))]
    for place, version in enumerate(versions, start=1):
        then = judgement.at_version(version)
        kept = tuple(seed for seed in (1, 2, 3) if then.state(seed) != "refused")
        runs.append(_Search(Path("none"), Run(f"{place:016x}", then.version, kept, False, "A", str(place))))
    latest = latest_of([*runs], judgement)
    assert latest is not None
    assert is_stale(judgement, search_of([*runs]), latest) == all(
        is_stale(judgement, search_of([*runs]), each) for each in runs
    )


class _Search(KeptRun):
    """A run of three seeds that lies nowhere."""

    def record(self) -> dict[str, object]:
        seeds = [{"number": each, "confidence": 0.9, "certain": True, "doubt": ""} for each in (1, 2, 3)]
        return {"seeds": seeds, "doubtful": [], "refused": []}


def test_without_a_calculation_none_counts(tmp_path: Path) -> None:
    made = begun(tmp_path / "0" / "verifications")
    assert current_run(made) is None
    assert kept_runs(made) == []
    refuse_signed(made)
