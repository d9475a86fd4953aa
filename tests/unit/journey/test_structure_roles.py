"""Which structure is what."""

from dataclasses import replace

import numpy as np
import pytest

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.journey.structure_roles import is_organ, is_outline, only_name, skin_of

SQUARE = 20.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
BOX = Structure("Trachea", (PlanarContour(0.0, SQUARE),), 2.0)


@pytest.mark.parametrize(
    ("name", "kind", "organ"),
    [
        ("Trachea", "ORGAN", True), ("Trachea", "", True), ("GTV2", "", False), ("ptv_120", "", False),
        ("Trachea", "PTV", False), ("GTV_scar", "AVOIDANCE", True), ("Couch", "SUPPORT", False),
    ],
)  # fmt: skip
def test_organs_by_kind_or_else_by_name(name: str, kind: str, organ: bool) -> None:
    assert is_organ(replace(BOX, name=name, kind=kind)) is organ


def test_the_outline_becomes_a_shell_of_skin() -> None:
    body = replace(BOX, name="BODY")
    assert is_outline(body)
    assert is_outline(replace(BOX, kind="EXTERNAL"))
    skin = skin_of(body)
    assert skin.volume_mm3 == pytest.approx(2.0 * (40.0**2 - 34.0**2))
    assert "Skin" in skin.name


def test_the_only_structure_needs_no_name() -> None:
    assert only_name({"GTV": BOX}, None) == "GTV"
    assert only_name({"GTV": BOX, "CTV": BOX}, "CTV") == "CTV"
    with pytest.raises(StructureError, match="2 structures"):
        only_name({"GTV": BOX, "CTV": BOX}, None)
