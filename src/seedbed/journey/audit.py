"""Audit a published study that was typed in."""

from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

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


def audit_text(text: str) -> AuditReport:
    """Check the numbers of a paper that was typed into a text; see `audit_paper`.

    Parameters
    ----------
    text : str
        TOML of the form that `docs/audit.md` describes.

    Raises
    ------
    InputError
        The text cannot be understood; key and line are named.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "PAPER.toml"
        path.write_text(text, encoding="utf-8", newline="")
        return audit_paper(path)


def example_paper() -> str:
    """Return the typed paper that is shipped as an example.

    Examples
    --------
    >>> "10.3389/fendo.2025.1587412" in example_paper()
    True
    """
    return (files("seedbed.journey") / "data" / "founding-paper.toml").read_text(encoding="utf-8")
