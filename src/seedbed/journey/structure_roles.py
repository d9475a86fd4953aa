"""Which structure is the target, which are organs, and what the files were."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from seedbed.dicom import choose
from seedbed.errors import StructureError, one_of
from seedbed.geometry import Structure
from seedbed.journey.places import files_below
from seedbed.journey.single_file import sha256

SKIN_MM = 3.0
OUTLINES = ("external", "body", "skin", "outline")
"""Names of structures that are the outline of the body: their outer shell is the organ 'skin'."""
ORGAN_KINDS = ("ORGAN", "AVOIDANCE", "")
"""Kinds of structures that needles keep clear of; one whose kind nobody said may be an organ."""
TARGET_NAMES = ("gtv", "ctv", "ptv", "itv")
"""How the names of target volumes begin where nobody said the kind."""


def only_name(structures: Mapping[str, Structure], name: str | None) -> str:
    """Return the wanted name; without one, the only structure there is."""
    if name is not None:
        return name
    if len(structures) == 1:
        return next(iter(structures))
    raise StructureError(
        f"no target was named and the structure set holds {len(structures)} structures",
        one_of(structures),
        "name the target with --target",
    )


def is_outline(structure: Structure) -> bool:
    """Whether a structure is the outline of the body."""
    return structure.kind == "EXTERNAL" or structure.name.casefold() in OUTLINES


def is_organ(structure: Structure) -> bool:
    """Whether needles keep clear of a structure: an organ, or one whose kind nobody said and no target."""
    unsaid_target = not structure.kind and structure.name.casefold().startswith(TARGET_NAMES)
    return structure.kind in ORGAN_KINDS and not unsaid_target


def skin_of(structure: Structure) -> Structure:
    """Return the skin: the outer shell of an outline."""
    return replace(structure.shell(SKIN_MM), name=f"Skin ({SKIN_MM:g} mm)")


def chosen_organs(
    others: Mapping[str, Structure], names: Sequence[str], *, target: str
) -> tuple[tuple[Structure, ...], list[str]]:
    """Return the organs, the skin last, and a sentence on structures that are none.

    Parameters
    ----------
    others : mapping of str to Structure
        All structures but the target.
    names : sequence of str
        Those that the user asked for; empty for all that are organs.
    target : str
        Name of the target, which is no organ.

    Raises
    ------
    StructureError
        The target among the names, or a name that is none of the structures.
    """
    if target in names:
        raise StructureError(
            f"'{target}' is target and organ", one_of([target, *others]), "leave it out of the organs"
        )
    if names:
        chosen = [choose(dict(others), name, "organ") for name in dict.fromkeys(names)]
    else:
        chosen = [e for e in others.values() if (is_outline(e) or is_organ(e)) and e.volume_mm3 > 0]
    outlines = sorted((each for each in chosen if is_outline(each)), key=lambda each: -each.volume_mm3)
    skins = [skin_of(each) for each in outlines[:1]]
    rest = [name for name, each in others.items() if each not in chosen]
    said = f"Needles may pass, and no goal judges: {', '.join(rest)}."
    return (*(each for each in chosen if not is_outline(each)), *skins), [said] if rest else []


def folder_hash(folder: Path) -> str:
    """SHA-256 of a folder: one digest over those of its files."""
    digest = hashlib.sha256()
    for path in files_below(folder):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def input_hashes(ct_folder: Path, structures_file: Path) -> dict[str, str]:
    """SHA-256 of what was read: the CT as one digest over its files, and the structure set."""
    return {"ct_folder": folder_hash(ct_folder), structures_file.name: sha256(structures_file)}
