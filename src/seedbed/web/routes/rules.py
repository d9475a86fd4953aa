"""The rules of care as tables: what is asked of every patient, and where it stands."""

from typing import Any

from fastapi import APIRouter

from seedbed.journey.workbench.clinic.rules import prescription_rules, screening_rules
from seedbed.web.visit import Admitted

router = APIRouter(tags=["rules"])


@router.get("/rules/screening")
def screening(visit: Admitted) -> dict[str, Any]:
    """Return the criteria of inclusion and exclusion, each with its source."""
    del visit
    return screening_rules()


@router.get("/rules/prescription")
def prescription(visit: Admitted) -> dict[str, Any]:
    """Return the doses and the activities by rule, each with its source."""
    del visit
    return prescription_rules()
