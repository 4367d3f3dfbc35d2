"""`new NAME --from SOURCE`: the dialect of an undeclared type, drafted of its config and its files' headers."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

from llmsim_adapters.cli.main import main
from tests.reference.headers import config_of
from tests.stored import FILES, tensors_of
from tests.test_proof_headers import header, packed

if TYPE_CHECKING:
    from pathlib import Path

    from llmsim_adapters.proof.stored import Stored
    from tests.fresh import Environment

CASES: Final = {case["type"]: case for case in FILES if case["name"] == "tiny-minimal"}


def checkpoint(folder: Path, like: str, tensors: list[Stored] | None = None, **changed: Any) -> Path:
    """Write a checkpoint of a type that nobody declared, of which all but its name is a declared one's."""
    folder.mkdir()
    config = {**config_of(CASES[like]), "model_type": "acme_one", "architectures": ["AcmeOneForCausalLM"], **changed}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(packed(header(tensors or tensors_of(CASES[like]))))
    return folder


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_a_type_that_is_like_a_declared_one_passes_its_tests_as_drafted(
    environment: Environment, tmp_path: Path
) -> None:
    source = checkpoint(tmp_path / "source", "olmo2", acme_flag=3)
    environment.command("new", "llmsim-acme-one", "--from", str(source), cwd=tmp_path)
    project = tmp_path / "llmsim-acme-one"
    text = (project / "llmsim_acme_one" / "dialect.py").read_text()
    assert 'la.dialect("olmo2").like(\n    "acme_one",' in text
    assert "Like `olmo2`: proven: all" in text
    assert "Keys that `olmo2` does not read: acme_flag." in text
    environment.install(project)
    last = environment.pytest(project)
    assert " passed" in last
    assert "failed" not in last


def test_what_differs_is_said_and_its_test_waits_for_it(environment: Environment, tmp_path: Path) -> None:
    tensors = tensors_of(CASES["olmo2"])
    odd = [tensors[0]._replace(name=f"model.layers.{at}.odd", shape=(3, 5, 7)) for at in range(5)]
    source = checkpoint(tmp_path / "source", "olmo2", [*tensors, *odd], model_type="acme_two")
    environment.command("new", "llmsim-acme-two", "--from", str(source), cwd=tmp_path)
    project = tmp_path / "llmsim-acme-two"
    text = (project / "llmsim_acme_two" / "dialect.py").read_text()
    assert "Like `olmo2`: not proven: 5 unexpected." in text
    assert "- model.layers.0.odd [3, 5, 7] float32" in text
    environment.install(project)
    assert "1 xfailed" in environment.pytest(project)


def test_the_project_is_clean(tmp_path: Path) -> None:
    pytest.importorskip("ruff")
    source = checkpoint(tmp_path / "source", "olmo2", acme_flag=3, model_type="acme_three")
    project = tmp_path / "llmsim-acme-three"
    assert run("new", "llmsim-acme-three", "--folder", project, "--from", source).exit_code == 0
    for arguments in (("check", "."), ("format", "--check", ".")):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments], cwd=project, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_a_declared_type_needs_no_draft(tmp_path: Path) -> None:
    source = checkpoint(tmp_path / "source", "llama", model_type="llama", architectures=["LlamaForCausalLM"])
    done = run("new", "llmsim-acme-four", "--folder", tmp_path / "new", "--from", source)
    assert done.exit_code == 2
    assert "has a dialect already" in done.output
    assert not (tmp_path / "new").exists()


def test_a_model_without_files_has_nothing_to_draft_of(tmp_path: Path) -> None:
    source = checkpoint(tmp_path / "source", "olmo2")
    (source / "model.safetensors").unlink()
    done = run("new", "llmsim-acme-five", "--folder", tmp_path / "new", "--from", source)
    assert done.exit_code == 1
    assert "has no .safetensors files" in done.output
    assert not (tmp_path / "new").exists()
