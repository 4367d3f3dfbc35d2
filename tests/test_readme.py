"""The README is true: its commands, its output, its Python and its plugin are run as they stand there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN: Final = "\n".join(README.split("\n")[:24])
REPORT: Final = "pip install . && llmsim-adapters coverage --offline"
SUITE: Final = 'pip install -e ".[test]" && pytest'


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


class TestPython:
    def source(self) -> str:
        found = re.search(r"^## In Python\n+```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
        assert found
        return found[1]

    def test_is_five_lines_and_an_import(self) -> None:
        first, *rest = [line for line in self.source().split("\n") if line]
        assert first == "import llmsim_adapters as la"
        assert len(rest) == 5

    def test_prints_what_its_comments_say(self, run_python: Callable[..., str]) -> None:
        expected = re.findall(r"# -> (.*)", self.source())
        assert len(expected) == 3
        assert run_python(self.source()).splitlines() == expected


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the README's plugin as installing its wheel leaves it in site-packages."""
    project, site = tmp_path_factory.mktemp("plugin"), tmp_path_factory.mktemp("site")
    for name in ("plain_builder.py", "pyproject.toml"):
        (project / name).write_text(block(f"builder: {name}"), encoding="utf-8")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (project / "dist").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


class TestBuilder:
    def test_is_short(self) -> None:
        assert len([line for line in block("builder: plain_builder.py").split("\n") if line]) <= 15

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


def test_every_file_that_the_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
