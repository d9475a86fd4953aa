"""How fast the plan page follows: a dragged seed, a change of slice, the first picture, in Chromium.

Run ``python benchmarks/workbench.py``. It starts ``seedbed serve`` on a free port with a workplace of its
own, puts a synthetic CT of 512 x 512 x 100 with a target and five organs into its store, plans some 60 seeds
by hand, and drives Debian's Chromium without a graphics card. All numbers are those a user waits for: from
the mouse to the histogram, and to the picture that was drawn.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from seedbed.dicom import Identity, write_ct_series, write_structures
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.filing import filing

GRID = VoxelGrid((-250.0, -250.0, -124.0), (0.977, 0.977, 2.5), (100, 512, 512))
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/\S*)")
STRENGTH_U, DRAGS, SLICES = 0.889, 20, 20
ASK = """async ([method, path, body]) => {
  const session = await (await fetch("/api/v1/session")).json();
  const headers = { "X-CSRF-Token": session.csrf, "Content-Type": "application/json" };
  const sent = body ? { body: JSON.stringify(body) } : {};
  return await (await fetch("/api/v1" + path, { method, headers, ...sent })).json();
}"""
WATCH = """() => {
  window.marks = { drawn: [], goals: [] };
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...rest) {
    if (this.canvas.dataset?.axis === window.watched) window.marks.drawn.push(performance.now());
    return draw.apply(this, rest);
  };
}"""
FOLLOW = """() => {
  const seen = new MutationObserver(() => window.marks.goals.push(performance.now()));
  for (const table of document.querySelectorAll(".goals tbody, .needles tbody"))
    seen.observe(table, { subtree: true, childList: true, characterData: true });
}"""
"""Goals, depths of seeds and histograms change at once; a depth changes with every pixel."""


def identity() -> Identity:
    return Identity(
        patient_id="SYN-BENCH", patient_name="Synthetic^Benchmark", patient_birth_date="", patient_sex="O",
        study_uid="1.2.3.4", study_date="20260302", study_time="", study_id="", accession_number="",
        frame_uid="1.2.3.4.9", made=datetime(2026, 3, 2), synthetic=True,
    )  # fmt: skip


def ball(name: str, radius: float, at: tuple[float, float, float]) -> Structure:
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    heights = GRID.axis_mm(2)
    planes = [z for z in heights if abs(z - at[2]) < radius - 0.5]
    contours = [
        PlanarContour(float(z), np.array(at[:2]) + np.sqrt(radius**2 - (z - at[2]) ** 2) * circle)
        for z in planes
    ]
    return Structure(name, tuple(contours), 2.5)


def fill(store: Path, folder: Path) -> None:
    """Write a synthetic neck of noise, and structures, into a store."""
    rng = np.random.default_rng(1)
    hu = rng.normal(40.0, 12.0, GRID.shape).astype(np.float32)
    ct = write_ct_series(CtVolume(GRID, hu), folder / "ct", identity(), series="CT, synthetic")
    organs = [ball(f"Organ {n}", 14.0, (45.0 * np.cos(n), 45.0 * np.sin(n), 4.0 * n)) for n in range(5)]
    shapes = [ball("GTV", 26.0, (0, 0, 0)), *organs]
    write_structures(shapes, ct, folder / "rs.dcm", identity(), types=["GTV", *["ORGAN"] * 5])
    with filing(store) as files:
        for path in sorted(folder.rglob("*.dcm")):
            files.keep(path.read_bytes(), path.name)


def begin_plan(page: Page, case: str) -> dict[str, Any]:
    """Some 60 seeds on needles along z."""
    start = {"prescription_gy": 120, "target": "GTV", "strengths_u": [STRENGTH_U]}
    plan = page.evaluate(ASK, ["POST", f"/cases/{case}/plans", start])
    for x in np.arange(-20.0, 21.0, 10.0):
        for y in np.arange(-20.0, 21.0, 10.0):
            half = float(np.sqrt(max(0.0, 24.0**2 - x * x - y * y)))
            depths = [60.0 - z for z in np.arange(-20.0, 21.0, 10.0)[::-1] if abs(z) < half]
            if depths:
                edit = {"kind": "add_needle", "entry_mm": [x, y, 60], "tip_mm": [x, y, -28]}
                edit |= {"depths_mm": depths, "strength_u": STRENGTH_U}
                body = {"version": plan["version"], "edit": edit}
                plan = page.evaluate(ASK, ["POST", f"/plans/{plan['plan']}/edits", body])
    return dict(plan)


def first_picture(page: Page, address: str) -> float:
    """Seconds from the address to a slice that is drawn."""
    begun = time.perf_counter()
    page.goto(address)
    page.locator("canvas[data-axis=z]").wait_for()
    page.wait_for_function("() => window.marks.drawn.length > 0")
    return time.perf_counter() - begun


def drags(page: Page) -> list[float]:
    """Milliseconds from a move of the mouse to goals and histogram that follow it, each awaited."""
    page.evaluate(FOLLOW)
    page.locator(".depths button").nth(1).click()
    page.wait_for_timeout(1000)
    box = page.locator("canvas[data-axis=y]").bounding_box() or {}
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 6)
    page.wait_for_timeout(1500)
    found = []
    for step in range(DRAGS):
        page.evaluate("() => { window.marks.goals = [] }")
        begun = page.evaluate("() => performance.now()")
        page.mouse.move(x, y - 7 - step % 9)
        page.wait_for_function("() => window.marks.goals.length > 0", polling=5, timeout=20_000)
        found.append(page.evaluate("() => window.marks.goals[0]") - begun)
        page.wait_for_timeout(60)
    page.mouse.up()
    return found


def slice_changes(page: Page) -> list[float]:
    """Milliseconds from a key to the slice that is drawn."""
    canvas = page.locator("canvas[data-axis=z]")
    canvas.focus()
    found = []
    for step in range(SLICES):
        page.evaluate("() => { window.marks.drawn = []; window.watched = 'z' }")
        begun = page.evaluate("() => performance.now()")
        page.keyboard.press("ArrowUp" if step % 10 < 5 else "ArrowDown")
        page.wait_for_function("() => window.marks.drawn.length > 0", polling=5)
        found.append(page.evaluate("() => window.marks.drawn[0]") - begun)
        page.wait_for_timeout(60)
    return found


def tell(name: str, values: list[float], unit: str, aim: float) -> None:
    middle, high, load = statistics.median(values), max(values), os.getloadavg()[0]
    print(f"{name:<36}{middle:>10.1f}{high:>10.1f}{aim:>8g}  {unit:<4}{load:>8.1f}", flush=True)


def measure(origin: str, path: str) -> None:
    with sync_playwright() as browsers:
        chromium = shutil.which("chromium")
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(180_000)
        page.goto(origin + path)
        page.get_by_role("navigation").wait_for()
        page.add_init_script(f"({WATCH})(); window.watched = 'z';")
        (row,) = page.evaluate(ASK, ["GET", "/cases", None])["cases"]
        print(f"{os.cpu_count()} cores".ljust(36) + f"{'median':>10}{'worst':>10}{'aim':>8}{'load':>14}")
        case = f"{origin}/cases/{row['case']}"
        tell("first picture, case not open", [first_picture(page, case)], "s", 5)
        tell("first picture, case open", [first_picture(page, case)], "s", 5)
        plan = begin_plan(page, row["case"])
        page.goto(f"{origin}/plans/{plan['plan']}")
        page.locator(".depths button").first.wait_for()
        page.wait_for_load_state("networkidle")
        tell(f"seed drag to new DVH, {plan['seed_count']} seeds", drags(page), "ms", 150)
        tell("change of slice", slice_changes(page), "ms", 60)
        browser.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        said = root / "said.txt"
        command = [sys.executable, "-m", "seedbed", "serve", "--no-browser", "--port", "0"]
        with said.open("wb") as out:
            server = subprocess.Popen([*command, "--data", str(root / "workplace")], stdout=out)
        try:
            while not (found := ADDRESS.search(said.read_text(encoding="utf-8"))):
                if server.poll() is not None:
                    sys.exit("the server has ended")
                time.sleep(0.05)
            fill(root / "workplace" / "store", root / "in")
            measure(found[1], found[2])
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
