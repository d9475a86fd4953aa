"""Audit a published study that was typed in."""

from pathlib import Path

from seedbed.cohort.auditing import AuditReport, audit_study, read_study


def audit_paper(path: Path) -> AuditReport:
    """Read a typed paper and check its numbers against each other.

    Parameters
    ----------
    path : Path
        A TOML file of the form that `docs/audit.md` describes.

    Returns
    -------
    AuditReport
        ``findings``, ``fine``, ``no_power``, ``counts`` and ``to_dict()``.

    Raises
    ------
    InputError
        The file cannot be read or understood; key and line are named.
    """
    return audit_study(read_study(path))
