"""Under which names the server is reached, which tells its own pages from others'."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from seedbed.errors import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Front:
    """The addresses of the server, as browsers see them.

    Attributes
    ----------
    origins : tuple of str
        As 'https://seedbed.hospital.local'; the first is where links lead.
    """

    origins: tuple[str, ...]

    @property
    def origin(self) -> str:
        """Where links lead."""
        return self.origins[0]

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS alone."""
        return self.origin.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """What the Host header may say."""
        return frozenset(urlsplit(each).netloc for each in self.origins)


def front_of(names: tuple[str, ...], port: int, *, scheme: str) -> Front:
    """Return the front of a server that is reached directly.

    Examples
    --------
    >>> front_of(("127.0.0.1", "::1"), 8643, scheme="http").origins
    ('http://127.0.0.1:8643', 'http://[::1]:8643')
    """
    shown = (f"[{name}]" if ":" in name else name.lower() for name in names)
    end = "" if port == USUAL_PORTS[scheme] else f":{port}"
    return Front(tuple(f"{scheme}://{name}{end}" for name in shown))


def front_of_proxy(origin: str) -> Front:
    """Return the front of a server behind a proxy.

    Raises
    ------
    InputError
        No origin, or one without TLS that is not this machine.

    Examples
    --------
    >>> front_of_proxy("https://Seedbed.hospital.local/").origin
    'https://seedbed.hospital.local'
    """
    try:
        parts = urlsplit(origin)
        name, port = parts.hostname, parts.port
    except ValueError:
        name, port, parts = None, None, urlsplit("")
    plain = not (parts.username or parts.query or parts.fragment or parts.path.strip("/"))
    known = parts.scheme in USUAL_PORTS and bool(name) and plain
    if not known or name is None or (parts.scheme == "http" and name not in LOOPBACK):
        raise InputError(
            f"the proxy's origin is '{origin}'",
            "what browsers show, as https://seedbed.hospital.local",
            "correct it; a proxy that others reach must speak TLS",
        )
    return front_of((name,), port or USUAL_PORTS[parts.scheme], scheme=parts.scheme)
