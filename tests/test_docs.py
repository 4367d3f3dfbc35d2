"""Pages that are generated say what the package does now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("model_types", ROOT / "tools" / "model_types.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lists_of_model_types_are_current(tool: ModuleType) -> None:
    """`python tools/model_types.py` writes them anew."""
    found = tool.types()
    assert all(row.summary and row.builder for row in found)
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(found)
    readme = tool.README.read_text(encoding="utf-8")
    assert readme == tool.readme(found, readme)
