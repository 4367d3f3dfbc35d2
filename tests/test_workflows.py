"""The files of the code host are what it takes, and name only what is there."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
import yaml

from llmsim_adapters.cli.main import main
from tests.hub.fixtures import ROOT

FOLDER: Final = ROOT / ".github"
FILES: Final = {path.name: path for path in FOLDER.rglob("*.yml")}
WORKFLOWS: Final = sorted(path.name for path in (FOLDER / "workflows").iterdir())
FORMS: Final = sorted(path.name for path in (FOLDER / "ISSUE_TEMPLATE").iterdir() if path.name != "config.yml")


def read(name: str) -> Any:
    return yaml.safe_load(FILES[name].read_text(encoding="utf-8"))


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in read(name)["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_is_yaml(name: str) -> None:
    assert isinstance(read(name), dict)


@pytest.mark.parametrize("name", WORKFLOWS)
class TestWorkflows:
    def test_have_jobs_that_do_something_in_bounded_rights(self, name: str) -> None:
        workflow = read(name)
        assert workflow[True], "YAML 1.1 reads `on` as true"
        assert workflow["permissions"] == {"contents": "read"}
        assert all(job.get("steps") or job.get("uses") for job in workflow["jobs"].values())
        assert all(("uses" in step) != ("run" in step) for step in steps(name))

    def test_need_jobs_that_are_there(self, name: str) -> None:
        jobs = read(name)["jobs"]
        assert {job["needs"] for job in jobs.values() if "needs" in job} <= set(jobs)

    def test_name_only_files_that_are_there(self, name: str) -> None:
        text = FILES[name].read_text(encoding="utf-8")
        named = re.findall(r"(?<![\w.])((?:\.ci|\.github|tools)/[\w./-]+)", text)
        assert [file for file in named if not (ROOT / file).exists()] == []

    def test_set_python_up_before_they_use_it(self, name: str) -> None:
        for job in read(name)["jobs"].values():
            runs = [step.get("run") or step["uses"] for step in job.get("steps", [])]
            uses = [i for i, step in enumerate(runs) if step.startswith(("python", "pip", "pytest", "bash .ci/run"))]
            assert all("actions/setup-python" in "".join(runs[:i]) for i in uses)


def test_the_suite_runs_on_every_python_that_the_package_names() -> None:
    listed = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    matrix = read("ci.yml")["jobs"]["suite"]["strategy"]["matrix"]
    assert matrix["python"] == listed
    assert [system.partition("-")[0] for system in matrix["os"]] == ["ubuntu", "macos", "windows"]


def test_a_release_is_tested_and_published_without_a_stored_secret() -> None:
    release = read("release.yml")
    assert release[True] == {"push": {"tags": ["v*"]}}
    assert release["jobs"]["ci"]["uses"] == "./.github/workflows/ci.yml"
    assert release["jobs"]["build"]["needs"] == "ci"
    assert release["jobs"]["publish"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in FILES["release.yml"].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FORMS)
class TestIssueForms:
    def test_ask_for_something(self, name: str) -> None:
        form = read(name)
        assert form["name"]
        assert form["description"]
        assert all(field["type"] in ("input", "textarea") and field["attributes"]["label"] for field in form["body"])
        ids = [field["id"] for field in form["body"]]
        assert len(ids) == len(set(ids))

    def test_ask_for_the_output_of_commands_that_are_there(self, name: str) -> None:
        commands = re.findall(r"`llmsim-adapters ([\w-]+)", FILES[name].read_text(encoding="utf-8"))
        assert commands
        assert set(commands) <= {*main.commands, "--version"}


def test_a_model_that_is_not_covered_comes_with_its_explanation() -> None:
    assert "explain SOURCE --format json" in FILES["model-not-covered.yml"].read_text(encoding="utf-8")
