"""A published study, typed in, against its own arithmetic."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import StringConstraints

from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted

router = APIRouter(tags=["audit"])
LONGEST = 400_000
"""Signs of a typed paper, some twenty times the shipped one; local rule."""


class TypedPaper(Asked):
    """The text of a PAPER.toml."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


@router.post("/audit")
def audit(_visit: Admitted, asked: TypedPaper) -> dict[str, Any]:
    """Check the numbers of a typed paper against each other; nothing of it is kept."""
    from seedbed.journey.audit import audit_text  # statistics: not before they are asked for

    return audit_text(asked.text).to_dict()


@router.get("/audit/example")
def audit_example(_visit: Admitted) -> dict[str, Any]:
    """Return the typed paper that is shipped."""
    from seedbed.journey.audit import example_paper

    return {"text": example_paper()}
