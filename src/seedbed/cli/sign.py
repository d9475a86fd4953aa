"""The command ``seedbed sign``: freeze the record of a verification, or check one that is signed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.printing import print_json, say
from seedbed.errors import InputError

if TYPE_CHECKING:
    from seedbed.journey.signing import Signature

PAPER = (
    "Write the hash on the signed paper: who can write into the folder can change files and signatures, "
    "but not the paper."
)
PAPER_TO_COMPARE = "Compare the hash with the one on the signed paper."
NO_PROOF = "This shows later changes. It is no proof of who signed, and no electronic signature by law."


def sign(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that 'seedbed verify' wrote.")],
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who signs.")] = None,
    role: Annotated[str | None, typer.Option(help="In which role, such as physicist.")] = None,
    decision: Annotated[str | None, typer.Option(metavar="TEXT", help="What is decided, in words.")] = None,
    decided: Annotated[
        str | None, typer.Option(help="The same for machines: accept, top-up, repeat-ct or other.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Check a signed record; change nothing.")] = False,
    printed: Annotated[
        str | None, typer.Option(metavar="HASH", help="Compare with the hash on the paper, with --check.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Sign the record of a verification, so that later changes are seen; or check a signed one."""
    signing = {"--by": by, "--role": role, "--decision": decision, "--decided": decided}
    if check:
        given = [name for name, value in signing.items() if value is not None]
        if given:
            raise InputError(
                f"--check with {' and '.join(given)}", "one or the other", "leave one of them out"
            )
        _check(folder, printed, as_json)
        return
    if printed is not None:
        raise InputError("--printed without --check", "both of them", "add --check")
    if by is None or role is None or decision is None:
        lacking = [name for name, value in signing.items() if value is None and name != "--decided"]
        raise InputError(
            f"no {' and no '.join(lacking)}", "who signs, in which role, and what is decided", "give them"
        )
    _sign(folder, (by, role, decision, decided), as_json)


def _sign(folder: Path, said: tuple[str, str, str, str | None], as_json: bool) -> None:
    from seedbed.journey.signing import Statement, sign_record
    from seedbed.journey.signing.checking import signature_as_dict

    signature = sign_record(folder, Statement(*said))
    if as_json:
        print_json(signature_as_dict(signature))
        return
    say(f"Signed: {_line(signature)}")
    say(f"Hash:   {signature.short_hash}")
    say(f"Files:  {len(signature.files)}, in {folder.resolve()}; they are not to be changed any more")
    say(PAPER)
    say(NO_PROOF)


def _check(folder: Path, printed: str | None, as_json: bool) -> None:
    from seedbed.journey.signing import check_record, refuse_unsound

    found = check_record(folder, printed=printed)
    if as_json:
        print_json(found.to_dict())
    elif found.sound:
        for signature in found.signatures:
            say(f"Signed: {_line(signature)}")
            say(f"Hash:   {signature.short_hash}")
        say(f"Sound:  all {len(found.signatures[-1].files)} files are as they were signed.")
        say("The printed hash is that of this record." if printed else PAPER_TO_COMPARE)
    refuse_unsound(found)


def _line(signature: "Signature") -> str:
    decided = f" ({signature.decided})" if signature.decided else ""
    return f"{signature.by}, {signature.role}, {signature.signed_at}: {signature.decision}{decided}"
