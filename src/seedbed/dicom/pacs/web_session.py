"""A line to a DICOMweb archive: secured, bounded in time, tried again when it fails."""

import ipaddress
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from dicomweb_client.api import DICOMwebClient
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, SSLError, TooManyRedirects

from seedbed.dicom.pacs.answers import LARGEST_OBJECT
from seedbed.dicom.pacs.settings import Tls, WebPeer
from seedbed.dicom.pacs.tls import asking_context
from seedbed.dicom.pacs.trying import LostError, persist
from seedbed.dicom.pacs.web_parts import BrokenMessageError
from seedbed.errors import InputError, PacsError

T = TypeVar("T")
JSON_TYPE = "application/dicom+json"
PASSING_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
"""RFC 9110, 15.5.9 and 15.6, and RFC 6585, 4: what may go well later; the choice is a local rule."""
PASSING_ERRORS = (
    requests.ConnectionError,
    requests.Timeout,
    ChunkedEncodingError,
    ContentDecodingError,
    BrokenMessageError,
)
REFUSED_STATUSES = frozenset({401, 403})
PIECE = 1 << 16

for library in ("dicomweb_client", "retrying"):
    logging.getLogger(library).addHandler(logging.NullHandler())


@dataclass(frozen=True)
class WebLine:
    """An open line to one archive."""

    peer: WebPeer
    session: requests.Session
    client: DICOMwebClient

    def get(self, place: str, accept: str) -> tuple[str, bytes]:
        """Get the type and content of an answer of status 200 from below the address of the archive.

        Raises
        ------
        InputError
            There is more of it than one object may have.
        """
        url, headers = f"{self.peer.url}/{place}", {"Accept": accept}
        with self.session.get(url, headers=headers, timeout=self.peer.timeout_s, stream=True) as response:
            response.raise_for_status()
            return response.headers.get("Content-Type", ""), self._content(response)

    def _content(self, response: requests.Response) -> bytes:
        parts, size = list[bytes](), 0
        for part in response.iter_content(PIECE):
            size += len(part)
            if size > LARGEST_OBJECT:
                raise InputError(
                    f"'{self.peer.name}' at {self.peer.url} sends more than {LARGEST_OBJECT} bytes at once",
                    "one object of at most that size",
                    "have that object split by whoever runs the archive",
                )
            parts.append(part)
        return b"".join(parts)

    def post(self, place: str, body: bytes, content_type: str) -> requests.Response:
        """Post to below the address of the archive; the answer may be a refusal."""
        headers = {"Content-Type": content_type, "Accept": JSON_TYPE}
        return self.session.post(
            f"{self.peer.url}/{place}", data=body, headers=headers, timeout=self.peer.timeout_s
        )

    def ask(self, act: Callable[[], T]) -> T:
        """Do what ``act`` says, again after a pause while the fault may pass.

        Raises
        ------
        PacsError
            With the address and what the archive answered; the cause is what was raised.
        """

        def once() -> T:
            try:
                return act()
            except (OSError, BrokenMessageError) as error:
                raise _refusal(self.peer, error) from error

        return persist(self.peer, once)


@contextmanager
def line_to(peer: WebPeer) -> Iterator[WebLine]:
    """Open a line. Proxies, password files and redirections are not followed: data stay between the two."""
    with _Session() as session:
        session.trust_env = False
        session.max_redirects = 0
        session.auth = _credentials(peer)
        if peer.encrypted:
            tls = peer.tls or Tls()
            session.mount("https://", _Secured(tls))
            session.verify = str(tls.ca) if tls.ca else True
        client = DICOMwebClient(peer.url, session, permissive_uid=True, timeout=peer.timeout_s)
        client.set_http_retry_params(retry=False)  # it would try again with a body that is used up
        yield WebLine(peer, session, client)


class _Session(requests.Session):
    """Sends wildcards and commas as they are (RFC 3986, 3.4): some archives do not decode addresses.

    The header Host is left to the address: dicomweb-client writes it without the port (RFC 9110, 7.2).
    """

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        prepared = super().prepare_request(request)
        prepared.headers.pop("Host", None)
        prepared.url = (prepared.url or "").replace("%2A", "*").replace("%2C", ",")
        return prepared


class _Secured(HTTPAdapter):
    """Encrypts as the settings say."""

    def __init__(self, tls: Tls) -> None:
        self._context = asking_context(tls)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)


def of_one_instance(refusal: PacsError) -> bool:
    """Say whether an archive refused one instance only, so that others may go well."""
    cause = refusal.__cause__
    if isinstance(cause, requests.HTTPError) and cause.response is not None:
        return cause.response.status_code not in REFUSED_STATUSES
    return isinstance(cause, BrokenMessageError)


def _may_pass(error: Exception) -> bool:
    """Say whether the same request may go well a little later."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return error.response.status_code in PASSING_STATUSES
    return isinstance(error, PASSING_ERRORS) and not isinstance(error, SSLError)


def _credentials(peer: WebPeer) -> tuple[str, str] | None:
    """Take the password from the environment; refuse to send it in clear."""
    if not peer.user:
        return None
    if not peer.encrypted and not _is_here(urlsplit(peer.url).hostname or ""):
        raise InputError(
            f"the address {peer.url} of '{peer.name}' is not encrypted, and a password would go over it",
            "an address that begins with https",
            "ask the archive for its https address",
        )
    password = os.environ.get(peer.password_env or "")
    if not password:
        raise InputError(
            f"the environment variable {peer.password_env!r} is empty",
            f"the password of user '{peer.user}' of '{peer.name}'",
            "set it before you start Seedbed",
        )
    return _as_sent(peer.user), _as_sent(password)


def _as_sent(text: str) -> str:
    """Have UTF-8 sent (RFC 7617, 2.1) by what encodes in Latin-1."""
    return text.encode().decode("latin-1")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refusal(peer: WebPeer, error: Exception) -> PacsError:
    kind = LostError if _may_pass(error) else PacsError
    at = f"'{peer.name}' at {peer.url}"
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _answered(peer, error.response, kind)
    if isinstance(error, SSLError):
        return kind(
            f"no secure connection to {at} ({_root(error)})",
            "certificates that both sides trust",
            "check ca, certificate and key in the settings",
        )
    if isinstance(error, requests.Timeout):
        return kind(
            f"{at} does not answer within {peer.timeout_s:g} s",
            "an archive that can be reached",
            "check the network, or allow more time in the settings (timeout_s)",
        )
    if isinstance(error, TooManyRedirects):
        return kind(
            f"{at} sends on to another address", "the address of the archive itself", "correct the settings"
        )
    if isinstance(error, BrokenMessageError | requests.JSONDecodeError):
        return kind(
            f"the answer of {at} cannot be read ({error})", "an answer of DICOMweb", "check the address"
        )
    return kind(
        f"no connection to {at} ({_root(error)})",
        "an archive that can be reached",
        "check address, port and network",
    )


def _answered(peer: WebPeer, response: requests.Response, kind: type[PacsError]) -> PacsError:
    """Tell the status, and the address without its query, which may name a patient."""
    status, address = response.status_code, response.url.partition("?")[0]
    if status in REFUSED_STATUSES:
        return kind(
            f"'{peer.name}' refuses user '{peer.user or ''}' at {address} (HTTP {status})",
            "a user and a password that the archive accepts",
            "check the user in the settings and the password in the environment",
        )
    return kind(
        f"'{peer.name}' answers HTTP {status} {response.reason} at {address}",
        "HTTP 200",
        "check the address and the identifiers, or ask whoever runs the archive",
    )


def _root(error: BaseException) -> str:
    """Return the innermost reason, in one line."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
