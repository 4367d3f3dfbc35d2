"""Plugins without packaging: `--plugin file.py` in the command, `la.register` in notebooks and tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

from llmsim_adapters.documents import schema_of
from llmsim_adapters.scaffold import create
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DIALECT: Final = """
import llmsim_adapters as la

ACME = la.dialect("llama").like("acme", aliases={"depth": "num_hidden_layers"}, tie_word_embeddings=True)

@la.hookimpl
def llmsim_register_dialects():
    return [ACME]
"""
KINDS: Final = ("dialects", "components", "builders", "engines", "towers")
SIZES: Final = {"vocab_size": 500, "hidden_size": 60, "intermediate_size": 160, "num_attention_heads": 4, "depth": 3}
CONFIG: Final = {"model_type": "acme", "architectures": ["AcmeForCausalLM"], **SIZES}


def run(*command: str, folder: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(ROOT / "builders")])
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", "LLMSIM_ADAPTERS_PLUGINS": ""},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def explained(folder: Path, plugin: str) -> dict[str, Any]:
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    command = ("-m", "llmsim_adapters", "--plugin", plugin, "explain", "config.json", "--format", "json")
    found: dict[str, Any] = json.loads(run(*command, folder=folder).stdout)["coverage"]
    return found


class TestTheCommand:
    def test_takes_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "lab.py").write_text(DIALECT, encoding="utf-8")
        answer = explained(tmp_path, "lab.py")
        assert (answer["status"], answer["model_type"]) == ("fully_supported", "acme")

    def test_says_where_the_file_is_wrong(self, tmp_path: Path) -> None:
        (tmp_path / "lab.py").write_text("\n1 / 0\n", encoding="utf-8")
        done = run("-m", "llmsim_adapters", "--plugin", "lab.py", "builders", folder=tmp_path)
        assert "lab.py (not installed)" in done.stdout
        assert "ZeroDivisionError: division by zero (lab.py:2)" in " ".join(done.stdout.split())

    def test_takes_the_folder_of_a_project(self, tmp_path: Path) -> None:
        create("llmsim-acme", tmp_path / "project")
        dialect = tmp_path / "project" / "llmsim_acme" / "dialect.py"
        dialect.write_text(dialect.read_text(encoding="utf-8").replace("acme_layers", "depth"), encoding="utf-8")
        answer = explained(tmp_path, "project")
        assert answer["model_type"] == "acme"
        assert {claim["builder"] for claim in answer["claims"]} >= {"acme", "qwen3"}

    @pytest.mark.parametrize("path", ["nowhere.py", ".", "lab.txt"])
    def test_refuses_what_is_no_plugin(self, path: str, tmp_path: Path) -> None:
        done = run("-m", "llmsim_adapters", "--plugin", path, "builders", folder=tmp_path, code=2)
        assert done.stderr.startswith(f"error: {path} is no plugin; expected a Python file, or a folder")


NOTEBOOK: Final = f"""
import warnings
import llmsim_adapters as la
warnings.simplefilter("error")
config = {CONFIG!r}
print(la.evaluate(config).status)
for tied in (True, False):
    la.register(la.dialect("llama").like("acme", aliases={{"depth": "num_hidden_layers"}}, tie_word_embeddings=tied))
    print(la.evaluate(config).status, la.build(config).parameters)

class Mine(la.Builder):
    name = "mine"
    requirements = la.Requirements(
        categories={{la.Category.DENSE}}, parameters=("hidden_size",), components={{"attention"}}
    )

la.register(Mine)
la.register(Mine, la.Engine(name="mine"))
print([entry.name for entry in la.builders().registered], [entry.name for entry in la.builders().engines])
CASES = (3, la.dialect("llama"), la.Dialect("acme", None, {{}}))
for wrong in CASES:
    try:
        la.register(wrong)
    except la.AdapterError as error:
        print(error)
warnings.simplefilter("always")
la.register(la.dialect("llama").like("acme", n_layer=3))
"""


def test_a_notebook_registers_and_registers_again(tmp_path: Path) -> None:
    done = run("-c", NOTEBOOK, folder=tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0] != "fully_supported"
    assert lines[1:4] == [
        "fully_supported 160020",
        "fully_supported 190020",
        "['classifier', 'deepseek_v3', 'draft', 'encoder', 'hybrid', 'mine', 'qwen3', 'qwen3_moe'] "
        "['sglang', 'checkpoint', 'llmsim', 'mine']",
    ]
    assert lines[4].startswith("3 is nothing to register; expected a Dialect, a class of Builder")
    assert "model type `llama` is taken by llmsim-adapters" in lines[5]
    assert "dialect `acme`: `read` is None" in lines[6]
    assert "PluginWarning: dialect `acme`: nobody reads the default `n_layer`" in done.stderr


TWO: Final = DIALECT.replace(
    "return [ACME]",
    "return [ACME, la.Dialect('beta', read, {}), la.dialect('llama').like('gamma', n_layer=3)]",
).replace("@la", "def read(r): raise ValueError('boom')\n\n@la")


class TestLooking:
    def test_plugins_says_what_each_brings(self, tmp_path: Path) -> None:
        (tmp_path / "lab.py").write_text(TWO, encoding="utf-8")
        command = ("-m", "llmsim_adapters", "--plugin", "lab.py", "plugins", "--format", "json")
        said = json.loads(run(*command, folder=tmp_path).stdout)
        jsonschema.validate(said, schema_of("plugins"))
        own, lab = said["plugins"]
        assert (own["distribution"], lab["distribution"]) == ("llmsim-adapters", "lab.py")
        assert lab["hooks"] == [{"name": "llmsim_register_dialects", "since": "0.1"}]
        brought = {kind: [e["name"] for e in said[kind] if e["owner"] == "lab.py (not installed)"] for kind in KINDS}
        assert brought == {kind: ["acme", "beta", "gamma"] if kind == "dialects" else [] for kind in KINDS}
        assert all(said[kind] for kind in KINDS)
        assert [fault["used"] for fault in said["faults"]] == [True]

    def test_check_names_every_mistake(self, tmp_path: Path) -> None:
        (tmp_path / "lab.py").write_text(TWO, encoding="utf-8")
        done = run("-m", "llmsim_adapters", "check", "lab.py", "--format", "json", folder=tmp_path, code=1)
        said = json.loads(done.stdout)
        jsonschema.validate(said, schema_of("check"))
        unread, failed = (problem["problem"] for problem in said["problems"])
        assert "nobody reads the default `n_layer` (lab.py:10), a spelling of `num_hidden_layers`" in unread
        assert failed.endswith("ValueError: boom (lab.py:6)")
        assert done.stderr == "error: problems found: 2\n"

    @pytest.mark.parametrize("component", [False, True])
    def test_check_finds_nothing_in_a_new_project(self, component: bool, tmp_path: Path) -> None:
        create("llmsim-acme", tmp_path / "project", kind="component" if component else "builder")
        done = run("-m", "llmsim_adapters", "check", "project", folder=tmp_path)
        assert done.stdout.startswith("Checked: llmsim-acme\n")
        assert "No problems found." in done.stdout

    def test_check_refuses_a_distribution_that_is_not_there(self, tmp_path: Path) -> None:
        done = run("-m", "llmsim_adapters", "check", "nobody", folder=tmp_path, code=2)
        assert "no plugin of a distribution 'nobody'; no plugin is installed; or give a path" in done.stderr

    def test_names_has_those_of_plugins_among_ours(self, tmp_path: Path) -> None:
        create("llmsim-acme", tmp_path / "project", kind="component")
        command = ("-m", "llmsim_adapters", "--plugin", "project", "names", "--format", "json")
        said = json.loads(run(*command, folder=tmp_path).stdout)
        jsonschema.validate(said, schema_of("names"))
        words = {kind: {each["name"]: each for each in said[kind]} for kind in ("parameters", "features", "components")}
        spellings = [spelling["name"] for spelling in words["parameters"]["num_hidden_layers"]["spellings"]]
        assert "n_layer" in spellings
        assert {"acme_gate", "tie_word_embeddings"} <= words["parameters"].keys()
        assert words["features"]["acme_gate"]["group"] == "acme_mixer"
        assert words["features"]["qk_norm"]["meaning"]
        fields = {field["name"]: field["required"] for field in words["components"]["acme_mixer"]["fields"]}
        assert fields == {"hidden_size": True, "num_attention_heads": True, "head_dim": True, "gated": False}
