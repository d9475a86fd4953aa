"""The texts of which the program makes its English sentences: literals of modules, texts of rules."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "src" / "seedbed"
SENTENCES = ROOT / "workbench" / "src" / "language" / "sentences"
HOLE = re.compile(r"\{\w*\}|; expected |; (?=\{)")
SIGNS = " '\"“”.,:;()%?"
REFUSAL = re.compile("Error$|^(refusal|refuse|check_version|Refused|Finding|FieldFault)$")
HOLDS_WORDS = re.compile(r"[A-Za-z]{2}.*\s.*[A-Za-z]{2}", re.DOTALL)


def table() -> dict[str, str]:
    """Return all templates, whole sentences and parts alike."""
    found: dict[str, str] = {}
    for file in sorted(SENTENCES.glob("*.json")):
        room = json.loads(file.read_text(encoding="utf-8"))
        found |= room["whole"] | room["within"]
    return found


def pieces(text: str) -> list[str]:
    """Part a template, or a literal with holes for `str.format`, where others are put in; no signs at ends.

    >>> pieces("'{1}' of {2} is after the death, {3}"), pieces("ends on {}, before it begins on {}")
    (['of', 'is after the death'], ['ends on', 'before it begins on'])
    """
    return [piece for each in HOLE.split(text) if (piece := each.strip(SIGNS))]


def literals_of(file: Path, *, refused: bool = False) -> Iterator[str]:
    """Give the literals of a module, f-strings in their constant pieces; no docstrings.

    Parameters
    ----------
    file : Path
    refused : bool
        Only those in what is raised, found or refused.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    roots: list[ast.AST] = [tree]
    if refused:
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        roots = [argument for call in calls if REFUSAL.search(_name(call)) for argument in call.args]
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in (inner for root in roots for inner in ast.walk(root)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def rule_texts() -> Iterator[str]:
    """Give the texts of the shipped rules."""
    for file in sorted(SOURCE.rglob("*.toml")):
        yield from _texts(tomllib.loads(file.read_text(encoding="utf-8")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def browser_texts() -> Iterator[str]:
    """Give the texts that the pages themselves put in the place of an answer that did not come."""
    source = (ROOT / "workbench" / "src" / "api.ts").read_text(encoding="utf-8")
    for text in re.findall(r'"([^"\n]+)"|`([^`]+)`', source):
        yield re.sub(r"\$\{[^}]*\}", "{1}", text[0] or text[1])


def words(text: str) -> bool:
    """Tell whether a text is more than one word or name."""
    return HOLDS_WORDS.search(text) is not None
