"""The documents keep their word: examples run, links lead somewhere, commands exist."""

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page: Path) -> None:
    blocks = re.findall(r"```(?:pycon|python)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=FLAGS)
    names: dict[str, object] = {}
    for number, block in enumerate(blocks):
        test = parser.get_doctest(block, names, f"{page.name} block {number + 1}", str(page), 0)
        assert test.examples, f"{page.name} block {number + 1} shows Python that nothing runs"
        runner.run(test, clear_globs=False)
        names.update(test.globs)
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    local = [
        link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?:|#|mailto:", link)
    ]
    missing = [link for link in local if not (page.parent / link.split("#")[0]).exists()]
    assert missing == []


def test_the_readme_names_its_two_commands_and_its_limits() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install . && seedbed demo" in readme
    assert 'pip install -e ".[test]" && pytest' in readme
    assert "not a cleared medical device" in readme
    assert "physicist checks every plan" in readme
