"""A workbench as a user starts it, for browsers: one user of this machine, or a department with accounts."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page
from tests.unit.web.benches import PASSWORD

from seedbed.journey.workbench.accounts import add
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace

LONGEST_S = 120
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/\S*)")
BROWSER = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-GB", "--hide-scrollbars")


@dataclass(frozen=True)
class Served:
    """A server that runs.

    Attributes
    ----------
    origin : str
        ``http://127.0.0.1:PORT``.
    folder : Path
        Its workplace.
    said : Path
        What it printed.
    used : list of str
        Addresses by which somebody has signed in.
    """

    origin: str
    folder: Path
    said: Path
    used: list[str] = field(default_factory=list)

    def enter(self, page: Page) -> None:
        """Sign in as this machine's user, by the next address that was printed."""
        page.goto(self.origin + _until(self._unused))
        page.get_by_role("navigation", name="Main").wait_for()

    def _unused(self) -> str | None:
        path = addresses(self.said)[-1][1]
        if path in self.used:
            return None
        self.used.append(path)
        return path

    def sign_in(self, page: Page, name: str) -> None:
        """Sign in by name and password."""
        page.goto(self.origin)
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("navigation", name="Main").wait_for()


def addresses(said: Path) -> list[tuple[str, str]]:
    """The addresses that the server has printed in whole lines: origin and path."""
    lines = said.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [ADDRESS.search(line) for line in lines if line.endswith("\n")]
    return [(each[1], each[2]) for each in found if each]


def accounts(folder: Path, people: dict[str, list[str]]) -> None:
    """Give names and roles an account each; the password is the same."""
    with open_workplace(WorkplaceAddress(folder)) as workplace:
        for name, roles in people.items():
            add(workplace, name, display_name=name.title(), roles=roles, password=PASSWORD, by="test")


@contextmanager
def served_at(root: Path, people: dict[str, list[str]] | None = None, settings: str = "") -> Iterator[Served]:
    """Serve a new workplace; the server must end by Ctrl-C with nothing to say against it."""
    folder, said, log, toml = root / "workplace", root / "said.txt", root / "log.txt", root / "serve.toml"
    toml.write_text(settings, encoding="utf-8")
    if people:
        accounts(folder, people)
    command = [sys.executable, "-m", "seedbed", "serve", "--no-browser", "--port", "0"]
    command += ["--data", str(folder), "--settings", str(toml)]
    with said.open("wb") as out, log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=out, stderr=errors)
    try:
        yield Served(_until(lambda: _origin(process, said, log)), folder, said)
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=LONGEST_S)
        assert (code, log.read_text(encoding="utf-8")) == (0, "")
    finally:
        process.kill()
        process.wait()


def _until(found: Callable[[], str | None]) -> str:
    end = time.monotonic() + LONGEST_S
    while (value := found()) is None:
        assert time.monotonic() < end, "the server printed no address"
        time.sleep(0.02)
    return value


def _origin(process: "subprocess.Popen[bytes]", said: Path, log: Path) -> str | None:
    assert process.poll() is None, log.read_text(encoding="utf-8")
    found = addresses(said)
    return found[0][0] if found else None
