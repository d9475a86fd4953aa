"""Settings, and what may be reached how."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from seedbed.errors import InputError
from seedbed.web.front import front_of, front_of_proxy
from seedbed.web.serving import check_reach, front_at, only_here
from seedbed.web.settings import Oidc, Server, Settings, load_settings

ALL = """
[server]
host = "10.0.0.5"
port = 443
names = ["seedbed.hospital.local"]
[sessions]
idle_minutes = 10
longest_hours = 8
[sizes]
body_mb = 1
upload_gb = 2
[jobs]
at_once = 3
waiting = 5
[trail]
same_view_minutes = 0
[oidc]
issuer = "https://id.hospital.local"
client_id = "seedbed"
client_secret_env = "SECRET"
roles = { physics = ["physicist", "viewer"] }
"""


def test_a_file_of_all_settings(tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_text(ALL)
    found = load_settings(file, {"port": 8643, "host": None})
    assert (found.server.host, found.server.port) == ("10.0.0.5", 8643)
    assert (found.limits.idle_s, found.limits.longest_s, found.limits.jobs_at_once) == (600, 28_800, 3)
    assert (found.body_bytes, found.upload_bytes) == (1_000_000, 2_000_000_000)
    assert isinstance(found.oidc, Oidc)
    assert found.oidc.roles == {"physics": ("physicist", "viewer")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\nprot = 1", "server.prot"),
        ("[server]\nport = 65536", "server.port"),
        ("[sessions]\nidle_minutes = 0", "idle_minutes"),
        ("[sessions]\nidle_minutes = nan", "idle_minutes"),
        ("[sessions]\nlongest_hours = inf", "longest_hours"),
        ("server = 1", "server"),
        ("[jobs]\nat_once = 0", "at_once"),
        ("[server", "no TOML"),
        (ALL.replace('"physicist"', '"surgeon"'), "surgeon"),
    ],
)
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "serve.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        load_settings(file)


def test_settings_that_are_not_there_are_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(ValidationError):
        Settings(sizes={"body_mb": -1})


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    (tmp_path / "a.pem").touch()
    return tmp_path / "a.pem"


@pytest.mark.parametrize("host", ["10.0.0.5", "::", "", "seedbed.hospital.local", "127.0.0.2"])
def test_only_this_machine_is_served_in_plain_text(host: str, pem: Path) -> None:
    with pytest.raises(InputError, match="without TLS"):
        check_reach(Server(host=host))
    check_reach(Server(host=host, names=("a.local",), tls_cert=pem, tls_key=pem))
    check_reach(Server(host=host, behind_proxy="https://a.local"))
    assert not only_here(Server(host=host))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_nothing(host: str) -> None:
    check_reach(Server(host=host))
    assert only_here(Server(host=host))
    assert not only_here(Server(host=host, behind_proxy="https://a.local"))
    assert {"127.0.0.1:8643", "localhost:8643", "[::1]:8643"} <= front_at(Server(host=host), 8643).hosts


def test_half_of_tls_or_two_kinds_are_refused(pem: Path) -> None:
    for server in (
        Server(tls_cert=pem),
        Server(tls_key=pem),
        Server(tls_cert=pem, tls_key=pem, behind_proxy="https://a.local"),
        Server(tls_cert=pem.with_name("none"), tls_key=pem),
        Server(host="::", tls_cert=pem, tls_key=pem),
    ):
        with pytest.raises(InputError):
            check_reach(server)


def test_a_front_leaves_usual_ports_out(pem: Path) -> None:
    assert front_of(("A.local",), 443, scheme="https").origins == ("https://a.local",)
    assert front_at(Server(host="10.0.0.5", names=("a.local",), tls_cert=pem, tls_key=pem), 8643).hosts == {
        "a.local:8643"
    }
    assert front_of_proxy("https://a.local:8443").hosts == {"a.local:8443"}
    assert front_of_proxy("http://localhost:8080").origin == "http://localhost:8080"


@pytest.mark.parametrize(
    "origin",
    ["http://a.local", "a.local", "https://", "https://u@a.local", "https://a.local/seedbed", "ftp://a.local",
     "https://a.local:port", "https://[a", "https://a.local?x=1"],
)  # fmt: skip
def test_no_origin_is_a_sentence(origin: str) -> None:
    with pytest.raises(InputError, match="proxy's origin"):
        front_of_proxy(origin)
