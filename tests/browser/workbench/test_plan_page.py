"""A plan in the browser: a seed dragged, a needle laid, two people at one plan, the line lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.workbench.conftest import SIZE, Watched
from tests.browser.workbench.serving import Served
from tests.browser.workbench.synthetic_case import TARGET, fill

from seedbed.journey.workbench.limits import Limits

ASK = """async ([method, path, body]) => {
  const session = await (await fetch("/api/v1/session")).json();
  const headers = { "X-CSRF-Token": session.csrf, "Content-Type": "application/json" };
  const sent = body ? { body: JSON.stringify(body) } : {};
  const answer = await fetch("/api/v1" + path, { method, headers, ...sent });
  return await answer.json();
}"""
STRENGTH_U, WEAKER_U = 0.889, 0.635


def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    return page.evaluate(ASK, [method, path, body])


@pytest.fixture(scope="module")
def case(chromium: Browser, served: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a synthetic case in the store."""
    fill(served.folder / "store", tmp_path_factory.mktemp("case"))
    page = chromium.new_page(viewport=SIZE, locale="en-GB")
    served.enter(page)
    (row,) = ask(page, "GET", "/cases")["cases"]
    page.close()
    return str(row["case"])


@pytest.fixture
def plan(page: Page, case: str) -> dict[str, Any]:
    """A plan with one needle of three seeds through the middle of the target, shown."""
    start = {"prescription_gy": 120, "target": TARGET, "strengths_u": [STRENGTH_U, WEAKER_U]}
    begun = ask(page, "POST", f"/cases/{case}/plans", start)
    structures = ask(page, "GET", f"/cases/{case}/structures")["structures"]
    target = next(each for each in structures if each["name"] == TARGET)
    points = [(*xy, p["z_mm"]) for p in target["planes"] for ring in p["polygons"] for xy in ring]
    x, y, z = ((min(values) + max(values)) / 2 for values in zip(*points, strict=True))
    edit = {
        "kind": "add_needle", "entry_mm": [x, y, z + 45], "tip_mm": [x, y, z - 15],
        "depths_mm": [35, 45, 55], "strength_u": STRENGTH_U,
    }  # fmt: skip
    made = ask(page, "POST", f"/plans/{begun['plan']}/edits", {"version": 1, "edit": edit})
    page.goto(page.url.split("/patients")[0] + f"/plans/{begun['plan']}")
    expect(page.locator("canvas[data-axis=y]")).to_be_visible()
    expect(page.locator(".depths button")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    return dict(made)


def reached(page: Page, goal: str = "target V100") -> float:
    row = page.get_by_role("row", name=goal, exact=False).first
    return float(row.locator("td").nth(1).inner_text().split()[0])


def middle(page: Page) -> tuple[float, float]:
    """The crosshair in the coronal picture: a chosen seed lies there."""
    box = page.locator("canvas[data-axis=y]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_dragged_seed_takes_its_dose_along(page: Page, plan: dict[str, Any]) -> None:
    page.locator(".depths button").first.click()
    page.wait_for_timeout(300)
    before = reached(page)
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    with page.expect_response(re.compile("/preview$")):
        page.mouse.move(x, y - 20, steps=4)
    expect(page.get_by_text("not kept yet")).to_be_visible()
    assert ask(page, "GET", f"/plans/{plan['plan']}") == plan  # nothing is kept while it is dragged
    with page.expect_response(re.compile("/edits$")):
        page.mouse.move(x, y - 100, steps=4)
        page.mouse.up()
    expect(page.get_by_text("not kept yet")).to_have_count(0)
    kept = ask(page, "GET", f"/plans/{plan['plan']}")
    assert kept["version"] == 3
    moved = [each["position_mm"][2] for each in kept["seeds"]]
    assert moved[0] > plan["seeds"][0]["position_mm"][2] + 5
    assert moved[1:] == [each["position_mm"][2] for each in plan["seeds"][1:]]
    (v100,) = (each["value"] for each in kept["goals"] if each["goal"].startswith("target:V100"))
    assert reached(page) == pytest.approx(v100, abs=0.06)
    assert reached(page) < before
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    assert reached(page) == before


def test_a_needle_is_laid_by_two_clicks_and_moved_by_its_tip(page: Page, plan: dict[str, Any]) -> None:
    x, y = middle(page)
    page.get_by_role("button", name="New needle").click()
    page.mouse.click(x + 30, y - 150)
    expect(page.get_by_text("where its tip shall lie")).to_be_visible()
    with page.expect_response(re.compile("/edits$")):
        page.mouse.click(x + 30, y + 20)
    expect(page.get_by_role("button", name="N2", exact=True)).to_have_attribute("aria-pressed", "true")
    laid = ask(page, "GET", f"/plans/{plan['plan']}")["needles"][1]
    assert laid["seeds"]
    page.mouse.move(x + 30, y + 20)
    page.mouse.down()
    page.mouse.move(x + 60, y + 20, steps=4)
    with page.expect_response(re.compile("/edits$")):
        page.mouse.up()
    moved = ask(page, "GET", f"/plans/{plan['plan']}")["needles"][1]
    assert moved["entry_mm"] == laid["entry_mm"]
    assert moved["tip_mm"][0] == pytest.approx(
        laid["tip_mm"][0] + 30 / 4, abs=0.3
    )  # four pixels a millimetre
    page.get_by_role("button", name="Remove needle N2").click()
    expect(page.get_by_role("button", name="N2", exact=True)).to_have_count(0)


def test_the_view_along_a_needle_follows_the_hand(page: Page, plan: dict[str, Any]) -> None:
    page.get_by_role("button", name="N1", exact=True).click()
    page.get_by_role("button", name="Needle's eye").click()
    expect(page.get_by_role("img", name="N1, Across")).to_be_visible()
    x, y = middle(page)  # the tip
    page.mouse.move(x, y)
    page.mouse.down()
    with page.expect_response(
        lambda answer: answer.url.endswith("/preview") and '"u"' in (answer.request.post_data or "")
    ) as followed:
        page.mouse.move(x + 20, y, steps=4)
    assert followed.value.ok
    assert ask(page, "GET", f"/plans/{plan['plan']}") == plan
    page.mouse.up()


def test_a_seed_is_given_another_strength_in_stock(page: Page, plan: dict[str, Any]) -> None:
    page.locator(".depths button").first.click()
    expect(page.get_by_label("The chosen (1)")).to_have_value(str(STRENGTH_U))
    with page.expect_response(re.compile("/edits$")):
        page.get_by_label("The chosen (1)").select_option(str(WEAKER_U))
    expect(page.locator(".depths button")).to_contain_text(["B", "A", "A"])
    kept = ask(page, "GET", f"/plans/{plan['plan']}")
    assert [each["strength_u"] for each in kept["seeds"]] == [WEAKER_U, STRENGTH_U, STRENGTH_U]


def test_the_second_of_two_people_sees_the_newer_plan_and_keeps_what_was_typed(
    page: Page, plan: dict[str, Any], watched: Watched
) -> None:
    watched.expected.append("409")
    page.get_by_label("Random numbers").fill("77")
    body = {"version": 2, "edit": {"kind": "remove_seed", "seed": 2}}
    assert ask(page, "POST", f"/plans/{plan['plan']}/edits", body)["version"] == 3
    page.locator(".depths button").first.click()
    page.get_by_role("button", name="Remove seed").click()
    expect(page.get_by_role("alert")).to_contain_text("version")
    expect(page.locator(".depths button")).to_have_count(2)
    expect(page.get_by_label("Random numbers")).to_have_value("77")


def test_a_lost_line_leaves_the_plan_as_it_is_kept(
    page: Page, plan: dict[str, Any], watched: Watched
) -> None:
    watched.expected.append("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    page.locator(".depths button").first.click()
    page.wait_for_load_state("networkidle")
    before = reached(page)
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=3)
    page.context.set_offline(True)
    page.mouse.move(x, y - 80, steps=3)
    page.mouse.up()
    expect(page.get_by_role("alert")).to_contain_text("no answer from the server")
    expect(page.get_by_text("not kept yet")).to_have_count(0)
    assert reached(page) == before
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert ask(page, "GET", f"/plans/{plan['plan']}") == plan


def test_the_view_along_a_needle_and_three_dimensions_are_drawn(
    page: Page, plan: dict[str, Any], open_page: Callable[[], Page]
) -> None:
    page.get_by_role("button", name="N1", exact=True).click()
    with page.expect_response(re.compile("/oblique$")) as answer:
        page.get_by_role("button", name="Needle's eye").click()
    assert answer.value.headers["x-shape"] == "1,161,161"
    with page.expect_response(re.compile(rf"/mesh\?name={TARGET}$")) as mesh:
        page.get_by_role("button", name="3D").click()
    assert mesh.value.ok
    expect(page.locator(".scene canvas")).to_be_visible()


LINES = """canvas => {
  const hidden = document.createElement("canvas").getContext("2d");
  hidden.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--line");
  hidden.fillRect(0, 0, 1, 1);
  const wanted = hidden.getImageData(0, 0, 1, 1).data.join();
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) if (data.slice(at, at + 4).join() === wanted) found += 1;
  return found;
}"""


def test_the_histogram_is_drawn_in_the_colours_of_the_theme(page: Page, plan: dict[str, Any]) -> None:
    assert plan
    drawn = []
    for theme in ("Dark", "Light", "Dark"):
        page.get_by_role("button", name=theme, exact=True).click()
        expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
        page.wait_for_timeout(300)
        drawn.append(page.locator(".dvh canvas").evaluate(LINES))
    assert min(drawn) > 0
    assert drawn[0] == drawn[2]


def test_isodose_lines_say_what_they_are_and_the_page_ends_where_it_is_seen(
    page: Page, plan: dict[str, Any]
) -> None:
    assert plan["prescription_gy"] == 120
    rows = page.locator(".dose-legend li")
    expect(rows).to_have_text(
        [f"{pct} %{gy} Gy" for pct, gy in ((200, 240), (150, 180), (100, 120), (80, 96), (50, 60))]
    )
    for axis in "zyx":
        foot = page.locator(f"canvas[data-axis={axis}]").locator("xpath=..").locator(".slice-foot")
        expect(foot).to_contain_text(re.compile(r"[≈>] [\d.]+ Gy \((> )?\d+ %\)"))
    assert page.evaluate("document.documentElement.scrollHeight") == SIZE["height"]
    page.get_by_role("button", name="No dose").click()
    expect(page.locator(".dose-legend")).to_have_count(0)


def test_an_approval_is_a_job_that_waits_is_found_again_stopped_and_given_again(
    page: Page, plan: dict[str, Any], case: str, watched: Watched
) -> None:
    """Until it has ended the plan is a draft that nobody changes; one that came to nothing says so."""
    watched.expected.append(r"423 \(Locked\)")
    page.on("dialog", lambda dialog: dialog.accept())
    other = ask(
        page,
        "POST",
        f"/cases/{case}/plans",
        {"prescription_gy": 120, "target": TARGET, "strengths_u": [STRENGTH_U]},
    )
    before = [
        ask(page, "POST", f"/plans/{other['plan']}/optimise", {"random_seed": number})["id"]
        for number in range(Limits().jobs_at_once)
    ]
    page.get_by_role("button", name="Sign as planned").click()
    approve = page.get_by_role("button", name="Approve", exact=True)
    approve.click()
    waiting = page.get_by_text(
        re.compile(r"Waiting for its turn: next in turn; now runs: Planning \(by .*since")
    )
    expect(waiting).to_be_visible()
    expect(page.get_by_text("it is not approved", exact=False)).to_be_visible()
    expect(approve).to_have_count(0)
    page.reload()
    expect(waiting).to_be_visible()
    assert (
        ask(page, "POST", f"/plans/{plan['plan']}/edits", {"version": 2, "edit": {"kind": "undo"}})["error"][
            "code"
        ]
        == "locked"
    )
    page.get_by_role("region", name="Signatures").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("came to nothing. The plan is not approved")).to_be_visible()
    for job in before:
        ask(page, "DELETE", f"/jobs/{job}")
    page.reload()
    expect(page.get_by_text("came to nothing. The plan is not approved")).to_be_visible()
    approve.click()
    expect(page.get_by_text("Approved and locked.")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("listitem").filter(has_text="dose.dcm")).to_be_visible()
