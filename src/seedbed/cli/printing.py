"""What commands print: one line as it is, or everything for machines."""

import json
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console

console = Console()
errors = Console(stderr=True)


def say(line: str, where: Console = console) -> None:
    """Print a line as it is, however long: no markup, no colours, no breaks."""
    where.print(line, markup=False, highlight=False, soft_wrap=True)


def print_json(found: Mapping[str, Any]) -> None:
    """Print for machines."""
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
