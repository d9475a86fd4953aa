"""The settings of the server: one TOML file, or nothing for a single user on this machine."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seedbed.errors import InputError
from seedbed.journey.workbench.accounts import known_roles
from seedbed.journey.workbench.limits import Limits

PORT = 8643
"""Any number of our own."""
MB, GB = 1_000_000, 1_000_000_000
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    """A section of the settings: nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Server(Section):
    """Where it listens, and how browsers reach it."""

    host: str = "127.0.0.1"
    port: int = Field(default=PORT, ge=0, le=65535)
    names: tuple[str, ...] = ()
    tls_cert: Path | None = None
    tls_key: Path | None = None
    behind_proxy: str = ""
    proxy_addresses: tuple[str, ...] = ("127.0.0.1", "::1")


class Sessions(Section):
    """How long somebody stays signed in."""

    idle_minutes: Positive = 30.0
    longest_hours: Positive = 12.0


class Sizes(Section):
    """How much is taken in one request."""

    body_mb: Positive = 32.0
    upload_gb: Positive = 4.0


class Work(Section):
    """How many jobs run at once."""

    at_once: int = Field(default=Limits().jobs_at_once, ge=1, le=64)
    waiting: int = Field(default=Limits().jobs_waiting, ge=1, le=10_000)


class TrailSettings(Section):
    """How often the same view is written again."""

    same_view_minutes: float = Field(default=5.0, ge=0, allow_inf_nan=False)


class Oidc(Section):
    """Signing in at another system by OpenID Connect."""

    issuer: str
    client_id: str
    client_secret_env: str
    scope: str = "openid profile"
    name_claim: str = "preferred_username"
    display_name_claim: str = "name"
    roles_claim: str = "groups"
    roles: dict[str, tuple[str, ...]]

    @property
    def secret(self) -> str:
        """The client's secret, from the environment.

        Raises
        ------
        InputError
        """
        secret = os.environ.get(self.client_secret_env, "")
        if not secret:
            raise InputError(
                f"the environment variable '{self.client_secret_env}' is empty",
                "the client's secret of the OpenID provider",
                "set it before 'seedbed serve'",
            )
        return secret


class Settings(Section):
    """All settings; what is not stated has its default.

    Examples
    --------
    >>> Settings().server.host, Settings().limits.idle_s
    ('127.0.0.1', 1800.0)
    """

    server: Server = Server()
    sessions: Sessions = Sessions()
    sizes: Sizes = Sizes()
    jobs: Work = Work()
    trail: TrailSettings = TrailSettings()
    oidc: Oidc | None = None

    @property
    def limits(self) -> Limits:
        """What the workplace bears."""
        return Limits(
            idle_s=self.sessions.idle_minutes * 60,
            longest_s=self.sessions.longest_hours * 3600,
            jobs_at_once=self.jobs.at_once,
            jobs_waiting=self.jobs.waiting,
            same_view_s=self.trail.same_view_minutes * 60,
        )

    @property
    def body_bytes(self) -> int:
        """Largest body of a request that is no upload."""
        return int(self.sizes.body_mb * MB)

    @property
    def upload_bytes(self) -> int:
        """Largest upload."""
        return int(self.sizes.upload_gb * GB)


def load_settings(file: Path | None, stated: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings.

    Parameters
    ----------
    file : Path or None
    stated : mapping, optional
        Of the section ``server``, from the command line; None leaves what the file says.

    Raises
    ------
    InputError
        No such file, no TOML, or a setting that is unknown or out of range.
    """
    content = _content(file)
    server = content.setdefault("server", {})
    if isinstance(server, dict):
        server.update({name: value for name, value in (stated or {}).items() if value is not None})
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"setting '{'.'.join(map(str, first['loc']))}' in '{file or 'the command line'}': {first['msg']}",
            "what the chapter on the server lists",
            "correct it",
        ) from error
    for roles in (settings.oidc.roles if settings.oidc else {}).values():
        known_roles(roles)
    return settings


def _content(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"the settings '{file}' cannot be read ({error.strerror or error})",
            "a TOML file",
            "check the name",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"the settings '{file}' are no TOML ({error})", "a TOML file", "correct it"
        ) from error
