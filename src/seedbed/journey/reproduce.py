"""Show which printed p-values of the paper come out again."""

from pathlib import Path

from seedbed.cohort import Audit, audit, read_published


def reproduce(folder: Path | None = None) -> Audit:
    """Recompute the published comparisons of three treatment groups and report row by row.

    Parameters
    ----------
    folder : Path, optional
        Typed tables and claims of another paper, laid out as `seedbed.cohort.read_published` reads them.

    Returns
    -------
    Audit
        ``rows``, ``summary`` and ``to_dict()`` with the keys ``paper``, ``rows`` and ``summary``.

    Raises
    ------
    InputError
        A file is missing or cannot be understood.

    Examples
    --------
    >>> report = reproduce().to_dict()
    >>> report["paper"]["doi"], report["rows"][0]["id"], report["rows"][0]["agrees"]
    ('10.3389/fendo.2025.1587412', 'gender', True)
    """
    return audit(read_published(folder))
