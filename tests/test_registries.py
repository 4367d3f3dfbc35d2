"""Registries: the two that ship with the package, and users' own."""

from __future__ import annotations

import importlib.util
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.engines.sglang.architectures import REGISTERED
from llmsim_adapters.evaluation.causes import Blocked, causes
from llmsim_adapters.registries.entry import Entry, Rename
from llmsim_adapters.registries.joined import models, registry
from llmsim_adapters.registries.offline import class_defaults
from llmsim_adapters.registries.registry import load_registry
from tests.hub.fixtures import ROOT

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


@pytest.fixture(scope="module")
def report() -> la.Report:
    """The report on everything that SGLang registers."""
    return la.coverage("sglang", offline=True)


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

    def test_most_architectures_are_evaluated_offline(self, report: la.Report) -> None:
        """The figures only rise: `docs/sglang.md` has today's."""
        assert report.counts.evaluated >= 257
        assert report.counts.fully >= 175

    def test_an_architecture_is_evaluated_by_a_config_of_its_own_name(self, report: la.Report) -> None:
        for row in report.rows:
            if row.config is None:
                kinds = [str(gap.kind) for gap in row.coverage.gaps]
                assert (row.coverage.status, kinds) == ("not_evaluated", ["config_unavailable"])
            else:
                assert row.coverage.architecture == row.name

    def test_an_architecture_without_a_config_names_a_model_to_ask_for_or_says_that_nobody_knows_one(
        self, report: la.Report
    ) -> None:
        for row in report.rows:
            if row.config is None:
                (gap,) = row.coverage.gaps
                assert row.source in gap.detail if row.source else "names no model" in gap.detail

    def test_each_model_is_best_claimed_by_one_builder(self, report: la.Report) -> None:
        for row in report.rows:
            claiming = [claim.builder for claim in row.coverage.claims if claim.claims]
            assert claiming[:1] == ([] if row.coverage.builder is None else [row.coverage.builder])
            assert len({claim.builder for claim in row.coverage.claims}) == len(row.coverage.claims)

    def test_configs_that_nobody_published_are_never_called_so(self, report: la.Report) -> None:
        for row in report.rows:
            source = row.coverage.source
            assert (source.source == "bundled") == (row.config == "published")
            assert (source.repo_id is not None) == (row.config == "published")
            if row.config is not None:
                assert row.entry is not None
                assert row.entry.config is not None
                assert row.entry.config.of.rpartition(".")[2] in source.location

    def test_rows_name_configs_that_there_are(self) -> None:
        rows = [row for row in load_registry("sglang").models if row.config is not None]
        assert all(row.config is not None and row.config.config(row.name) is not None for row in rows)
        used = {row.config.of for row in rows if row.config is not None and row.config.kind == "class_default"}
        asked = (model.get("config", {}) for model in models().values())
        assert used <= {config["of"] for config in asked if config.get("kind") == "class_default"}
        assert set(class_defaults()) == used

    def test_rows_are_what_is_known_now(self) -> None:
        """`llmsim-adapters registry sglang --from WHEEL -o llmsim_adapters/registries/sglang.json` writes them."""
        shipped = load_registry("sglang")
        entries = [
            Entry(
                row.name,
                row.module or "",
                row.kind or "",
                row.base,
                bool(row.alias),
                Rename(row.targets, {} if row.config is None else row.config.keys) if row.targets else None,
            )
            for row in shipped.models
        ]
        assert registry(shipped.name, shipped.title, entries, shipped.version, str(shipped.source)) == shipped

    def test_the_engine_registers_the_same(self) -> None:
        assert {row.name for row in load_registry("sglang").models} == REGISTERED

    def test_wrappers_say_what_they_run(self, report: la.Report) -> None:
        wrappers = [row for row in report.rows if row.entry is not None and row.entry.kind == "wrapper"]
        assert len(wrappers) == 15
        assert all(row.entry is not None and row.entry.runs and row.config == "derived" for row in wrappers)

    def test_the_page_is_current(self) -> None:
        """`python tools/sglang.py` writes it anew."""
        spec = importlib.util.spec_from_file_location("tools_sglang", ROOT / "tools" / "sglang.py")
        assert spec is not None
        assert spec.loader is not None
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        assert tool.PAGE.read_text(encoding="utf-8") == tool.page()


class TestCauses:
    def gap(self, kind: str, name: str) -> la.Gap:
        return la.Gap(la.GapKind(kind), name, "")

    @pytest.mark.parametrize(
        ("kind", "gaps", "found"),
        [
            (None, [("unsupported_feature", "vision_tower")], ["vision_tower"]),
            (None, [("unsupported_feature", "head_of_AForReward"), ("unsupported_feature", "head_of_B")], ["head"]),
            ("draft", [("unsupported_feature", "head_of_ANextN")], ["draft"]),
            (None, [("unread_key", "text_config.colour")], ["key colour"]),
            (None, [("inferred", "model_type"), ("inferred", "mlp"), ("unread_key", "colour")], ["dialect"]),
            (None, [("inferred", "model_type"), ("unsupported_feature", "x")], ["dialect", "x"]),
            (None, [("config_unavailable", "config.json")], ["config"]),
            (None, [("invalid_config", "hidden_size")], ["invalid_config hidden_size"]),
        ],
    )
    def test_gaps_of_one_piece_of_work_are_one_cause(
        self, kind: str | None, gaps: list[tuple[str, str]], found: list[str]
    ) -> None:
        blocked = Blocked("model", kind, tuple(self.gap(*gap) for gap in gaps))
        assert [cause.name for cause in causes([blocked])] == found

    def test_the_one_that_most_wait_for_comes_first_with_what_it_would_unlock(self) -> None:
        tower, sound = self.gap("unsupported_feature", "vision_tower"), self.gap("unsupported_feature", "audio_tower")
        first, second = causes([Blocked("a", None, (tower,)), Blocked("b", None, (sound, tower))])
        assert (first.name, first.models, first.alone) == ("vision_tower", ("a", "b"), ("a",))
        assert (second.name, second.models, second.alone) == ("audio_tower", ("b",), ())

    def test_a_report_groups_by_what_its_registry_says(self, report: la.Report) -> None:
        for groups in (report.kinds, report.families, report.evidence, report.configs, report.categories):
            assert sum(counts.total for counts in groups.values()) == report.counts.total
        assert {cause.name for cause in report.causes} >= {"vision_tower", "config"}
        blocked = {name for cause in report.causes for name in cause.models}
        assert blocked == {row.name for row in report.rows if row.coverage.gaps}


class TestUsersOwn:
    @pytest.mark.parametrize("of", ["no/such", "..\\..\\secret", "../../secret", "", "a" * 999])
    def test_a_config_that_is_not_bundled_is_none(self, write: Any, of: str) -> None:
        path = write(huggingface=None, config={"kind": "published", "of": of})
        (row,) = la.coverage(path, offline=True).rows
        assert (row.coverage.status, row.config) == ("not_evaluated", None)

    def test_a_row_may_take_a_bundled_config_and_change_it(self, write: Any) -> None:
        config = {"kind": "derived", "of": "Qwen/Qwen3-8B", "keys": {"num_hidden_layers": 2}, "how": "two layers"}
        (row,) = la.coverage(write(huggingface=None, architecture="Qwen3ForCausalLM", config=config)).rows
        assert (row.coverage.status, row.config) == ("fully_supported", "derived")
        assert row.coverage.source.location == "Qwen/Qwen3-8B: two layers"

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
