"""`llmsim-adapters new`: what it writes passes its own tests as written; what it refuses leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from llmsim_adapters.cli.main import main
from llmsim_adapters.scaffold import ScaffoldError, create
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from tests.fresh import Environment

# Kind of project: the name, the options, and what is named after it: module, and builder and model type.
KINDS: Final = {
    "a dialect and a builder": ("llmsim-deep-thought", (), "llmsim_deep_thought", "deep_thought"),
    "a dialect alone": ("llmsim-marvin", ("--model-type",), "llmsim_marvin", "marvin"),
    "a builder by name": ("llmsim-slarti", ("--builder",), "llmsim_slarti", "slarti"),
    "a tower": ("llmsim-magrathea", ("--tower",), "llmsim_magrathea", "magrathea"),
    "an engine": ("llmsim-heart-of-gold", ("--engine",), "llmsim_heart_of_gold", "heart_of_gold"),
    "a component besides": ("acme9", ("--component",), "acme9", "acme9"),
}


class TestAProject:
    @pytest.mark.parametrize(("name", "options", "module", "short"), KINDS.values(), ids=list(KINDS))
    def test_passes_its_own_tests_as_written(
        self, name: str, options: tuple[str, ...], module: str, short: str, environment: Environment, tmp_path: Path
    ) -> None:
        written = environment.command("new", name, *options, cwd=tmp_path).splitlines()
        project = tmp_path / name
        assert {tmp_path / file for file in written} == {file for file in project.rglob("*") if file.is_file()}
        assert {f"{module}/__init__.py", f"tests/test_{short}.py"} <= {
            Path(file).relative_to(name).as_posix() for file in written
        }
        environment.install(project)
        last = environment.pytest(project)
        assert " passed" in last
        assert "failed" not in last
        listed = json.loads(environment.command("builders", "--format", "json"))
        brought = [
            (entry["name"], entry["version"])
            for kind in ("builders", "engines")
            for entry in listed[kind]
            if entry["distribution"] == name
        ]
        assert brought == ([] if options in (("--model-type",), ("--tower",)) else [(short, "0.1")])
        assert listed["broken"] == []
        environment.command("check", name)
        if "--engine" not in options:
            environment.command("explain", "config.json", cwd=project)

    @pytest.mark.parametrize(("name", "options", "module", "short"), KINDS.values(), ids=list(KINDS))
    def test_passes_ruff_and_mypy(
        self, name: str, options: tuple[str, ...], module: str, short: str, tmp_path: Path
    ) -> None:
        kind = options[0].strip("-").replace("-", "_") if options else "builder"
        project = tmp_path / name
        create(name, project, kind=kind)  # type: ignore[arg-type]
        for tool in (
            ("ruff", "check", "."),
            ("ruff", "format", "--check", "."),
            ("mypy", "--cache-dir", f"{tmp_path.parent}/mypy"),
        ):
            if find_spec(tool[0]) is None:
                pytest.skip(f"needs {tool[0]}")
            command = [sys.executable, "-m", *tool]
            done = subprocess.run(
                command,
                cwd=project,
                env={**os.environ, "MYPYPATH": str(ROOT)},
                capture_output=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("component", [False, True])
    def test_leaves_no_placeholder_and_is_tidy(self, component: bool, tmp_path: Path) -> None:
        for file in create("acme9", tmp_path / "project", kind="component" if component else "builder"):
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"\$(?!\{\{ matrix)", text), file
            assert max(map(len, text.splitlines()), default=0) <= 120, file
            assert text.endswith("\n") or file.name == "py.typed"
        assert [path.name for path in tmp_path.iterdir()] == ["project"]


REFUSED: Final = {
    "Acme": "'Acme' is no name of a project; expected lower-case letters, digits and hyphens, as in llmsim-acme",
    "": "'' is no name of a project",
    "../acme": "is no name of a project",
    "acme.py": "is no name of a project",
    "-acme": "no such option",
    "acme-": "is no name of a project",
    "a" * 65: "is no name of a project",
    "acme\n": "is no name of a project",
    "class": "'class' makes no names of Python",
    "llmsim-4": "'llmsim-4' makes no names of Python",
    "json": "there is a module json already; choose another name, as in llmsim-json",
    "llmsim-adapters": "there is a module llmsim_adapters already",
    "llmsim-qwen3": "there is a builder qwen3 already",
    "llmsim-llama": "the model type llama has a dialect already",
}


class TestRefused:
    @pytest.mark.parametrize(("name", "reason"), REFUSED.items())
    def test_a_name(self, name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        done = CliRunner().invoke(main, ["new", name])
        assert done.exit_code == 2
        assert reason.lower() in done.stderr.lower()
        assert done.stderr.count("\n") == 1
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("kind", ["folder", "file"])
    def test_a_folder_that_exists(self, kind: str, tmp_path: Path) -> None:
        taken = tmp_path / "taken"
        if kind == "folder":
            taken.mkdir()
        else:
            taken.write_text("mine")
        done = CliRunner().invoke(main, ["new", "acme9", "--folder", str(taken)])
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"{taken} exists already; choose another folder" in done.stderr.replace("\n", " ")
        assert taken.is_dir() or taken.read_text() == "mine"
        assert list(tmp_path.iterdir()) == [taken]

    def test_a_folder_in_one_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ScaffoldError, match=r"there is no folder .*nowhere to write acme9 into"):
            create("acme9", tmp_path / "nowhere" / "acme9")


def test_where_writing_fails_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full or withdrawn half-way: the third file can't be written."""
    written = []
    write = Path.write_text

    def fail(path: Path, *arguments: object, **options: object) -> int:
        written.append(path)
        if len(written) == 3:
            raise OSError("no space left")
        return write(path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="no space left"):
        create("acme9", tmp_path / "acme9")
    assert len(written) == 3
    assert list(tmp_path.iterdir()) == []
