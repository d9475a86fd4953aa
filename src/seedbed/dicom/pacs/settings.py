"""The settings file: who we are on the network, and the systems we talk to."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from seedbed.dicom.pacs.sections import Section
from seedbed.errors import InputError, one_of
from seedbed.tables.reader import read_text

LOOPBACK = "127.0.0.1"
PORT = 11112
"""The port registered for DICOM without privileges (PS3.8, 9.1.1)."""
HIGHEST_PORT = 65535
TIMEOUT_S, RETRIES = 30.0, 3
LONGEST_TIMEOUT_S, MOST_RETRIES = 3600, 20
"""Local rule: beyond these a number is a slip or in another unit."""
ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

WEB_ADDRESS = "an address such as 'https://pacs.local/dicom-web' without a password"

HERE_KEYS = ("ae_title", "port", "bind", "allowed_callers", "tls")
DIMSE_KEYS = ("ae_title", "host", "port", "tls", "timeout_s", "retries")
WEB_KEYS = ("url", "user", "password_env", "tls", "timeout_s", "retries")
TLS_FILES = ("ca", "certificate", "key")


@dataclass(frozen=True)
class Tls:
    """Files (PEM) by which two systems prove to each other who they are.

    Attributes
    ----------
    ca : Path or None
        Certificates that the other one's must be signed by; the machine's own list without it.
    certificate, key : Path or None
        Our certificate and its private key.
    server_name : str
        Name in the other's certificate, where it is not its host name (DIMSE only).
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    server_name: str = ""


@dataclass(frozen=True)
class Here:
    """Who we are on the network.

    Attributes
    ----------
    ae_title : str
        Our application entity title.
    port : int
        Port that `receive` listens on.
    bind : str
        Address that `receive` listens on; loopback unless another is stated.
    allowed_callers : tuple of str
        AE titles that may send; any when empty.
    tls : Tls or None
        For what we receive.
    """

    ae_title: str = "SEEDBED"
    port: int = PORT
    bind: str = LOOPBACK
    allowed_callers: tuple[str, ...] = ()
    tls: Tls | None = None


@dataclass(frozen=True)
class DimsePeer:
    """A system that speaks DICOM's own protocol; ``timeout_s`` is the longest silence borne, s."""

    name: str
    ae_title: str
    host: str
    port: int
    tls: Tls | None = None
    timeout_s: float = TIMEOUT_S
    retries: int = RETRIES


@dataclass(frozen=True)
class WebPeer:
    """A system that speaks DICOMweb; ``password_env`` names an environment variable, never the password."""

    name: str
    url: str
    user: str | None = None
    password_env: str | None = None
    tls: Tls | None = None
    timeout_s: float = TIMEOUT_S
    retries: int = RETRIES

    def __post_init__(self) -> None:
        if self.tls and not self.encrypted:
            raise InputError(
                f"PACS '{self.name}' has tls, and nothing is encrypted at its url '{self.url}'",
                "an address that begins with https",
                "ask the archive for its https address, or leave out tls",
            )

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the way can read what is sent."""
        return urlsplit(self.url).scheme == "https"


Peer = DimsePeer | WebPeer


@dataclass(frozen=True)
class Settings:
    """Who we are, and the systems that we talk to, by name."""

    here: Here = Here()
    peers: Mapping[str, Peer] = field(default_factory=dict)

    def peer(self, name: str) -> Peer:
        """Return the system of that name.

        Raises
        ------
        InputError
            The settings name no such system.

        Examples
        --------
        >>> Settings(peers={"main": DimsePeer("main", "PACS", "pacs.local", 104)}).peer("main").port
        104
        """
        if not self.peers:
            raise InputError(
                "the settings name no PACS",
                f"a table [pacs.{name}]",
                f"add the lines '[pacs]' and '{_example(name)}' to the settings, with your PACS's own values",
            )
        if name not in self.peers:
            raise InputError(
                f"there is no PACS '{name}' in the settings", one_of(self.peers, name), "correct the name"
            )
        return self.peers[name]


def _example(name: str) -> str:
    return f'{name} = {{ ae_title = "MAINPACS", host = "pacs.hospital.local", port = 104 }}'


def load_settings(path: Path) -> Settings:
    r"""Read a settings file (TOML).

    Parameters
    ----------
    path : Path
        Holds ``[here]`` and one ``[pacs.NAME]`` for each system: ``ae_title``, ``host`` and ``port``, or
        ``url``. Paths of certificates are relative to the file.

    Returns
    -------
    Settings

    Raises
    ------
    InputError
        No such file, no TOML, an unknown key, or a value that cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "seedbed.toml"
    ...     _ = file.write_text('[pacs.main]\nae_title = "PACS"\nhost = "pacs.local"\nport = 104\n')
    ...     settings = load_settings(file)
    >>> settings.here.ae_title, settings.peers["main"].timeout_s
    ('SEEDBED', 30.0)
    """
    if not path.exists():
        raise InputError(
            f"there is no settings file '{path}'",
            "a text file that says who the PACS is",
            f"write one of two lines, '[pacs]' and '{_example('main')}', with your PACS's own values; "
            "the chapter PACS of the manual (docs/pacs.md) shows all that may stand there",
        )
    try:
        given = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"settings '{path}' are no TOML ({error})", "a TOML file", "correct it") from error
    top = Section(given, f"settings '{path}'", path.parent)
    top.check_keys(("here", "pacs"))
    here = _here(top.section("here"))
    pacs = top.section("pacs")
    return Settings(here, {name: _peer(name, pacs.section(name)) for name in pacs.given})


def _here(section: Section) -> Here:
    section.check_keys(HERE_KEYS)
    return Here(
        ae_title=section.ae_title("ae_title", Here.ae_title),
        port=int(section.number("port", PORT, 1, HIGHEST_PORT, whole=True)),
        bind=section.text("bind", LOOPBACK),
        allowed_callers=section.ae_titles("allowed_callers"),
        tls=_tls(section),
    )


def _peer(name: str, section: Section) -> Peer:
    if "url" in section.given:
        section.check_keys(WEB_KEYS)
        return _web_peer(name, section)
    section.check_keys((*DIMSE_KEYS, "url"))
    return DimsePeer(
        name=name,
        ae_title=section.ae_title("ae_title"),
        host=section.text("host"),
        port=int(section.number("port", None, 1, HIGHEST_PORT, whole=True)),
        tls=_tls(section, "server_name"),
        timeout_s=_timeout(section),
        retries=_retries(section),
    )


def _web_peer(name: str, section: Section) -> WebPeer:
    user, variable = section.text("user", ""), section.text("password_env", "")
    if bool(user) != bool(variable) or (variable and not ENVIRONMENT_NAME.fullmatch(variable)):
        raise InputError(
            f"{section.name} has user {user!r} and a password_env that does not go with it",
            "both user and password_env, the name of an environment variable that holds the password",
            "state both, and keep the password out of the file",
        )
    return WebPeer(
        name=name,
        url=_url(section),
        user=user or None,
        password_env=variable or None,
        tls=_tls(section),
        timeout_s=_timeout(section),
        retries=_retries(section),
    )


def _url(section: Section) -> str:
    url = section.text("url")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.password:
        raise section.refusal("url", parts._replace(netloc=parts.hostname or "").geturl(), WEB_ADDRESS)
    return url.rstrip("/")


def _tls(section: Section, *more: str) -> Tls | None:
    if "tls" not in section.given:
        return None
    tls = section.section("tls")
    tls.check_keys((*TLS_FILES, *more))
    files = {key: tls.folder / tls.text(key) if key in tls.given else None for key in TLS_FILES}
    if (files["certificate"] is None) != (files["key"] is None):
        raise InputError(
            f"{tls.name} has only one of certificate and key", "both or neither", "state the other too"
        )
    return Tls(**files, server_name=tls.text("server_name", ""))


def _timeout(section: Section) -> float:
    return section.number("timeout_s", TIMEOUT_S, 1, LONGEST_TIMEOUT_S)


def _retries(section: Section) -> int:
    return int(section.number("retries", RETRIES, 0, MOST_RETRIES, whole=True))
