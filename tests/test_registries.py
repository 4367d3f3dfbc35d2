"""Registries: the two that ship with the package, and users' own."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.registries.registry import load_registry

if TYPE_CHECKING:
    from pathlib import Path

TINY = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 10,
    "hidden_size": 8,
    "intermediate_size": 6,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}
TINY_TOTAL = 2 * 80 + 4 * 64 + 3 * 48 + 3 * 8


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write a registry of one model with a config beside it; return its path."""
    (tmp_path / "config.json").write_text(json.dumps(TINY), encoding="utf-8")

    def write(**row: Any) -> Path:
        row = {"name": "Tiny", "huggingface": str(tmp_path / "config.json"), **row}
        path = tmp_path / "mine.json"
        path.write_text(json.dumps({"models": [row]}), encoding="utf-8")
        return path

    return write


class TestShipped:
    def test_the_report_rows_carry_totals_with_their_sources(self) -> None:
        rows = load_registry("report").models
        assert len(rows) == 19
        for row in rows:
            assert row.total is not None
            assert row.total.source
            assert row.huggingface
            assert row.modelscope

    def test_the_sglang_rows_are_the_architectures_that_sglang_registers(self) -> None:
        registry = load_registry("sglang")
        assert registry.version == "0.5.23"
        names = [row.architecture for row in registry.models]
        assert len(names) == len(set(names)) == 290

    def test_an_architecture_without_a_config_is_honestly_unavailable(self) -> None:
        report = la.coverage("sglang", offline=True)
        for row, entry in zip(load_registry("sglang").models, report.rows, strict=True):
            kinds = [str(gap.kind) for gap in entry.coverage.gaps]
            if row.huggingface is None:
                assert (entry.coverage.status, kinds) == ("not_evaluated", ["config_unavailable"])
            else:
                assert (entry.coverage.status, kinds) == ("fully_supported", [])
                assert entry.coverage.architecture == row.architecture
        assert report.counts.fully == 12


class TestUsersOwn:
    @pytest.mark.parametrize(
        ("total", "evidence"),
        [(None, "verified"), ({"value": TINY_TOTAL, "source": "s", "kind": "published"}, "counted")],
    )
    def test_a_total_that_is_equalled_is_counted(self, write: Any, total: Any, evidence: str) -> None:
        (row,) = la.coverage(write(total=total)).rows
        assert (row.coverage.status, row.coverage.evidence) == ("fully_supported", evidence)

    def test_a_total_that_is_missed_is_a_gap(self, write: Any) -> None:
        total = {"value": TINY_TOTAL + 1, "source": "the card", "kind": "published"}
        (row,) = la.coverage(write(total=total)).rows
        (gap,) = row.coverage.gaps
        assert (str(gap.kind), row.coverage.status) == ("count_mismatch", "partially_supported")
        assert gap.detail == f"the graph has {TINY_TOTAL} parameters, the card says {TINY_TOTAL + 1}"

    def test_a_list_of_sources_is_a_registry(self, tmp_path: Path) -> None:
        report = la.coverage([TINY, "Qwen/Qwen3-8B", str(tmp_path / "nothing.json")], offline=True)
        assert [str(row.coverage.status) for row in report.rows] == [
            "fully_supported",
            "fully_supported",
            "not_evaluated",
        ]
        assert report.counts == (3, 2, 0, 0, 1)
        assert (report.overall_coverage, report.full_coverage) == (100.0, 100.0)  # of those with a config
        assert [str(gap.kind) for gap in report.rows[2].coverage.gaps] == ["config_unavailable"]

    def test_progress_is_told(self, write: Any) -> None:
        told: list[tuple[int, int]] = []
        la.coverage(write(), progress=lambda done, total: told.append((done, total)))
        assert told[-1] == (1, 1)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{", "is not valid"),
            ("[]", "is not valid"),
            ('{"models": [{}]}', "models.0.name"),
            ('{"models": [{"name": "x", "colour": 1}]}', "models.0.colour"),
            ('{"models": [{"name": "x", "total": {"value": 0, "source": "", "kind": "published"}}]}',
             "models.0.total.value"),
            ('{"models": [{"name": "x", "total": {"value": 5, "source": "", "kind": "guess"}}]}',
             "models.0.total.kind"),
        ],
    )  # fmt: skip
    def test_a_bad_registry_is_one_error_that_names_the_field(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "bad.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(la.RegistryError, match=said):
            la.coverage(path)

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"models": [], "models": [{"name": "x"}]}', "has the key 'models' twice"),
            (" " * (8 * 1024 * 1024) + "{}", "is not read"),
            ('{"models": ' + "[" * 200 + "]" * 200 + "}", "nested deeper"),
            ("\xff", "is not JSON"),
        ],
    )
    def test_is_read_as_configs_are(self, tmp_path: Path, text: str, said: str) -> None:
        path = tmp_path / "bad.json"
        path.write_text(text, encoding="latin-1")
        with pytest.raises(la.RegistryError, match=said):
            la.coverage(path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
    def test_is_a_regular_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path / "pipe", "/dev/zero"):
            with pytest.raises(la.RegistryError, match="is not a regular file"):
                la.coverage(path)

    @pytest.mark.parametrize("name", ["nothing.json", "reprot", "."])
    def test_a_missing_registry_is_one_error_that_says_what_there_is(self, name: str) -> None:
        with pytest.raises(la.RegistryError, match="expected `report` or `sglang`"):
            la.coverage(name)
