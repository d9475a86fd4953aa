"""A plan signed by who made it, approved by somebody else; approval locks it and writes its DICOM objects.

An approval is one act: what it gives is written beside the plan, and counts when the signature is kept.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from seedbed.dicom import DvhSet, write_structures
from seedbed.errors import InputError, OutputError, one_of
from seedbed.journey.places import staged
from seedbed.journey.plan.objects import RTDOSE, RTPLAN, STRUCTURES, drawn_implant
from seedbed.journey.progress import Progress, silent
from seedbed.journey.workbench.drawn import KINDS
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import Draft, implant_dict, now
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.journey.workbench.two_people import APPROVED, Signable
from seedbed.journey.workbench.two_people import check_signer as check_two_people
from seedbed.journey.written_plan import Purpose, write_checked_dose, write_checked_plan
from seedbed.planning.goals import TARGET
from seedbed.planning.plan import judged, samples_of_record

PLAN: Final = Signable("plan", "planned", "copy it")
RECORD, READY = "approval.json", "approval"
"""Who signed, among the files of an approval; and their folder before they are signed."""
Signature = dict[str, Any]


def _unnoted() -> None:
    """Write nothing down."""


@dataclass(frozen=True, kw_only=True)
class PlanSigner:
    """Who signs a plan.

    Attributes
    ----------
    by : str
    single_user : bool
        Whether this is an installation for one person: both signatures are then theirs, and say so.
    noted : callable
        Writes down that it is signed; where it cannot, it is not.
    """

    by: str
    single_user: bool
    noted: Callable[[], None] = _unnoted


def sign_plan(
    desk: PlanDesk, case: OpenCase, signer: PlanSigner, *, meaning: str, version: int
) -> dict[str, Any]:
    """Sign the version of a plan that was seen; approval needs another person's signature below it.

    Parameters
    ----------
    desk : PlanDesk
    case : OpenCase
    signer : PlanSigner
    meaning : {"planned", "approved"}
    version : int

    Raises
    ------
    ChangedElsewhereError, LockedError, ForbiddenError, InputError
        Another version is kept, it is approved, the same person would sign both, or there is no seed.
    OutputError
        What was written is not what was read again; the plan stays unsigned.
    """
    with desk.alone(signer.by):
        signature = signature_under(desk, signer, meaning=meaning, version=version)
        if meaning == APPROVED:
            write_files(desk, case, signature)
            return keep_approval(desk, signature, noted=signer.noted)
        signer.noted()
        return desk.sign(signature)


def signature_under(desk: PlanDesk, signer: PlanSigner, *, meaning: str, version: int) -> Signature:
    """Write the signature that somebody gives to the version of a plan that was seen; it is not kept yet.

    Raises
    ------
    ChangedElsewhereError, LockedError, ForbiddenError, InputError
        As `sign_plan`.
    """
    if meaning not in PLAN.meanings:
        raise InputError(
            f"a signature that says '{meaning[:40]}'", one_of(PLAN.meanings, meaning), "choose one"
        )
    desk.check_version(version)
    draft = desk.draft
    check_signer(draft, meaning, signer.by, single_user=signer.single_user)
    return {
        "meaning": meaning,
        "by": signer.by,
        "at": now(),
        "version": draft.version,
        "sha256": plan_hash(draft),
        "single_user": signer.single_user,
        "hard_goals_missed": desk.missed(),
    }


def check_signer(draft: Draft, meaning: str, by: str, *, single_user: bool) -> None:
    """Refuse a signature that may not be given.

    Raises
    ------
    LockedError, ForbiddenError, InputError
        The plan is approved, the same person would sign both, there is no seed, another signature is first.
    """
    signed = [(each["meaning"], each["by"]) for each in draft.signatures]
    if not draft.approved and not draft.implant.count:
        raise InputError("a plan without a seed", "at least one", "plan it first")
    check_two_people(PLAN, signed, meaning, by, single_user=single_user)


def plan_hash(draft: Draft) -> str:
    """SHA-256 of what a signature stands for: what was asked, and every seed and needle."""
    content = {"start": asdict(draft.start), **implant_dict(draft.implant)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_signed(desk: PlanDesk, signature: Signature) -> None:
    """Refuse a signature that was given to something else than the plan as it is.

    Raises
    ------
    ChangedElsewhereError, LockedError, ForbiddenError, InputError
        As `sign_plan`.
    """
    draft = desk.draft
    desk.check_version(signature["version"])
    check_signer(draft, signature["meaning"], signature["by"], single_user=signature["single_user"])
    if plan_hash(draft) != signature["sha256"]:
        raise InputError(
            "a signature under other seeds than those of the plan",
            "the plan that the signer saw",
            "load the plan again, and sign it again",
        )


def write_files(desk: PlanDesk, case: OpenCase, signature: Signature, *, progress: Progress = silent) -> Path:
    """Write what an approval gives, beside the plan: it counts when `keep_approval` has put it in its place.

    Structures with needles and seeds, plan and dose as DICOM, and the signatures.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    SeedbedError
        The plan is not the one that was signed, or something cannot be written or read again.
    """
    check_signed(desk, signature)
    draft, parts, implant = desk.draft, desk.parts, desk.draft.implant
    drawn = {each.structure.name: each for each in desk.drawn}
    identity = case.ct.identity
    out = desk.folder / READY
    for left in _unsigned(desk):  # of an approval that came to nothing
        shutil.rmtree(left, ignore_errors=True)
    with _putting(), staged(out) as stage:
        progress("Writing plan and structures", 0, 2)
        structures = [each.structure for each in drawn.values()]
        uid = write_structures(
            structures, case.ct, stage / STRUCTURES, identity,
            types=[KINDS[each.role] for each in drawn.values()],
            implant=drawn_implant(implant, {name: each.structure for name, each in drawn.items()}),
        )  # fmt: skip
        progress("Writing plan and structures", 1, 2)
        implanted = datetime.combine(identity.made.date(), time(12))
        purpose = Purpose(identity, draft.start.prescription_gy, parts.target.name, uid, implanted)
        plan_uid = write_checked_plan(implant, parts.source, stage / RTPLAN, purpose)
        progress("Writing plan and structures", 2, 2)
        dvhs, _ = judged(parts.goals, parts.source, implant, samples_of_record(parts.target, parts.organs))
        numbers = {name: place for place, name in enumerate(drawn, start=1)}
        named = {parts.target.name if name == TARGET else name: dvh for name, dvh in dvhs.items()}
        kept = DvhSet(uid, {numbers[name]: dvh for name, dvh in named.items() if name in numbers})
        write_checked_dose(
            parts.source, implant, parts.target, stage / RTDOSE,
            identity=identity, plan_uid=plan_uid, dvhs=kept, progress=progress,
        )  # fmt: skip
        record = {
            "plan": draft.plan,
            "signatures": [*draft.signatures, signature],
            "start": asdict(draft.start),
        }
        text = json.dumps(record | implant_dict(implant), ensure_ascii=False, indent=2)
        (stage / RECORD).write_text(text + "\n", encoding="utf-8")
    return out


def keep_approval(
    desk: PlanDesk, signature: Signature, *, noted: Callable[[], None] = _unnoted
) -> dict[str, Any]:
    """Put the signature under a plan whose files are written: both are there from now on, or neither.

    Files without a signature are none: `approved_files` gives those of an approved plan alone. Hold
    `PlanDesk.alone` from the signature on.

    Raises
    ------
    SeedbedError
        The plan or its files are not those that were signed, or something cannot be written; it is not
        approved then.
    """
    check_signed(desk, signature)
    ready, out = desk.folder / READY, desk.folder / APPROVED
    try:
        with _putting():
            _check_ready(ready, signature)
            shutil.rmtree(out, ignore_errors=True)  # without a signature, as the plan has none
            ready.rename(out)
            noted()
            return desk.sign(signature)
    finally:
        put_off(desk)


def put_off(desk: PlanDesk) -> None:
    """Take away what was written for an approval that came to nothing; files of an approved plan stay."""
    if not desk.draft.approved:
        for folder in (*_unsigned(desk), desk.folder / APPROVED):
            shutil.rmtree(folder, ignore_errors=True)


def _unsigned(desk: PlanDesk) -> list[Path]:
    """Return the folders of approvals that are not signed: whole, or broken off while they were written."""
    return [desk.folder / READY, *desk.folder.glob(f".{READY}-*")]


@contextmanager
def _putting() -> Iterator[None]:
    """Tell in a sentence that files of an approval cannot be written or put in their place."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"the files of the approval could not be put in their place ({_reason(error)})",
            "a folder that can be written, with room",
            "check the disk of the workplace, and approve the plan again",
        ) from error


def _reason(error: OSError) -> str:
    """Return what the system says, also where a library has wrapped it in words of its own."""
    first: BaseException = error
    while isinstance(first.__cause__, OSError):
        first = first.__cause__
    return getattr(first, "strerror", None) or str(error).partition("\n")[0]


def _check_ready(ready: Path, signature: Signature) -> None:
    """Refuse files that were written under another signature, or are not all there."""
    record = json.loads((ready / RECORD).read_text(encoding="utf-8"))
    whole = all((ready / name).is_file() for name in (STRUCTURES, RTPLAN, RTDOSE))
    if not whole or record["signatures"][-1] != signature:
        raise OutputError(
            "files of another approval than the one that was given",
            "those that were written for it",
            "approve the plan again",
        )


def approved_files(desk: PlanDesk) -> list[Path]:
    """Return the files of an approved plan; none where it is not approved."""
    folder = desk.folder / APPROVED
    return sorted(path for path in folder.iterdir() if path.is_file()) if desk.draft.approved else []
