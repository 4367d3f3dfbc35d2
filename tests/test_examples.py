"""The plugins under `examples/`, as their users have them: a wheel beside this project's wheel, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.hub.fixtures import ROOT
from tests.test_docs import tool_named

if TYPE_CHECKING:
    from tests.fresh import Environment

ECHO: Final = ROOT / "examples" / "llmsim-echo"
CONFIG: Final = ECHO / "config.json"


@pytest.fixture(scope="module")
def echo(environment: Environment) -> Environment:
    environment.install(ECHO)
    return environment


def answer(echo: Environment, *arguments: str) -> Any:
    return json.loads(echo.command(*arguments, "--format", "json"))


def parameters(c: dict[str, Any]) -> int:
    """The parameters of the example's config, by the shapes of its tensors."""
    hidden, width, heads, kv_heads = c["hidden_size"], c["head_dim"], c["num_attention_heads"], c["num_key_value_heads"]
    attention = 2 * hidden * heads * width + 2 * hidden * kv_heads * width + hidden * heads
    echoes = 2 * kv_heads * width * c["echo_every"] * width
    layer = attention + echoes + 3 * hidden * c["intermediate_size"] + 2 * hidden
    return 2 * c["vocab_size"] * hidden + c["num_hidden_layers"] * layer + hidden


def test_nothing_comes_from_the_checkout(echo: Environment) -> None:
    code = "import llmsim_adapters, llmsim_builders, llmsim_echo as e; print(llmsim_adapters.__file__, e.__file__)"
    for file in echo.run([str(echo.python), "-c", code]).split():
        assert Path(file).is_relative_to(echo.folder)


def test_builders_lists_it(echo: Environment) -> None:
    said = answer(echo, "builders")
    (entry,) = [builder for builder in said["builders"] if builder["name"] == "echo"]
    assert (entry["distribution"], entry["version"], entry["built_in"]) == ("llmsim-echo", "1.0", False)
    assert said["broken"] == []


def test_explain_says_that_it_models_the_config(echo: Environment) -> None:
    said = answer(echo, "explain", str(CONFIG))["coverage"]
    assert (said["status"], said["builder"], said["evidence"], said["gaps"]) == ("fully_supported", "echo", "built", [])
    assert [claim["builder"] for claim in said["claims"] if claim["claims"]] == ["echo"]


def test_build_counts_what_the_shapes_say(echo: Environment) -> None:
    graph = answer(echo, "build", str(CONFIG), "--tp-size", "8")
    config = json.loads(CONFIG.read_text(encoding="utf-8"))
    assert graph["totals"]["parameters"] == parameters(config)
    # Four key/value heads on eight ranks: each has a whole one, a quarter of what the model keeps.
    assert {(cache["stride"], cache["ways"]) for cache in graph["caches"]} == {(1, 4), (16, 4)}


@pytest.mark.parametrize(("more", "status"), [(0, "fully_supported"), (1, "partially_supported")])
def test_coverage_holds_it_to_an_external_total(more: int, status: str, echo: Environment, tmp_path: Path) -> None:
    """A plugin's claim of full support is no reason to believe its figures."""
    registry = json.loads((ECHO / "models.json").read_text(encoding="utf-8"))
    (row,) = registry["models"]
    assert row["total"]["value"] == parameters(json.loads(CONFIG.read_text(encoding="utf-8")))
    row["total"]["value"] += more
    row["huggingface"] = str(CONFIG)
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(registry), encoding="utf-8")
    (found,) = answer(echo, "coverage", str(file))["models"]
    assert (found["coverage"]["builder"], found["coverage"]["status"]) == ("echo", status)
    assert [gap["kind"] for gap in found["coverage"]["gaps"]] == (["count_mismatch"] if more else [])
    echo.command("coverage", str(file), "--fail-under-full", "100", code=1 if more else 0)


def test_its_own_tests_pass(echo: Environment, tmp_path: Path) -> None:
    shutil.copytree(ECHO / "tests", tmp_path / "tests")
    shutil.copy(ECHO / "pyproject.toml", tmp_path)
    last = echo.pytest(tmp_path)
    assert " passed" in last
    assert "failed" not in last


class TestTutorial:
    TOOL: Final = tool_named("tutorial")

    def test_has_the_files_as_they_are(self) -> None:
        """`python tools/tutorial.py` writes them anew."""
        text = self.TOOL.PAGE.read_text(encoding="utf-8")
        assert self.TOOL.page(text) == text

    def test_leaves_no_file_out(self) -> None:
        titles = self.TOOL.titles(self.TOOL.PAGE.read_text(encoding="utf-8"))
        files = {
            path.relative_to(ECHO).as_posix() for path in ECHO.rglob("*") if path.suffix in (".py", ".json", ".toml")
        }
        assert sorted(titles) == sorted(files)


def test_it_imports_the_public_names_only() -> None:
    for path in (ECHO / "llmsim_echo").glob("*.py"):
        imported = [line for line in path.read_text(encoding="utf-8").splitlines() if "llmsim_adapters" in line]
        assert [line for line in imported if "import" in line] in ([], ["import llmsim_adapters as la"])
