"""The overall response at one visit from its parts: tables 1 and 2 of RECIST 1.1.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, section 4.4.1.
"""

from typing import Final

from seedbed.response.confirmation import Response

WITHOUT_TARGETS: Final[dict[Response, Response]] = {
    "CR": "CR",
    "NON-CR/NON-PD": "NON-CR/NON-PD",
    "NE": "NE",
    "PD": "PD",
}
"""Table 2: patients with no target lesion."""


def overall_response(target: Response | None, non_target: Response | None, *, new_lesion: bool) -> Response:
    """Return the overall response.

    Parameters
    ----------
    target : str or None
        Response of the targets; None without targets.
    non_target : str or None
        Response of the other lesions; None without such lesions, or where they are not judged.
    new_lesion : bool
        Whether a new lesion is there.

    Examples
    --------
    >>> overall_response("CR", "NE", new_lesion=False), overall_response(None, "CR", new_lesion=True)
    ('PR', 'PD')
    """
    if new_lesion or "PD" in (target, non_target):
        return "PD"
    if target is None:
        return WITHOUT_TARGETS[non_target or "NE"]
    if target == "CR" and non_target not in ("CR", None):
        return "PR"
    return target
