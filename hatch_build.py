"""A wheel without the workbench's pages would serve nothing: it is refused while it is built."""

import re
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = Path("src", "seedbed", "web", "bundle")
HOW = "run 'npm ci' and 'npm run build' in the folder 'workbench', and build again"


class BundleGuard(BuildHookInterface[Any]):
    """Looks at the bundle before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's
        """Refuse a bundle without its page, or a page whose files are missing."""
        lacking = ", ".join(lacks(Path(self.root) / BUNDLE))
        if lacking:
            raise RuntimeError(f"the pages of the workbench lack {lacking}; expected the whole bundle; {HOW}")


def lacks(bundle: Path) -> list[str]:
    """Name the files that a bundle lacks: its page, and what the page refers to."""
    page = bundle / "index.html"
    if not page.is_file():
        return ["index.html"]
    named = re.findall(r'(?:src|href)="/([^"]+)"', page.read_text(encoding="utf-8"))
    return [name for name in named if not (bundle / name).is_file()]
