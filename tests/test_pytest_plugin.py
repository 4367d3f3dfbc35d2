"""The pytest plugin: a test for each model of a registry, its thresholds, its baseline, its report."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, ClassVar
from xml.etree import ElementTree

import pytest

import llmsim_adapters as la
from tests.fresh import ALONE

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

GOOD = {"name": "Qwen3-8B", "huggingface": "Qwen/Qwen3-8B"}
OTHER = {"name": "Qwen2-7B", "huggingface": "Qwen/Qwen2-7B"}
ABSENT = {"name": "Nobody", "huggingface": "nobody/has-it"}


@pytest.fixture
def registry(tmp_path: Path) -> Any:
    """Write a registry of models and return its path."""

    def write(*models: dict[str, Any]) -> str:
        path = tmp_path / "models.json"
        path.write_text(json.dumps({"name": "mine", "models": models}))
        return str(path)

    return write


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(*ALONE, "--llmsim-offline", *arguments)


def test_it_is_off_unless_asked_for(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            loaded = [name for name in sys.modules if name.startswith("llmsim_adapters")]
            assert set(loaded) <= {"llmsim_adapters", "llmsim_adapters.pytest_plugin"}
        """
    )
    pytester.runpytest_subprocess(*ALONE).assert_outcomes(passed=1)


def test_each_model_is_a_test_and_the_report_is_printed(pytester: pytest.Pytester, registry: Any) -> None:
    result = run(pytester, "--llmsim-coverage", registry(GOOD, ABSENT))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*nobody/has-it: not_evaluated; at least partially_supported was asked for*"])
    result.stdout.fnmatch_lines(["Total models evaluated*1*", "Not evaluated*1*"])
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(("least", "outcome"), [(50, {"passed": 4}), (51, {"passed": 3, "failed": 1})])
def test_a_threshold_is_of_the_whole_registry(
    least: int, outcome: dict[str, int], pytester: pytest.Pytester, registry: Any, tmp_path: Path
) -> None:
    """One is supported, one is not; one without a config counts for nothing."""
    (tmp_path / "refused.json").write_text("{}")
    refused = {"name": "refused", "huggingface": str(tmp_path / "refused.json")}
    result = run(pytester, "--llmsim-coverage", registry(GOOD, refused, ABSENT), f"--llmsim-fail-under={least}")
    result.assert_outcomes(**outcome)


def test_evidence_can_be_asked_for(pytester: pytest.Pytester, registry: Any) -> None:
    file = registry(GOOD)
    run(pytester, "--llmsim-coverage", file, "--llmsim-evidence=verified").assert_outcomes(passed=1)
    result = run(pytester, "--llmsim-coverage", file, "--llmsim-evidence=counted")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*evidence verified; at least counted was asked for*"])


class TestTheProjectsSettings:
    """What the command heeds, the plugin heeds where it is asked for."""

    def test_are_taken_where_no_option_says_otherwise(
        self, pytester: pytest.Pytester, registry: Any, tmp_path: Path
    ) -> None:
        registry(GOOD, ABSENT)
        pytester.makepyprojecttoml(
            '[tool.llmsim-adapters]\nregistry = "models.json"\noffline = true\nfail-under-full = 100\n'
            'fail-under = 100\nhtml = "coverage.html"\n[tool.pytest.ini_options]\n'
        )
        (tmp_path / "models.json").rename(pytester.path / "models.json")
        result = pytester.runpytest_subprocess(*ALONE, "-v", "--llmsim-coverage")
        result.assert_outcomes(passed=4)
        for item in ("Qwen3-8B", "Nobody", "full coverage", "overall coverage"):
            result.stdout.fnmatch_lines([f"*::{item} PASSED*"])
        assert (pytester.path / "coverage.html").is_file()

    def test_give_way_to_options(self, pytester: pytest.Pytester, registry: Any, tmp_path: Path) -> None:
        (tmp_path / "refused.json").write_text("{}")
        refused = {"name": "refused", "huggingface": str(tmp_path / "refused.json")}
        pytester.makefile(".toml", **{"llmsim-adapters": 'registry = "sglang"\nfail-under = 60\nfail-under-full = 60'})
        result = run(pytester, "--llmsim-coverage", registry(GOOD, refused), "--llmsim-fail-under=50")
        result.assert_outcomes(passed=3, failed=1)
        result.stdout.fnmatch_lines(["*50.0 % of the models are fully or partially supported; expected 60 %*"])

    def test_that_cannot_be_are_misuse(self, pytester: pytest.Pytester) -> None:
        pytester.makefile(".toml", **{"llmsim-adapters": "registri = 1"})
        result = pytester.runpytest_subprocess(*ALONE, "--llmsim-coverage")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*`registri` can't be set there (did you mean registry[?])*"])

    def test_are_not_even_read_unless_it_is_asked_for(self, pytester: pytest.Pytester) -> None:
        pytester.makefile(".toml", **{"llmsim-adapters": "no TOML"})
        pytester.makepyfile("def test_it(): pass")
        pytester.runpytest_subprocess(*ALONE).assert_outcomes(passed=1)


class TestThePage:
    def test_is_written_beside_the_tests(self, pytester: pytest.Pytester, registry: Any, tmp_path: Path) -> None:
        page = tmp_path / "report.html"
        result = run(pytester, "--llmsim-coverage", registry(GOOD, ABSENT), f"--llmsim-html={page}")
        result.assert_outcomes(passed=1, failed=1)
        source = page.read_text(encoding="utf-8")
        assert source.startswith("<!doctype html>")
        assert "Nobody" in source

    def test_that_cannot_be_written_is_misuse(self, pytester: pytest.Pytester, registry: Any, tmp_path: Path) -> None:
        result = run(pytester, "--llmsim-coverage", registry(GOOD), f"--llmsim-html={tmp_path / 'no' / 'x.html'}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*x.html can't be written*"])


class TestBaseline:
    def test_it_is_written_on_request_and_held_afterwards(
        self, pytester: pytest.Pytester, registry: Any, tmp_path: Path
    ) -> None:
        baseline, file = tmp_path / "baseline.json", registry(GOOD, ABSENT)
        options = ("--llmsim-coverage", file, "--llmsim-baseline", str(baseline))
        run(pytester, *options, "--llmsim-update-baseline").assert_outcomes(passed=2)
        text = baseline.read_text()
        run(pytester, *options).assert_outcomes(passed=2)
        assert baseline.read_text() == text

    def test_a_model_that_got_worse_fails(self, pytester: pytest.Pytester, registry: Any, tmp_path: Path) -> None:
        baseline = tmp_path / "baseline.json"
        entry = {"status": "fully_supported", "evidence": "verified"}
        baseline.write_text(json.dumps({"models": {"Qwen/Qwen3-8B": entry, "nobody/has-it": entry}}))
        result = run(pytester, "--llmsim-coverage", registry(GOOD, ABSENT), "--llmsim-baseline", str(baseline))
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*status not_evaluated; the baseline has fully_supported*"])

    def test_a_model_that_it_does_not_have_fails(
        self, pytester: pytest.Pytester, registry: Any, tmp_path: Path
    ) -> None:
        baseline = tmp_path / "baseline.json"
        baseline.write_text('{"models": {}}')
        result = run(pytester, "--llmsim-coverage", registry(GOOD), "--llmsim-baseline", str(baseline))
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*--llmsim-update-baseline adds it*"])

    CHANGED: ClassVar = {
        "half a cache": ("kv_cache_elements_of_32768_tokens", 2, "4,831,838,208"),
        "lost parameters": ("parameters", 8, "65,525,882,880"),
    }

    @pytest.mark.parametrize(("figure", "times", "shown"), CHANGED.values(), ids=list(CHANGED))
    def test_a_figure_that_changed_fails_and_nothing_else_is_printed(
        self, figure: str, times: int, shown: str, pytester: pytest.Pytester, registry: Any, tmp_path: Path
    ) -> None:
        """The baseline is made to have had more, as it would have before a plugin lost something."""
        baseline, file = tmp_path / "baseline.json", registry(GOOD, ABSENT)
        options = ("--llmsim-coverage", file, "--llmsim-baseline", str(baseline))
        run(pytester, *options, "--llmsim-update-baseline").assert_outcomes(passed=2)
        said = json.loads(baseline.read_text())
        entry = said["models"]["Qwen/Qwen3-8B"]
        assert (entry["builder"], entry["plugin"]) == ("qwen3", f"llmsim-adapters {la.__version__}")
        entry["figures"][figure] *= times
        entry["plugin"] = "llmsim-adapters 0.0"
        assert entry["dialect"] is None
        entry["dialect"] = "llmsim-acme 0.1"
        baseline.write_text(json.dumps(said))
        result = run(pytester, *options)
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines([f"*{figure} *; the baseline has {shown}"])
        result.stdout.fnmatch_lines(
            ["built by qwen3 of llmsim-adapters *; the baseline by qwen3 of llmsim-adapters 0.0"]
        )
        result.stdout.fnmatch_lines(["read by llmsim-adapters; the baseline by llmsim-acme 0.1"])

    def test_only_new_gaps_fail_and_are_printed(self, pytester: pytest.Pytester, registry: Any, tmp_path: Path) -> None:
        baseline, file = tmp_path / "baseline.json", registry(ABSENT)
        options = ("--llmsim-coverage", file, "--llmsim-baseline", str(baseline))
        run(pytester, *options, "--llmsim-update-baseline").assert_outcomes(passed=1)
        said = json.loads(baseline.read_text())
        (entry,) = said["models"].values()
        gaps = entry["gaps"]
        assert len(gaps) > 0
        entry["gaps"] = []
        baseline.write_text(json.dumps(said))
        result = run(pytester, *options)
        result.assert_outcomes(failed=1)
        text = result.stdout.str().partition("= coverage of")[0]
        assert text.count("new gap: ") == len(gaps)
        assert text.count(gaps[0]) == 1

    @pytest.mark.parametrize("text", [None, "{", "[]", '{"models": {"a": {"status": "fine"}}}'])
    def test_one_that_is_none_is_misuse(
        self, text: str | None, pytester: pytest.Pytester, registry: Any, tmp_path: Path
    ) -> None:
        baseline = tmp_path / "baseline.json"
        if text is not None:
            baseline.write_text(text)
        result = run(pytester, "--llmsim-coverage", registry(GOOD), "--llmsim-baseline", str(baseline))
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*baseline*"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--llmsim-fail-under=90",),
        ("--llmsim-baseline=file",),
        ("--llmsim-coverage=no-such-registry",),
        ("--llmsim-coverage=report", "--llmsim-update-baseline"),
    ],
)
def test_options_that_cannot_be_are_misuse(arguments: tuple[str, ...], pytester: pytest.Pytester) -> None:
    result = run(pytester, *arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in result.stderr.str()


def test_junit_has_status_and_gaps_as_properties(pytester: pytest.Pytester, registry: Any, tmp_path: Path) -> None:
    out = tmp_path / "junit.xml"
    run(pytester, "--llmsim-coverage", registry(ABSENT), "--llmsim-status=not_evaluated", f"--junitxml={out}")
    (case,) = ElementTree.parse(out).getroot().iter("testcase")
    properties = {found.attrib["name"]: found.attrib["value"] for found in case.iter("property")}
    assert properties["llmsim_status"] == "not_evaluated"
    assert properties["llmsim_gap"].startswith("config_unavailable")


def test_junit_groups_models_by_registry_and_ids_can_be_run_again(
    pytester: pytest.Pytester, registry: Any, tmp_path: Path
) -> None:
    out, file = tmp_path / "junit.xml", registry(GOOD, OTHER)
    options = ("--llmsim-coverage", file, f"--rootdir={tmp_path}", f"--junitxml={out}")
    result = run(pytester, *options, "-v")
    cases = [dict(case.attrib) for case in ElementTree.parse(out).getroot().iter("testcase")]
    assert [(case["classname"], case["name"]) for case in cases] == [
        ("models.json", "Qwen3-8B"),
        ("models.json", "Qwen2-7B"),
    ]
    result.stdout.fnmatch_lines(["*models.json::Qwen3-8B PASSED*"])
    again = run(pytester, *options, f"{file}::Qwen2-7B")
    again.assert_outcomes(passed=1)


def test_it_works_in_several_processes(pytester: pytest.Pytester, registry: Any) -> None:
    result = run(pytester, "-n", "2", "--llmsim-coverage", registry(GOOD, ABSENT), "--llmsim-fail-under=50")
    result.assert_outcomes(passed=3)
    assert result.stdout.str().count("Total models evaluated") == 1


def test_it_runs_beside_other_tests(pytester: pytest.Pytester, registry: Any) -> None:
    pytester.makepyfile("def test_mine(): pass")
    run(pytester, "--llmsim-coverage", registry(GOOD)).assert_outcomes(passed=2)


def test_the_python_of_these_tests_has_the_plugin() -> None:
    from importlib.metadata import entry_points

    assert "llmsim_adapters.pytest_plugin" in {entry.value for entry in entry_points(group="pytest11")}, sys.executable
