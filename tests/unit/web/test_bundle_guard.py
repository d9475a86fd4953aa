"""A wheel is refused without the pages of the workbench."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
BUNDLE = ROOT / "src" / "seedbed" / "web" / "bundle"


@pytest.fixture(scope="module")
def guard() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_bundle_is_whole(guard: ModuleType) -> None:
    assert guard.lacks(BUNDLE) == []


def test_a_missing_page_or_script_is_named(guard: ModuleType, tmp_path: Path) -> None:
    assert guard.lacks(tmp_path) == ["index.html"]
    shutil.copytree(BUNDLE, tmp_path / "bundle")
    (script,) = (tmp_path / "bundle" / "assets").glob("index-*.js")
    script.unlink()
    assert guard.lacks(tmp_path / "bundle") == [f"assets/{script.name}"]
