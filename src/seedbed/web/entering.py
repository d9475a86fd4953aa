"""How this machine's user comes in where nobody has an account: by an address that works once."""

import hmac
from collections.abc import Callable
from getpass import getuser
from threading import Lock

from seedbed.journey.workbench.refusals import NotSignedInError
from seedbed.journey.workbench.signing_in import new_token

Told = Callable[[str], None]


class Entrance:
    """Gives out a token that signs in once, and the next one when it was used.

    Parameters
    ----------
    told : callable
        Takes each new token but the first, to show it where only this machine's user sees it.

    Examples
    --------
    >>> shown = []
    >>> entrance = Entrance(shown.append)
    >>> first = entrance.token
    >>> entrance.use(first)
    >>> shown == [entrance.token] and entrance.token != first
    True
    """

    def __init__(self, told: Told) -> None:
        self.name, self.token = user_name(), new_token()
        self._told, self._using = told, Lock()

    def use(self, token: str) -> None:
        """Use a token up.

        Raises
        ------
        NotSignedInError
            It is not the present one.
        """
        with self._using:
            if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
                raise NotSignedInError(
                    "this address was used before, or never was one",
                    "the latest address that 'seedbed serve' printed",
                    "open that one, or start 'seedbed serve' again",
                )
            self.token = new_token()
        self._told(self.token)


def user_name() -> str:
    """Name of this machine's user, as the system tells it."""
    try:
        return getuser()
    except (OSError, KeyError):  # a user without an entry, as in some containers
        return "local user"
