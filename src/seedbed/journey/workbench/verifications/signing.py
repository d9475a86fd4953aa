"""A verification signed by who made it and approved by somebody else; approval locks it.

The signatures are those of `seedbed.journey.signing`, in the folder of the results: the first says verified,
the second approved. They hold every file of it, the changes to its seeds among them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError, one_of
from seedbed.journey.signing import DECISIONS, Signature, Statement, check_record, sign_record
from seedbed.journey.signing.checking import refuse_unsound
from seedbed.journey.signing.places import signature_files
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.two_people import Signable, check_signer
from seedbed.journey.workbench.verifications.folder import KeptRun
from seedbed.journey.workbench.verifications.shown import CONTOURS, RUN, SHOWN

VERIFICATION: Final = Signable("verification", "verified", "begin another verification on the same CT")
OWN: Final = (CONTOURS, RUN, SHOWN)
"""Files for the page alone."""
ONE_PERSON: Final = "Single-user installation: no second person has looked."
PICTURES: Final = "pictures"


def _unnoted() -> None:
    """Write nothing down."""


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs, and what they decide.

    Attributes
    ----------
    by, role : str
    decided : {"accept", "top-up", "repeat-ct", "other"}
    remark : str
        In their words; may be empty.
    single_user : bool
        Whether this is an installation for one person.
    unsettled : int
        Seeds in doubt of which nobody has said anything.
    numbers : tuple of str
        Who corrected the number implanted, and who said why another one counts, in sentences.
    """

    by: str
    role: str
    decided: str
    remark: str = ""
    single_user: bool = False
    unsettled: int = 0
    numbers: tuple[str, ...] = ()


def sign_verification(
    run: KeptRun, signer: Signer, *, meaning: str, noted: Callable[[], None] = _unnoted
) -> Signature:
    """Sign the results of a verification; hold its lock, and know that they are of the seeds that count.

    Parameters
    ----------
    run : KeptRun
        With its sheets.
    signer : Signer
    meaning : {"verified", "approved"}
    noted : callable
        Writes down that it is signed; where it cannot, it is not.

    Raises
    ------
    LockedError, ForbiddenError, InputError
        It is approved, the same person would sign both, another signature is first, there are no sheets, or
        a file is not as it was written.
    OutputError
        The signature cannot be written.
    """
    if meaning not in VERIFICATION.meanings:
        known = VERIFICATION.meanings
        raise InputError(f"a signature that says '{meaning[:40]}'", one_of(known, meaning), "choose one")
    if signer.decided not in DECISIONS:
        came = f"the decision '{signer.decided[:40]}'"
        raise InputError(came, one_of(DECISIONS, signer.decided), "choose one of them")
    signed = [(each["meaning"], each["by"]) for each in signed_state(run, stale=False)["signatures"]]
    check_signer(VERIFICATION, signed, meaning, signer.by, single_user=signer.single_user)
    if not run.run.sheets:
        raise InputError(
            "a signature under results without their sheets",
            "sheets of the seeds that count",
            "write them first",
        )
    words = _statement(run, signer, meaning)
    noted()
    return sign_record(run.folder, Statement(signer.by, signer.role, words, signer.decided))


def _statement(run: KeptRun, signer: Signer, meaning: str) -> str:
    """Say what is signed, with what speaks against it."""
    dose = run.record()["dose"]
    goals = [] if dose is None else dose["goals"]
    missed = [_goal(each) for each in goals if each["hard"] and not each["met"]]
    text = [f"{meaning.capitalize()}: {signer.decided}.", signer.remark.strip()]
    text += [f"Hard goals missed: {', '.join(missed)}."] if missed else []
    text += [f"Seeds in doubt and not judged: {signer.unsettled}."] if signer.unsettled else []
    text += signer.numbers
    text += [ONE_PERSON] if signer.single_user else []
    return " ".join(each for each in text if each)


def _goal(goal: Mapping[str, Any]) -> str:
    """Say a goal in words."""
    return f"{goal['structure']} {goal['metric']} {goal['sense']} {goal['limit']:g} {goal['unit']}"


def signed_state(run: KeptRun, *, stale: bool) -> dict[str, Any]:
    """Return the signatures under the results of a run, and whether it is as it was signed.

    Parameters
    ----------
    run : KeptRun
    stale : bool
        Whether other seeds count now: then nothing is signed.
    """
    if stale or not signature_files(run.folder):
        return {"signatures": [], "approved": False, "unsound": []}
    check = check_record(run.folder)
    signatures = [
        {
            "meaning": meaning, "by": each.by, "role": each.role, "at": each.signed_at,
            "decided": each.decided, "decision": each.decision, "short_hash": each.short_hash,
            "version": run.run.judgement_version, "single_user": each.decision.endswith(ONE_PERSON),
        }
        for meaning, each in zip(VERIFICATION.meanings, check.signatures, strict=False)
    ]  # fmt: skip
    return {"signatures": signatures, "approved": len(signatures) > 1, "unsound": list(check.findings)}


def signed_before(runs: Sequence[KeptRun]) -> list[dict[str, Any]]:
    """Return the signatures under the calculation that was signed last, of which the seeds changed since."""
    signed = [each for each in runs if each.signed]
    return signed_state(signed[-1], stale=False)["signatures"] if signed else []


def run_files(run: KeptRun) -> list[dict[str, Any]]:
    """List what a run wrote for people and other programs: sheets, DICOM, lists, pictures, signatures."""
    found = [path for path in run.folder.iterdir() if path.is_file() and path.name not in OWN]
    pictures = run.folder / PICTURES
    found += [path for path in pictures.iterdir() if path.is_file()] if pictures.is_dir() else []
    return [
        {"name": path.relative_to(run.folder).as_posix(), "size_bytes": path.stat().st_size}
        for path in sorted(found)
    ]


def run_file(run: KeptRun, name: str) -> Path:
    """Return one of those files; of a signed run only where all of it is as it was signed.

    Raises
    ------
    NotFoundError
    InputError
        A signed file was changed.
    """
    if name not in {each["name"] for each in run_files(run)}:
        raise NotFoundError(f"no file '{name[:80]}'", "one of the verification", "look at the list")
    if signature_files(run.folder):
        refuse_unsound(check_record(run.folder))
    return run.folder / name
