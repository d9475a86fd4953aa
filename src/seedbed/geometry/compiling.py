"""How functions are compiled: without holding the interpreter, and kept on disk where that is possible."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Compile a function with Numba at its first call; keep the result on disk, or in memory only.

    The result is kept beside the source or in the user's cache folder. Where neither can be written (a
    read-only installation and no home), each new process compiles again.

    Parameters
    ----------
    function : callable
    **options
        Of ``numba.njit``.

    Examples
    --------
    >>> @compiled
    ... def twice(x):
    ...     return 2 * x
    >>> twice(21)
    42
    """
    if function is None:
        return lambda each: compiled(each, **options)
    try:
        return njit(function, cache=True, nogil=True, **options)
    except RuntimeError:  # no place for the cache
        return njit(function, nogil=True, **options)
