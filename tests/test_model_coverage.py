"""The coverage suite: the models of the first coverage report, and what is expected of each.

    pytest tests/test_model_coverage.py::TestCoverageReport::test_generate_coverage_report -s

prints the report. The suite fails where a model's status, category, builder or evidence gets worse.
"""

from __future__ import annotations

from typing import Final

import pytest

import llmsim_adapters as la

EXPECTED: Final = {
    "Llama-2-7B": ("dense", "qwen3"),
    "Llama-3-8B": ("dense", "qwen3"),
    "DeepSeek-V2": ("mla_moe", "deepseek_v3"),
    "DeepSeek-V2-Lite": ("mla_moe", "deepseek_v3"),
    "DeepSeek-V3": ("mla_moe", "deepseek_v3"),
    "DeepSeek-V3-Base": ("mla_moe", "deepseek_v3"),
    "Qwen2-7B": ("dense", "qwen3"),
    "Qwen2.5-7B": ("dense", "qwen3"),
    "Qwen3-8B": ("dense", "qwen3"),
    "Qwen3-30B-A3B": ("moe", "qwen3_moe"),
    "Gemma-2B": ("dense", "qwen3"),
    "Gemma-2-2B": ("dense", "qwen3"),
    "Gemma-2-9B": ("dense", "qwen3"),
    "Mistral-7B": ("dense", "qwen3"),
    "Mixtral-8x7B": ("moe", "qwen3_moe"),
    "Mixtral-8x22B": ("moe", "qwen3_moe"),
    "GLM-4-9B": ("dense", "qwen3"),
    "Phi-3-Mini": ("dense", "qwen3"),
    "Phi-4": ("dense", "qwen3"),
}


@pytest.fixture(scope="module")
def report() -> la.Report:
    return la.coverage("report", offline=True)


class TestModels:
    def test_the_registry_has_the_19_models_of_the_report(self, report: la.Report) -> None:
        assert [row.name for row in report.rows] == list(EXPECTED)

    @pytest.mark.parametrize("name", EXPECTED)
    def test_a_model_is_fully_supported_and_counted(self, report: la.Report, name: str) -> None:
        (coverage,) = (row.coverage for row in report.rows if row.name == name)
        assert (coverage.category, coverage.builder) == EXPECTED[name]
        assert coverage.gaps == ()
        assert (coverage.status, coverage.evidence) == ("fully_supported", "counted")

    @pytest.mark.parametrize("name", EXPECTED)
    def test_every_builder_was_asked_and_one_claims(self, report: la.Report, name: str) -> None:
        (coverage,) = (row.coverage for row in report.rows if row.name == name)
        assert {claim.builder for claim in coverage.claims} >= {"qwen3", "qwen3_moe", "deepseek_v3"}
        built_in = [c for c in coverage.claims if c.builder in {"qwen3", "qwen3_moe", "deepseek_v3"}]
        assert [claim.builder for claim in built_in if claim.claims] == [EXPECTED[name][1]]
        assert all(claim.gaps or claim.missing_parameters for claim in built_in if not claim.claims)


class TestCoverageReport:
    def test_generate_coverage_report(self, report: la.Report) -> None:
        counts = report.counts
        print(f"\n{report.title}\n")
        print(f"Total models evaluated: {counts.total}")
        print(f"Fully supported: {counts.fully} ({report.full_coverage:.1f}%)")
        print(f"Partially supported: {counts.partially}")
        print(f"Not supported: {counts.unsupported}")
        print(f"Overall coverage: {report.overall_coverage:.1f}%\n")
        for category, found in report.categories.items():
            print(f"{category:<12} total {found.total:>3}  full {found.fully:>3}  "
                  f"partial {found.partially:>3}  not {found.unsupported:>3}")  # fmt: skip
        print()
        for row in report.rows:
            answer = row.coverage
            print(f"{row.family:<10}{row.name:<18}{answer.category!s:<9}{answer.builder:<13}"
                  f"{answer.status:<21}{answer.evidence}")  # fmt: skip
        assert (counts.total, counts.fully) == (19, 19)
        assert report.overall_coverage == report.full_coverage == 100.0

    def test_the_categories_add_up(self, report: la.Report) -> None:
        found = report.categories.values()
        assert [sum(column) for column in zip(*found, strict=True)] == list(report.counts)
