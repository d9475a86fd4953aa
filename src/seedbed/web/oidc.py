"""Signing in at another system by OpenID Connect: Authlib asks and checks, the settings say who is what.

Authorization code with PKCE (S256), state and nonce; signature, issuer, audience and times of the token are
checked.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from seedbed.errors import InputError
from seedbed.journey.workbench.accounts import ROLES
from seedbed.journey.workbench.refusals import NotSignedInError
from seedbed.journey.workbench.signing_in import Known
from seedbed.web.front import LOOPBACK
from seedbed.web.settings import Oidc

SIGNED_BY_KEY = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures that the provider alone can make."""
ALGORITHMS = "id_token_signing_alg_values_supported"


class Provider:
    """An OpenID provider, asked when somebody signs in.

    Parameters
    ----------
    settings : Oidc

    Raises
    ------
    InputError
        Authlib is not installed, no secret, or an issuer without TLS.
    """

    def __init__(self, settings: Oidc) -> None:
        self._settings = settings
        _check_issuer(settings.issuer)
        try:
            from authlib.integrations.starlette_client import OAuth
        except ImportError as error:
            raise InputError(
                "the settings have [oidc], and what it needs is not installed",
                "Seedbed with its part for OpenID Connect",
                "install it with: pip install 'seedbed[oidc]'",
            ) from error
        self._client = OAuth().register(
            "provider",
            client_id=settings.client_id,
            client_secret=settings.secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": settings.scope, "code_challenge_method": "S256", "timeout": 20.0},
        )

    async def start(self, request: Request, back_to: str) -> Response:
        """Send the browser to the provider.

        Raises
        ------
        NotSignedInError
            The provider does not answer.
        """
        try:
            await self._check_metadata()
            found: Response = await self._client.authorize_redirect(request, back_to)
        except _failures() as error:
            raise _failed(error) from error
        return found

    async def finish(self, request: Request) -> Known:
        """Take what the provider says when the browser comes back.

        Raises
        ------
        NotSignedInError
            Anything that is not as asked: state, nonce, signature, issuer, audience, time.
        """
        wanted = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "sub": {"essential": True},
        }
        try:
            await self._check_metadata()
            token = await self._client.authorize_access_token(request, claims_options=wanted)
        except _failures() as error:
            raise _failed(error) from error
        claims = token.get("userinfo")
        if not claims:
            raise _refused("the provider sent no identity")
        return known_by(claims, self._settings)

    async def _check_metadata(self) -> None:
        """Take nothing from a provider of another name, nor signatures that others can make."""
        metadata = await self._client.load_server_metadata()
        if metadata.get("issuer") != self._settings.issuer:
            raise _refused(f"the provider calls itself '{metadata.get('issuer')}'")
        stated = metadata.get(ALGORITHMS) or ["RS256"]
        metadata[ALGORITHMS] = [each for each in stated if each in SIGNED_BY_KEY] or ["RS256"]


def known_by(claims: Mapping[str, Any], settings: Oidc) -> Known:
    """Say who somebody is by the claims of a checked token.

    Raises
    ------
    NotSignedInError
        No name in it.

    Examples
    --------
    >>> settings = Oidc(issuer="https://id.local", client_id="s", client_secret_env="S",
    ...                 roles={"physics": ("physicist",)})
    >>> known_by({"sub": "7", "preferred_username": "anna", "groups": ["physics", "staff"]}, settings).roles
    ('physicist',)
    """
    name = claims.get(settings.name_claim)
    if not isinstance(name, str) or not name:
        raise _refused(f"the provider sent no '{settings.name_claim}'")
    stated = claims.get(settings.roles_claim)
    groups = {stated} if isinstance(stated, str) else {each for each in stated or () if isinstance(each, str)}
    given = {role for group in groups for role in settings.roles.get(group, ())}
    shown = claims.get(settings.display_name_claim)
    return Known(
        subject=f"{settings.issuer} {claims['sub']}",
        name=name,
        display_name=shown if isinstance(shown, str) else "",
        roles=tuple(role for role in ROLES if role in given),
    )


def _check_issuer(issuer: str) -> None:
    parts = urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise InputError(
            f"the issuer of [oidc] is '{issuer}'", "an address that begins with https://", "correct it"
        )


def _failures() -> tuple[type[Exception], ...]:
    """List what Authlib raises where the provider is away or says what was not asked."""
    from authlib.common.errors import AuthlibBaseError
    from httpx2 import HTTPError, InvalidURL
    from joserfc.errors import JoseError

    return (AuthlibBaseError, JoseError, HTTPError, InvalidURL, RuntimeError, ValueError, KeyError, TypeError)


def _failed(error: Exception) -> NotSignedInError:
    return _refused(f"signing in at the provider failed ({type(error).__name__})")


def _refused(came: str) -> NotSignedInError:
    return NotSignedInError(
        came, "an answer of the provider to this very sign-in", "try again, or ask an administrator"
    )
