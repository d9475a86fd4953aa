"""The settings file: what it means, and what is refused."""

import re
from pathlib import Path

import pytest

from seedbed.dicom.pacs.settings import DimsePeer, Here, Tls, WebPeer, load_settings
from seedbed.errors import InputError

PEER = '[pacs.main]\nae_title = "PACS"\nhost = "pacs.local"\nport = 104\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "seedbed.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_full_file(tmp_path: Path) -> None:
    text = """
        [here]
        ae_title = "PLANNING 1"
        port = 104
        bind = "0.0.0.0"
        allowed_callers = ["CTSCANNER", "PACS"]
        tls = { certificate = "me.pem", key = "me.key" }
        [pacs.main]
        ae_title = "PACS"
        host = "pacs.local"
        port = 11113
        tls = { ca = "/etc/ca.pem", server_name = "archive" }
        timeout_s = 5
        retries = 0
        [pacs.web]
        url = "https://pacs.local/dicom-web/"
        user = "seedbed"
        password_env = "PACS_PASSWORD"
    """
    settings = load_settings(written(tmp_path, text))
    own = Tls(certificate=tmp_path / "me.pem", key=tmp_path / "me.key")
    assert settings.here == Here("PLANNING 1", 104, "0.0.0.0", ("CTSCANNER", "PACS"), own)  # noqa: S104
    tls = Tls(ca=Path("/etc/ca.pem"), server_name="archive")
    assert settings.peer("main") == DimsePeer("main", "PACS", "pacs.local", 11113, tls, 5.0, 0)
    web = WebPeer("web", "https://pacs.local/dicom-web", "seedbed", "PACS_PASSWORD")
    assert settings.peer("web") == web


def test_nobody_outside_reaches_us_unless_stated(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, PEER)).here.bind == "127.0.0.1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[her]\n", "did you mean 'here'"),
        ('[here]\nae_titel = "X"\n', "did you mean 'ae_title'"),
        (PEER + "time_out = 3\n", "did you mean 'timeout_s'"),
        ('[here]\nae_title = "A TITLE THAT IS TOO LONG"\n', "1 to 16"),
        ('[here]\nae_title = "BACK\\\\SLASH"\n', "no backslash"),
        ('[here]\nae_title = "王"\n', "plain letters"),
        ('[here]\nae_title = " X"\n', "no space at an end"),
        ('[here]\nallowed_callers = "CT"\n', "a list of AE titles"),
        ("[here]\nport = 0\n", "from 1 to 65535"),
        ("[here]\nport = true\n", "a whole number"),
        (PEER + "retries = 1.5\n", "a whole number"),
        (PEER + "timeout_s = 30000\n", "a number from 1 to 3600"),
        ('[pacs.main]\nae_title = "PACS"\nport = 104\n', "has no host"),
        ("[pacs]\nmain = 3\n", "a table of keys"),
        (PEER + 'tls = { certificate = "me.pem" }\n', "only one of certificate and key"),
        (PEER + 'tls = { cert = "me.pem" }\n', "'certificate'"),
        (PEER + 'password = "secret"\n', "'password'"),
        ('[pacs.w]\nurl = "ftp://x"\n', "https://"),
        ('[pacs.w]\nurl = "http://x"\nuser = "me"\n', "password_env"),
        ('[pacs.w]\nurl = "http://x"\nuser = "me"\npassword_env = "pass word"\n', "environment variable"),
        (
            '[pacs.w]\nurl = "http://x"\ntls = { ca = "ca.pem" }\n',
            "nothing is encrypted at its url 'http://x'",
        ),
        ('[pacs.w]\nurl = "https://x"\ntls = { server_name = "y" }\n', "'ca', 'certificate', 'key'"),
        ('[here]\ntls = { server_name = "y" }\n', "'ca', 'certificate', 'key'"),
        ("[here\n", "no TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        load_settings(written(tmp_path, text))
    assert said in str(refusal.value)


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refusal:
        load_settings(written(tmp_path, '[pacs.w]\nurl = "https://me:secret@x/dicom-web"\n'))
    assert "secret" not in str(refusal.value)


def test_without_settings_their_two_lines_are_told(tmp_path: Path) -> None:
    """What the sentence says to write can be written, and names a PACS."""
    with pytest.raises(InputError) as refusal:
        load_settings(tmp_path / "seedbed.toml")
    said = str(refusal.value)
    assert "there is no settings file" in said
    assert "docs/pacs.md" in said
    lines = re.findall(r"'(\[pacs\]|main = \{.*?\})'", said)
    assert len(lines) == 2
    told = load_settings(written(tmp_path, "\n".join(lines)))
    assert told.peer("main") == DimsePeer("main", "MAINPACS", "pacs.hospital.local", 104)


def test_settings_that_name_no_pacs_say_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"the settings name no PACS; expected a table \[pacs\.main\]; add the"
    ):
        load_settings(written(tmp_path, "[here]\nport = 104\n")).peer("main")


def test_an_unknown_pacs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'main'"):
        load_settings(written(tmp_path, PEER)).peer("mian")
