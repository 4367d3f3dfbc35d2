"""The README is true: its commands, its output, its Python and its plugin are run as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests import pages
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN: Final = "\n".join(README.split("\n")[:24])
REPORT: Final = "pip install . && llmsim-adapters coverage --offline"
SUITE: Final = 'pip install -e ".[test]" && pytest -n auto'


def block(marker: str) -> str:
    """Return what is in the fenced block that follows a marker comment."""
    found = re.search(rf"^<!-- {re.escape(marker)} -->\n+```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no block after the marker {marker!r}"
    return found[1]


class TestCommands:
    @pytest.mark.parametrize("command", [REPORT, SUITE])
    def test_stand_in_the_first_screen_each_in_one_line(self, command: str) -> None:
        assert f"```bash\n{command}\n```" in FIRST_SCREEN

    @pytest.mark.parametrize("command", [REPORT, SUITE])
    def test_are_found_there_by_ci(self, command: str) -> None:
        """`.ci/run` takes them from the README, so that what is checked is what people copy."""
        lines = [line for line in README.split("\n") if line.startswith("pip install ")]
        assert next(line for line in lines if command.partition("&& ")[2] in line) == command

    def test_print_what_the_readme_shows(self, run_command: Callable[..., str]) -> None:
        """Where this fails because the output changed on purpose, paste it into the README."""
        assert block("coverage output") == run_command("coverage", "--offline")


@pytest.fixture
def run_command(hub_home: Path) -> Callable[..., str]:
    """Return what the command prints into a pipe 80 columns wide."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "llmsim_adapters", *arguments],
            env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "LLMSIM_ADAPTERS_PLUGINS": ""},
            cwd=hub_home,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_first_python_is_five_lines_and_an_import() -> None:
    """`tests/test_docs.py` runs it, with everything else that can be run."""
    first, *rest = next(block.text for block in pages.blocks(README) if block.language == "python").splitlines()
    assert first == "import llmsim_adapters as la"
    assert len([line for line in rest if line]) == 5


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's plugin as installing its wheel leaves it in site-packages."""
    project, site = tmp_path_factory.mktemp("plugin"), tmp_path_factory.mktemp("installed") / "site-packages"
    for name in ("plain_builder.py", "pyproject.toml"):
        (project / name).write_text(pages.titled(README, name), encoding="utf-8")
    pages.install(project, site)
    return site


class TestBuilder:
    def test_is_short(self) -> None:
        assert len([line for line in pages.titled(README, "plain_builder.py").split("\n") if line]) <= 15

    def test_registers_with_its_distribution(self, site: Path, run_python: Callable[..., str]) -> None:
        code = (
            "import json, llmsim_adapters as la\n"
            "found = la.builders()\n"
            "assert not found.broken, found.broken\n"
            "print(json.dumps({b.name: [b.distribution, b.version] for b in found.registered}))"
        )
        found = json.loads(run_python(code, PYTHONPATH=_before_the_checkout(site)))
        assert found["plain"] == ["plain-builder", "0.1"]
        assert set(found) >= {"qwen3", "qwen3_moe", "deepseek_v3"}

    def test_says_what_its_gap_costs(self, site: Path, run_python: Callable[..., str]) -> None:
        """The README's own words: for Mistral-7B, a KV cache at 32k tokens of 8 times the right one."""
        code = (
            "import json, llmsim_adapters as la\n"
            "found = la.load('mistralai/Mistral-7B-v0.1').coverage\n"
            "(claim,) = [claim for claim in found.claims if claim.builder == 'plain']\n"
            "(gap,) = claim.gaps\n"
            "print(json.dumps([found.builder, found.status, claim.claims, gap.name, gap.impact.kv_cache, "
            "gap.impact.tokens]))"
        )
        assert json.loads(run_python(code, PYTHONPATH=_before_the_checkout(site))) == [
            "qwen3",
            "fully_supported",
            True,
            "sliding_window",
            8.0,
            32768,
        ]


def _before_the_checkout(site: Path) -> str:
    return os.pathsep.join((str(site), str(ROOT)))


CHINESE: Final = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")


def sections(page: str) -> list[str]:
    """Return a README section by section, each from its heading on, without fenced blocks and comments."""
    text = re.sub(r"^```.*?^```$|<!--.*?-->", "", page, flags=re.MULTILINE | re.DOTALL)
    return re.split(r"^(?=#+ )", text, flags=re.MULTILINE)[1:]


def rows(section: str) -> list[list[str]]:
    """Return the cells of the tables in a section."""
    return [re.split(r" ?(?<!\\)\| ?", line)[1:-1] for line in section.splitlines() if line.startswith("|")]


class TestChinese:
    """README.zh-CN.md says the same: what needs no translation is the same, section by section."""

    PAIRS: Final = tuple(zip(sections(README), sections(CHINESE), strict=False))

    def test_each_is_linked_from_the_top_of_the_other(self) -> None:
        assert "[中文](README.zh-CN.md)" in README.splitlines()[:4]
        assert "[English](README.md)" in CHINESE.splitlines()[:4]

    def test_the_fenced_blocks_are_the_same(self) -> None:
        assert pages.blocks(CHINESE) == pages.blocks(README)

    def test_the_sections_are_the_same(self) -> None:
        depths = [[len(section.split(" ")[0]) for section in sections(page)] for page in (README, CHINESE)]
        assert depths[0] == depths[1]

    @pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[english.split("\n")[0] for english, _ in PAIRS])
    def test_a_section_names_the_same_things(self, english: str, chinese: str) -> None:
        def said(text: str) -> list[str]:
            code, links = re.findall(r"`([^`\n]+)`", text), re.findall(r"\]\(([^)]+)\)", text)
            numbers = re.findall(r"(?<![\w.])\d[\d,.]*(?:\s?[%×])?", re.sub(r"`[^`\n]+`", "", text))
            names = {"README.md", "README.zh-CN.md"}
            return sorted(word.rstrip(".,") for word in (*code, *links, *numbers) if word not in names)

        assert said(chinese) == said(english)

    @pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[english.split("\n")[0] for english, _ in PAIRS])
    def test_a_table_has_the_same_rows(self, english: str, chinese: str) -> None:
        mine, theirs = rows(chinese), rows(english)
        assert [len(row) for row in mine] == [len(row) for row in theirs]
        names = [[re.findall(r"`[^`]+`", cell) for cell in (row[0] for row in table)] for table in (mine, theirs)]
        assert names[0] == names[1]
