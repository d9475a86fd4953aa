"""A plan signed by who made it, approved by somebody else; approval locks it and writes its DICOM objects."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from seedbed.dicom import DvhSet, write_structures
from seedbed.errors import InputError, one_of
from seedbed.journey.places import staged
from seedbed.journey.plan.objects import RTDOSE, RTPLAN, STRUCTURES, drawn_implant
from seedbed.journey.progress import silent
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
RECORD = "approval.json"


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
    if meaning not in PLAN.meanings:
        raise InputError(
            f"a signature that says '{meaning[:40]}'", one_of(PLAN.meanings, meaning), "choose one"
        )
    with desk.alone():
        desk.check_version(version)
        draft = desk.draft
        check_signer(draft, meaning, signer.by, single_user=signer.single_user)
        signature = {
            "meaning": meaning,
            "by": signer.by,
            "at": now(),
            "version": draft.version,
            "sha256": plan_hash(draft),
            "single_user": signer.single_user,
            "hard_goals_missed": desk.missed(),
        }
        signer.noted()
        if meaning == APPROVED:
            write_approved(desk, case, [*draft.signatures, signature])
        return desk.sign(signature)


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


def write_approved(desk: PlanDesk, case: OpenCase, signatures: list[dict[str, Any]]) -> Path:
    """Write structures with needles and seeds, plan and dose as DICOM; return the folder."""
    draft, parts, implant = desk.draft, desk.parts, desk.draft.implant
    drawn = {each.structure.name: each for each in desk.drawn}
    identity = case.ct.identity
    out = desk.folder / APPROVED
    with staged(out, holds=RECORD) as stage:
        structures = [each.structure for each in drawn.values()]
        uid = write_structures(
            structures, case.ct, stage / STRUCTURES, identity,
            types=[KINDS[each.role] for each in drawn.values()],
            implant=drawn_implant(implant, {name: each.structure for name, each in drawn.items()}),
        )  # fmt: skip
        implanted = datetime.combine(identity.made.date(), time(12))
        purpose = Purpose(identity, draft.start.prescription_gy, parts.target.name, uid, implanted)
        plan_uid = write_checked_plan(implant, parts.source, stage / RTPLAN, purpose)
        dvhs, _ = judged(parts.goals, parts.source, implant, samples_of_record(parts.target, parts.organs))
        numbers = {name: place for place, name in enumerate(drawn, start=1)}
        named = {parts.target.name if name == TARGET else name: dvh for name, dvh in dvhs.items()}
        kept = DvhSet(uid, {numbers[name]: dvh for name, dvh in named.items() if name in numbers})
        write_checked_dose(
            parts.source, implant, parts.target, stage / RTDOSE,
            identity=identity, plan_uid=plan_uid, dvhs=kept, progress=silent,
        )  # fmt: skip
        record = {"plan": draft.plan, "signatures": signatures, "start": asdict(draft.start)}
        text = json.dumps(record | implant_dict(implant), ensure_ascii=False, indent=2)
        (stage / RECORD).write_text(text + "\n", encoding="utf-8")
    return out


def approved_files(desk: PlanDesk) -> list[Path]:
    """Return the files of an approved plan; none where it is not approved."""
    folder = desk.folder / APPROVED
    return sorted(path for path in folder.iterdir() if path.is_file()) if desk.draft.approved else []
