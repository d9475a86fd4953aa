"""Notes that begin with a count, right for one and for many."""


def noted(count: int, one: str, more: str) -> list[str]:
    """Return a note on so many; none where there is nothing to say.

    Parameters
    ----------
    count : int
    one, more : str
        What follows the number 1, and any other.

    Examples
    --------
    >>> [noted(count, "visit is left out", "visits are left out") for count in (0, 1, 3)]
    [[], ['1 visit is left out'], ['3 visits are left out']]
    """
    return [f"{count} {one if count == 1 else more}"] if count else []
