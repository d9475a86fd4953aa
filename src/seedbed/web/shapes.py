"""What routes take: the ground of all models of requests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A short text that names something."""


class Asked(BaseModel):
    """A request's body: nothing unknown in it, and no number that is none or infinite.

    Examples
    --------
    >>> class Move(Asked):
    ...     dose_gy: float
    >>> Move(dose_gy=120).dose_gy
    120.0
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)
