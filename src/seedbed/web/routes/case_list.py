"""The list of cases: CT series of the store. It opens none of them, and is there as soon as the server is."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from seedbed.journey.workbench.case_list import case_dict
from seedbed.journey.workbench.encoded import encoded
from seedbed.web.answers import kept_answer
from seedbed.web.visit import Admitted

router = APIRouter(tags=["cases"])


@router.get("/cases")
def cases(
    visit: Admitted, request: Request, patient: Annotated[str | None, Query(max_length=64)] = None
) -> Response:
    """List the CT series of the store, newest first."""
    rooms = visit.workplace.rooms
    if patient is None:
        return kept_answer(request, rooms.listed_encoded())
    return kept_answer(request, encoded({"cases": [case_dict(row) for row in rooms.listed(patient)]}))
