"""The notebooks of the documentation: they run, they show what is kept of them, and the site has their pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.hub.fixtures import ROOT
from tests.pages import tool_named

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("hub_home")
TOOL = tool_named("notebooks")


@pytest.mark.parametrize("path", TOOL.NOTEBOOKS, ids=lambda path: path.stem)
class TestANotebook:
    def test_shows_what_its_cells_show_now(self, path: Path) -> None:
        """`python tools/notebooks.py` runs it anew."""
        kept = json.loads(path.read_text(encoding="utf-8"))
        ran = TOOL.executed(kept)
        assert [cell.get("outputs") for cell in ran["cells"]] == [cell.get("outputs") for cell in kept["cells"]]
        assert path.read_text(encoding="utf-8") == TOOL.text(ran)

    def test_is_a_page_of_the_site(self, path: Path) -> None:
        kept = json.loads(path.read_text(encoding="utf-8"))
        page = path.with_suffix(".md")
        assert page.read_text(encoding="utf-8") == TOOL.page(kept, path.name)
        assert page.relative_to(ROOT / "docs").as_posix() in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")

    def test_shows_something_in_every_cell_and_no_path_of_a_machine(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert all(cell["outputs"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")
        assert str(ROOT) not in text
