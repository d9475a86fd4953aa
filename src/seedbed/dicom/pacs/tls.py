"""Encrypted connections: contexts made from the files that the settings name."""

import ssl

from seedbed.dicom.pacs.settings import Tls
from seedbed.errors import InputError

OLDEST = ssl.TLSVersion.TLSv1_2
"""PS3.15, B.9: the BCP 195 profile."""


def asking_context(tls: Tls) -> ssl.SSLContext:
    """Return the context of a connection that we open; the other's certificate is always verified.

    Raises
    ------
    InputError
        A file is missing or is no certificate or key.

    Examples
    --------
    >>> asking_context(Tls()).verify_mode.name
    'CERT_REQUIRED'
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = OLDEST
    if tls.ca is None:
        context.load_default_certs()
    return _loaded(context, tls)


def answering_context(tls: Tls) -> ssl.SSLContext:
    """Return the context of connections that others open; they must show a certificate where ``ca`` is given.

    Raises
    ------
    InputError
        No certificate of our own, or a file that is missing or is no certificate or key.
    """
    if tls.certificate is None:
        raise InputError(
            "[here] has tls without certificate and key", "our certificate and its key", "state both"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = OLDEST
    if tls.ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return _loaded(context, tls)


def _loaded(context: ssl.SSLContext, tls: Tls) -> ssl.SSLContext:
    """Load the files; a key that needs a password is refused, as there is nobody to ask."""
    try:
        if tls.ca is not None:
            context.load_verify_locations(tls.ca)
        if tls.certificate is not None:
            context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except (OSError, ValueError) as error:
        named = ", ".join(f"'{file}'" for file in (tls.ca, tls.certificate, tls.key) if file)
        raise InputError(
            f"the certificates {named} cannot be used ({error})",
            "PEM files: certificates, and a key that belongs to ours and has no password",
            "check the files that tls names in the settings",
        ) from error
    return context


def _no_password() -> str:
    raise ValueError("the key is locked with a password")
