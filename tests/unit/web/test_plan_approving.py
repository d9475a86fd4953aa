"""An approval is whole or not at all: however its job ends, the plan has it with its files, or is a draft."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in
from tests.unit.web.test_plans import NEEDLE, SLOW, START, approve, edited, ended, images

from seedbed.errors import OutputError
from seedbed.journey.filing import filing
from seedbed.journey.workbench.jobs import Jobs
from seedbed.journey.workbench.kinds import KINDS
from seedbed.journey.workbench.plan_approval import PlanSigner, keep_approval, signature_under, write_files
from seedbed.journey.workbench.plan_approving import run_approval
from seedbed.journey.workbench.plans import desk as desks
from seedbed.registry.accounts.jobs import Job, add_job

__all__ = ["images"]
APPROVE = {"version": 2, "meaning": "approved"}
KIND = "plan_approval"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, images: Path) -> Path:
    root = tmp_path_factory.mktemp("approving")
    with bench_at(root) as bench, filing(bench.workplace.store) as files:
        for path in sorted(images.rglob("*.dcm")):
            files.keep(path.read_bytes(), path.name)
    return root


@pytest.fixture
def slow(folder: Path) -> Iterator[Bench]:
    """A bench on which files are written when a file says so, and come to nothing."""
    (folder / "workplace" / "go").unlink(missing_ok=True)
    with bench_at(folder, kinds={KIND: SLOW}) as bench:
        yield bench


def planned(bench: Bench) -> tuple[dict[str, Any], TestClient]:
    """A plan that its maker has signed, and the clinician who is to approve it."""
    app = made(bench)
    page = signed_in(bench, app, "physicist")
    (row,) = page.get(f"{API}/cases").json()["cases"]
    begun = page.post(f"{API}/cases/{row['case']}/plans", json=START).json()
    plan = edited(page, begun, NEEDLE)
    signed = page.post(f"{API}/plans/{plan['plan']}/sign", json={"version": 2, "meaning": "planned"})
    assert signed.status_code == 200, signed.text
    return plan, signed_in(bench, app, "clinician")


def left(bench: Bench, plan: dict[str, Any]) -> set[str]:
    """What lies in the folder of a plan beside the plan."""
    folder = bench.workplace.cases / plan["case"] / "plans" / plan["plan"]
    return {path.name for path in folder.iterdir()} - {"draft.json", "structures.json"}


def unapproved(bench: Bench, page: TestClient, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan is a draft with one signature, in memory and on the disk, without files; returns why."""
    place = f"{API}/plans/{plan['plan']}"
    shown = page.get(place).json()
    assert (shown["state"], [each["meaning"] for each in shown["signatures"]]) == ("draft", ["planned"])
    (kept,) = bench.workplace.cases.glob(f"*/plans/{plan['plan']}/draft.json")
    signatures = json.loads(kept.read_text(encoding="utf-8"))["signatures"]
    assert [each["meaning"] for each in signatures] == ["planned"]
    assert left(bench, plan) == set()
    files = page.get(f"{place}/files").json()
    assert files["files"] == []
    return dict(files["approval"])


def test_while_it_is_approved_nobody_changes_it_and_a_second_is_told_who(slow: Bench) -> None:
    plan, clinician = planned(slow)
    place = f"{API}/plans/{plan['plan']}"
    job = clinician.post(f"{place}/sign", json=APPROVE)
    assert (job.status_code, job.json()["kind"]) == (202, KIND)
    second = signed_in(slow, made(slow), "physicist", "clinician")
    late = second.post(f"{place}/sign", json=APPROVE)
    assert (late.status_code, code_of(late)) == (423, "locked")
    assert "is being signed by clinician since 20" in late.text
    edit = second.post(f"{place}/edits", json={"version": 2, "edit": {"kind": "undo"}})
    assert (edit.status_code, code_of(edit)) == (423, "locked")
    assert code_of(second.delete(place, params={"version": 2})) == "locked"
    shown = second.get(f"{place}/files").json()
    assert (shown["approval"]["id"], shown["approval"]["by"]) == (job.json()["id"], "clinician")
    assert second.get(place).json()["state"] == "draft"
    clinician.delete(f"{API}/jobs/{job.json()['id']}")
    assert ended(clinician, job.json()["id"])["state"] == "stopped"
    assert unapproved(slow, clinician, plan)["state"] == "stopped"
    assert second.post(f"{place}/edits", json={"version": 2, "edit": {"kind": "undo"}}).json()["version"] == 3
    assert second.get(f"{place}/files").json()["approval"] is None


def test_refusals_come_before_the_job(slow: Bench) -> None:
    plan, clinician = planned(slow)
    place = f"{API}/plans/{plan['plan']}"
    before = len(clinician.get(f"{API}/jobs").json()["jobs"])
    stale = clinician.post(f"{place}/sign", json=APPROVE | {"version": 1})
    assert (stale.status_code, code_of(stale)) == (409, "changed_elsewhere")
    own = signed_in(slow, made(slow), "physicist").post(f"{place}/sign", json=APPROVE)
    assert (own.status_code, code_of(own)) == (403, "forbidden")
    assert len(clinician.get(f"{API}/jobs").json()["jobs"]) == before
    assert clinician.post(f"{place}/sign", json=APPROVE).status_code == 202


def test_a_job_without_the_files_approves_nothing(slow: Bench) -> None:
    plan, clinician = planned(slow)
    job = clinician.post(f"{API}/plans/{plan['plan']}/sign", json=APPROVE).json()
    (slow.workplace.folder / "go").touch()
    assert ended(clinician, job["id"])["state"] == "failed"
    assert "could not be put in their place" in unapproved(slow, clinician, plan)["error"]["came"]


def test_a_server_that_ends_meanwhile_leaves_a_draft_that_can_be_approved(folder: Path, slow: Bench) -> None:
    plan, clinician = planned(slow)
    clinician.post(f"{API}/plans/{plan['plan']}/sign", json=APPROVE)
    slow.jobs.close()
    del slow.workplace.__dict__["rooms"]
    why = unapproved(slow, clinician, plan)
    assert (why["state"], why["error"]["came"][:21]) == ("failed", "the server was ended ")


@pytest.fixture
def writing(folder: Path) -> Iterator[Bench]:
    with bench_at(folder, kinds={KIND: KINDS[KIND]}) as bench:
        yield bench


@pytest.mark.parametrize("fault", ["trail", "draft"])
def test_what_cannot_be_kept_at_the_end_is_not_approved_and_then_is(
    writing: Bench, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    plan, clinician = planned(writing)
    write, note = desks.write_draft, type(writing.workplace.trail).note

    def refuse_draft(at: Path, draft: Any) -> None:
        if draft.approved:
            raise OutputError("the disk is full", "room", "make room")
        write(at, draft)

    def refuse_note(trail: Any, who: str, what: str, **rest: str) -> Any:
        if what == "plan signed":
            raise OutputError("the disk is full", "room", "make room")
        return note(trail, who, what, **rest)

    with monkeypatch.context() as faulty:
        if fault == "draft":
            faulty.setattr(desks, "write_draft", refuse_draft)
        else:
            faulty.setattr(type(writing.workplace.trail), "note", refuse_note)
        job = clinician.post(f"{API}/plans/{plan['plan']}/sign", json=APPROVE).json()
        assert ended(clinician, job["id"])["state"] == "failed"
        why = unapproved(writing, clinician, plan)
    assert why["error"]["came"] == "the disk is full"
    approved = approve(clinician, plan)
    assert [each["by"] for each in approved["signatures"]] == ["physicist", "clinician"]
    assert left(writing, plan) == {"approved"}
    signed = [each for each in writing.workplace.trail.page()[1] if each.what == "plan signed"]
    assert (signed[0].who, signed[0].detail) == ("clinician", f"{plan['plan']}, version 2: approved")


def test_what_is_kept_stands_under_what_the_signer_saw(writing: Bench) -> None:
    """The record among the files, the plan and the job hold one signature, given when it was asked for."""
    plan, clinician = planned(writing)
    signature = approve(clinician, plan)["signatures"][-1]
    (record,) = writing.workplace.cases.glob(f"*/plans/{plan['plan']}/approved/approval.json")
    assert json.loads(record.read_text(encoding="utf-8"))["signatures"][-1] == signature
    job = writing.jobs.latest(KIND, {"plan": plan["plan"]})
    assert job is not None
    assert job.arguments["signature"] == signature
    assert signature["at"][:19] <= (job.ended or "")[:19]


def test_files_of_another_signature_are_not_taken(writing: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes what was written between its writing and the signature gets no approval."""
    from seedbed.journey.workbench import plan_approving

    keep = plan_approving.keep_approval

    def tampered(desk: Any, signature: dict[str, Any], **rest: Any) -> Any:
        record = desk.folder / "approval" / "approval.json"
        values = json.loads(record.read_text(encoding="utf-8"))
        values["signatures"][-1]["sha256"] = "0" * 64
        record.write_text(json.dumps(values), encoding="utf-8")
        return keep(desk, signature, **rest)

    monkeypatch.setattr(plan_approving, "keep_approval", tampered)
    plan, clinician = planned(writing)
    job = clinician.post(f"{API}/plans/{plan['plan']}/sign", json=APPROVE).json()
    assert ended(clinician, job["id"])["state"] == "failed"
    assert "another approval" in unapproved(writing, clinician, plan)["error"]["came"]


def signature_of(bench: Bench, plan: dict[str, Any]) -> dict[str, Any]:
    """The signature of an approval that is not kept."""
    signer = PlanSigner(by="clinician", single_user=False)
    return signature_under(bench.workplace.rooms.plan(plan["plan"]), signer, meaning="approved", version=2)


def test_a_disk_without_room_is_a_sentence(folder: Path) -> None:
    """Files are cut at 30 kB by the system itself; the reason is the system's, without a library's trace."""
    pytest.importorskip("resource")
    kinds = {KIND: "tests.unit.journey.workbench.synthetic_jobs:approve_without_room"}
    with bench_at(folder, kinds=kinds) as bench:
        plan, clinician = planned(bench)
        job = clinician.post(f"{API}/plans/{plan['plan']}/sign", json=APPROVE).json()
        assert ended(clinician, job["id"])["state"] == "failed"
        came = unapproved(bench, clinician, plan)["error"]["came"]
    assert came == "the files of the approval could not be put in their place (File too large)"


def test_a_word_to_stop_is_heard_at_every_step(writing: Bench) -> None:
    plan, _ = planned(writing)
    arguments = {"plan": plan["plan"], "signature": signature_of(writing, plan)}
    told: list[str] = []

    def tell(step: str, _done: int, _total: int) -> None:
        told.append(step)

    for heard in (0, 1, 3, 5):
        told.clear()
        assert run_approval(writing.workplace, arguments, tell, lambda: len(told) >= heard) is None  # noqa: B023
        assert len(told) == heard
        assert left(writing, plan) == set()
    assert run_approval(writing.workplace, arguments, tell, lambda: False) == {"plan": plan["plan"]}
    assert told[-1] == "Calculating dose"
    assert left(writing, plan) == {"approval"}


def test_what_a_killed_approval_left_is_taken_away_by_the_next(writing: Bench) -> None:
    plan, clinician = planned(writing)
    desk = writing.workplace.rooms.plan(plan["plan"])
    for name in (".approval-abc", "approval"):
        (desk.folder / name).mkdir()
        (desk.folder / name / "plan.dcm").write_bytes(b"half")
    approve(clinician, plan)
    assert left(writing, plan) == {"approved"}
    assert (desk.folder / "approved" / "plan.dcm").read_bytes() != b"half"


@pytest.mark.parametrize("signed", [True, False])
def test_an_approval_that_was_signed_before_the_server_died_is_done(writing: Bench, signed: bool) -> None:
    """The register then says that the job runs; the plan says whether it is approved."""
    plan, clinician = planned(writing)
    desk, signature = writing.workplace.rooms.plan(plan["plan"]), signature_of(writing, plan)
    if signed:
        write_files(desk, writing.workplace.rooms.case(plan["case"]), signature)
        keep_approval(desk, signature)
    arguments = {"plan": plan["plan"], "version": 2, "signature": signature}
    lost = Job(
        id=f"lost-{plan['plan']}", place=writing.workplace.id, kind=KIND, case_id=plan["case"],
        arguments=arguments, by="clinician", asked="2026-01-01T00:00:00Z", state="running",
    )  # fmt: skip
    gone = replace(lost, id=f"gone-{plan['plan']}", arguments=arguments | {"plan": "f" * 16})
    with writing.workplace.accounts.writing() as connection:
        for job in (lost, gone):
            add_job(connection, job)
    jobs = Jobs(writing.workplace, {})
    found, deleted = jobs.job(lost.id), jobs.job(gone.id)
    jobs.close()
    assert found.state == ("done" if signed else "failed")
    assert (found.result, found.error is None) == (
        ({"plan": plan["plan"]}, True) if signed else (None, False)
    )
    assert (deleted.state, deleted.result) == ("failed", None)
    assert clinician.get(f"{API}/plans/{plan['plan']}").json()["state"] == ("approved" if signed else "draft")
