"""axe-core at a page: rules of WCAG 2.2 A and AA, and good practice. A tool of tests alone, never shipped."""

import os
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

INSTALLED = Path(__file__).parents[3] / "workbench" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async only => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const runOnly = only ? { type: "rule", values: [only] } : { type: "tag", values: tags };
  const found = await axe.run(document, { resultTypes: ["violations"], runOnly });
  return found.violations.map(rule => [rule.id, rule.help, rule.nodes.map(node => node.html.slice(0, 160))]);
}"""


@cache
def axe_core() -> str:
    """Return its source; `npm ci` in workbench/ brings it, or `SEEDBED_AXE` names the file."""
    file = Path(os.environ.get("SEEDBED_AXE") or INSTALLED)
    if not file.is_file():
        pytest.skip("axe-core is not installed: run npm ci in workbench/, or name axe.min.js in SEEDBED_AXE")
    return file.read_text(encoding="utf-8")


def violations(page: Page, only: str = "") -> list[list[object]]:
    """Return what axe-core finds wrong with a page as it stands: rule, what it asks for, elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_core())
    return list(page.evaluate(RUN, only))
