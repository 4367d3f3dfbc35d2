"""The command among others: other tools' words, grouped help, completion, files that it writes, settings it reads."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from llmsim_adapters.spec.dtypes import BITS, WORDS
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("hub_home")


def run(*arguments: str, **environment: str) -> Result:
    result = CliRunner().invoke(main, list(arguments), env=environment, prog_name="llmsim-adapters")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def schedule(*arguments: str) -> dict[str, Any]:
    result = run("build", "Qwen/Qwen3-30B-A3B", "--offline", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)["schedule"]
    return found


class TestWords:
    @pytest.mark.parametrize(
        ("words", "fields"),
        [
            ("--tp 2", {"tp_size": 2}),
            ("-tp 2", {"tp_size": 2}),
            ("--tensor-parallel-size=2", {"tp_size": 2}),
            ("--tp_size 2", {"tp_size": 2}),
            ("--dp 2", {"dp_size": 2}),
            ("--data-parallel-size 2", {"dp_size": 2}),
            ("--tp 2 --expert-parallel-size 2", {"tp_size": 2, "ep_size": 2}),
            ("--weight-dtype fp8", {"weight_dtype": "float8_e4m3fn"}),
            ("--dtype bf16", {"dtype": "bfloat16"}),
            ("--dtype auto", {"dtype": "auto"}),
            ("--kv-cache-dtype auto", {"kv_cache_dtype": None}),
            ("--kv_cache_dtype=fp8_e5m2", {"kv_cache_dtype": "float8_e5m2"}),
        ],
    )
    def test_of_other_engines_are_understood(self, words: str, fields: dict[str, Any]) -> None:
        assert fields.items() <= schedule(*words.split()).items()

    def test_for_formats_are_of_formats_that_there_are(self) -> None:
        assert set(WORDS.values()) <= set(BITS)
        assert not set(WORDS) & set(BITS)

    @pytest.mark.parametrize(
        ("arguments", "suggestion"),
        [
            (["build", "Qwen/Qwen3-8B", "--kv-cache-dtype", "bfloat61"], "did you mean bfloat16?"),
            (["explain", "Qwen/Qwen3-8B", "--weight-dtype", "int7"], "int7 is no number format; there are float64"),
            (["explain", "Qwen/Qwen3-8B", "--why", "wieghts"], "did you mean weights?"),
            (["builders", "deepseek_v4"], "did you mean deepseek_v3?"),
        ],
    )
    def test_that_nobody_knows_get_a_suggestion(self, arguments: list[str], suggestion: str) -> None:
        result = run(*arguments)
        assert result.exit_code == 2
        assert suggestion in result.stderr
        assert result.stderr.count("\n") == 1

    @pytest.mark.parametrize("arguments", [[], ["--tp", "4"], ["--tp", "2", "--dp", "2", "--ep", "4"]])
    @pytest.mark.parametrize("command", ["explain", "build"])
    def test_of_layouts_print_the_number_of_ranks(self, command: str, arguments: list[str]) -> None:
        ranks = 4 if arguments else 1
        assert f": {ranks} rank" in run(command, "Qwen/Qwen3-30B-A3B", "--offline", *arguments).stdout


class TestHelp:
    def test_is_what_the_bare_command_shows(self) -> None:
        result = run()
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.rstrip() == run("--help").stdout.rstrip()

    def test_names_every_command_in_a_whole_line(self) -> None:
        listed = run("--help").stdout.partition("Commands:\n")[2].splitlines()
        assert {line.split()[0] for line in listed} == set(main.commands)
        assert all(line.endswith((".", "?")) and not line.endswith("...") for line in listed)

    @pytest.mark.parametrize("name", sorted(main.commands))
    def test_of_a_command_has_two_examples(self, name: str) -> None:
        """Whether they run is for the test below."""
        examples = run(name, "--help").stdout.partition("Examples:\n")[2].splitlines()
        assert [line.split()[:2] for line in examples] == [["llmsim-adapters", name]] * 2
        assert max(map(len, examples)) <= 80

    @pytest.mark.parametrize("name", ["explain", "build", "compare", "fit", "builders", "schema"])
    def test_examples_run(self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        for line in run(name, "--help").stdout.partition("Examples:\n")[2].splitlines():
            assert run(*line.split()[1:]).exit_code == 0, line

    def test_has_the_options_in_groups(self) -> None:
        shown = run("build", "--help").stdout.splitlines()
        headings = [line for line in shown if line.endswith(":") and not line.startswith(" ")]
        wanted = [
            *("Options:", "Step:", "Pictures and sound:", "Ranks and engine:", "Number formats:"),
            *("Where configs come from:", "Output:"),
        ]
        assert headings == wanted
        groups = {heading: shown.index(heading) for heading in headings}
        at = next(index for index, line in enumerate(shown) if line.startswith("  --kv-cache-dtype"))
        assert groups["Number formats:"] < at < groups["Where configs come from:"]


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_prints_a_script(self, shell: str) -> None:
        result = run("completion", shell)
        assert result.exit_code == 0
        assert f"_LLMSIM_ADAPTERS_COMPLETE={shell}_complete" in result.stdout

    @pytest.mark.parametrize(
        ("begun", "word"),
        [
            ("explain Qwen/Qwen3-8", "Qwen/Qwen3-8B"),
            ("coverage sg", "sglang"),
            ("explain x --why we", "weights"),
            ("build x --builder qwen3_", "qwen3_moe"),
            ("build x --weight-dtype fp8_", "fp8_e5m2"),
            ("build x --engine check", "checkpoint"),
            ("schema expl", "explanation"),
            ("fit x --gpu RTX-4", "RTX-4090-24GB"),
            ("completion z", "zsh"),
        ],
    )
    def test_knows_what_options_and_arguments_take(self, begun: str, word: str) -> None:
        words = ["llmsim-adapters", *begun.split()]
        environment = {"_LLMSIM_ADAPTERS_COMPLETE": "bash_complete", "COMP_CWORD": str(len(words) - 1)}
        result = run(COMP_WORDS=" ".join(words), **environment)
        assert f"plain,{word}" in result.stdout.splitlines()

    def test_knows_models_of_the_cache(self, tmp_path: Path) -> None:
        (tmp_path / "models--acme--Model-1--x").mkdir()
        words = {"COMP_WORDS": "llmsim-adapters explain acme/", "COMP_CWORD": "2"}
        result = run(_LLMSIM_ADAPTERS_COMPLETE="bash_complete", HF_HUB_CACHE=str(tmp_path), **words)
        assert "plain,acme/Model-1--x" in result.stdout.splitlines()


class TestOutput:
    @pytest.mark.parametrize(("name", "begins"), [("a.json", "{"), ("a.md", "# Qwen"), ("A.TXT", "Qwen/")])
    def test_goes_to_a_file_in_the_format_of_its_end(self, tmp_path: Path, name: str, begins: str) -> None:
        path = tmp_path / name
        path.write_text("before")
        result = run("explain", "Qwen/Qwen3-8B", "--offline", "-o", str(path))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
        assert path.read_text(encoding="utf-8").startswith(begins)
        assert [each for each in os.listdir(tmp_path) if each != "home"] == [name]

    def test_format_overrides_the_end(self, tmp_path: Path) -> None:
        path = tmp_path / "a.md"
        run("builders", "-o", str(path), "--format", "json")
        assert json.loads(path.read_text())["builders"]

    @pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
    def test_keeps_the_permissions_of_the_file_that_was_there(self, tmp_path: Path) -> None:
        path = tmp_path / "a.json"
        path.write_text("before")
        path.chmod(0o640)
        run("builders", "-o", str(path))
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_of_no_known_end_is_misuse(self, tmp_path: Path) -> None:
        result = run("builders", "-o", str(tmp_path / "a.pdf"))
        assert result.exit_code == 2
        assert ".json, .md, .txt" in result.stderr
        assert os.listdir(tmp_path) == ["home"]

    def test_that_cannot_be_written_is_one_line(self, tmp_path: Path) -> None:
        result = run("builders", "-o", str(tmp_path / "none" / "a.json"))
        assert result.exit_code == 1
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1


class TestSources:
    def test_of_several_models_are_a_report(self) -> None:
        result = run("coverage", "Qwen/Qwen3-8B", "google/gemma-2-2b", "--offline", "--format", "json")
        assert [model["source"] for model in json.loads(result.stdout)["models"]] == [
            "Qwen/Qwen3-8B",
            "google/gemma-2-2b",
        ]

    @pytest.mark.parametrize("kind", ["id", "config", "folder"])
    def test_of_one_model_are_no_registry(self, tmp_path: Path, kind: str) -> None:
        path = tmp_path / "config.json"
        path.write_text((ROOT / "hf_config" / "Qwen--Qwen3-8B.json").read_text())
        source = {"id": "Qwen/Qwen3-8B", "config": str(path), "folder": str(tmp_path)}[kind]
        result = run("coverage", source, "--offline", "--format", "json")
        assert json.loads(result.stdout)["counts"]["fully"] == 1

    def test_that_are_a_file_of_models_are_a_registry(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps({"models": [{"name": "a", "huggingface": "Qwen/Qwen3-8B"}]}))
        found = json.loads(run("coverage", str(path), "--offline", "--format", "json").stdout)
        assert (found["registry"], found["counts"]["fully"]) == ("mine", 1)


class TestSettings:
    """`llmsim-adapters.toml` and `[tool.llmsim-adapters]`, the next one above the working directory."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "inner").mkdir()
        monkeypatch.chdir(tmp_path / "inner")

    def written(self, tmp_path: Path, text: str, name: str = "llmsim-adapters.toml") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    def total(self, *arguments: str) -> int:
        result = run(*arguments, "--format", "json")
        assert result.exit_code == 0, result.stderr
        count: int = json.loads(result.stdout)["counts"]["total"]
        return count

    @pytest.mark.parametrize("name", ["llmsim-adapters.toml", "pyproject.toml"])
    def test_hold_below_their_folder(self, tmp_path: Path, name: str) -> None:
        header = "[tool.llmsim-adapters]\n" if name == "pyproject.toml" else ""
        self.written(tmp_path, f'{header}registry = "sglang"\noffline = true\n', name)
        assert self.total("coverage") > 200

    def test_give_way_to_the_command_line(self, tmp_path: Path) -> None:
        self.written(tmp_path, 'registry = "sglang"\noffline = true\nfail-under = 100')
        assert self.total("coverage", "report") == 19
        assert self.total("--no-config", "coverage", "--offline") == 19
        assert run("coverage").exit_code == 1

    def test_of_a_project_without_the_table_are_looked_for_above(self, tmp_path: Path) -> None:
        self.written(tmp_path / "inner", "[tool.other]\nx = 1\n", "pyproject.toml")
        self.written(tmp_path, 'registry = "sglang"\noffline = true')
        assert self.total("coverage") > 200

    def test_name_files_of_their_own_folder(self, tmp_path: Path) -> None:
        """Wherever below it the command is run."""
        (tmp_path / "models.json").write_text('{"models": [{"name": "a", "huggingface": "Qwen/Qwen3-8B"}]}')
        self.written(tmp_path, 'registry = "models.json"\noffline = true\nhtml = "out.html"\nagainst = "old.json"\n')
        assert self.total("--no-config", "coverage", str(tmp_path / "models.json"), "--offline") == 1
        result = run("--no-config", "coverage", str(tmp_path / "models.json"), "--offline", "--format", "json")
        (tmp_path / "old.json").write_text(result.stdout)
        shown = run("coverage")
        assert (shown.exit_code, shown.stderr) == (0, "")
        assert "No model changed." in shown.stdout
        assert (tmp_path / "out.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    @pytest.mark.parametrize("name", ["../out.html", "/tmp/out.html", ".", "inner/../../out.html", "a\\u0000"])
    def test_name_no_file_outside_of_their_folder(self, tmp_path: Path, name: str) -> None:
        self.written(tmp_path, f'html = "{name}"')
        result = run("coverage", "--offline")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "expected a file in the same folder" in result.stderr

    def test_are_shown_when_asked_for(self, tmp_path: Path) -> None:
        assert run("--show-config").stdout.startswith("no llmsim-adapters.toml")
        path = self.written(tmp_path, 'registry = "sglang"\nfail-under = 90\n')
        shown = run("--show-config")
        assert (shown.exit_code, shown.stdout) == (0, f'# {path}\nregistry = "sglang"\nfail-under = 90\n')

    @pytest.mark.skipif(os.name == "nt", reason="a working directory can't be removed")
    def test_of_a_folder_that_is_gone_are_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        monkeypatch.chdir(gone)
        gone.rmdir()
        assert run("explain", "Qwen/Qwen3-8B", "--offline").exit_code == 0

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('registri = "sglang"', "`registri` can't be set there (did you mean registry?)"),
            ('endpoint = "https://hub.example.com"', "`endpoint` can't be set there"),
            ('offline = "yes"', "`offline` is 'yes'; expected true or false"),
            ("fail-under = true", "`fail-under` is True; expected a number"),
            ("fail-under = 101", "--fail-under"),
            ("registry = ", "is not TOML"),
        ],
    )
    def test_that_cannot_be_are_misuse(self, tmp_path: Path, text: str, message: str) -> None:
        self.written(tmp_path, text)
        result = run("coverage", "--offline")
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1


def test_quiet_says_no_warnings_and_errors_still() -> None:
    arguments = ("build", "Qwen/Qwen2.5-VL-7B-Instruct", "--offline", "--format", "json")
    assert "warning: " in run(*arguments).stderr
    assert run("-q", *arguments).stderr == ""
    assert run("-q", "build", "no/such", "--offline").stderr.startswith("error: ")


def test_the_version_is_that_of_the_package() -> None:
    assert run("--version").stdout == f"llmsim-adapters {la.__version__}\n"
