"""`compare`: what differs between models, layouts and revisions, and by how much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

import llmsim_adapters as la
from llmsim_adapters.cli.asked import asked, size
from llmsim_adapters.cli.main import main
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.server import FakeHub

pytestmark = pytest.mark.usefixtures("hub_home")

QWEN: dict[str, Any] = json.loads((ROOT / "hf_config" / "Qwen--Qwen3-8B.json").read_text())


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["compare", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines(*arguments: str) -> list[str]:
    return [" ".join(line.split()) for line in run(*arguments).stdout.splitlines()]


class TestModels:
    def test_shows_what_differs_with_ratios(self) -> None:
        """Exact figures of both are in `build`; the ratio is that of the exact ones."""
        schedule = ("--offline", "--mode", "decode", "--context-len", "32767")
        printed = lines("Qwen/Qwen3-8B", "meta-llama/Meta-Llama-3-8B", *schedule)
        for line in (
            "Qwen3-8B Meta-Llama-3-8B ratio",
            "num_hidden_layers 36 32 0.889",
            "intermediate_size 12,288 14,336 1.17",
            "use_sliding_window false -",
            "parameters, model 8.19 B 8.03 B 0.98",
            "KV cache, sequence, rank 4.83 GB 4.29 GB 0.889",
        ):
            assert line in printed, line
        assert not any(line.startswith(("hidden_size", "for each token")) for line in printed)
        assert max(map(len, printed)) <= 80

    def test_shows_all_where_asked(self) -> None:
        printed = lines("Qwen/Qwen3-8B", "meta-llama/Meta-Llama-3-8B", "--offline", "--all")
        assert "hidden_size 4,096 4,096 1" in printed

    def test_of_three_are_to_the_first(self) -> None:
        printed = lines("Qwen/Qwen3-8B", "google/gemma-2-2b", "google/gemma-2-9b", "--offline")
        assert "hidden_size 4,096 2,304 0.562 3,584 0.875" in printed

    def test_that_are_alike_differ_in_nothing(self) -> None:
        result = run("Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "--offline", "--exit-code")
        assert result.exit_code == 0
        assert "They differ in nothing." in result.stdout
        assert "ranks" in result.stdout

    def test_that_cannot_be_had_are_said_beside_the_others(self) -> None:
        result = run("Qwen/Qwen3-8B", "no/such", "--offline")
        assert result.exit_code == 1
        assert "8.19 B" in result.stdout
        assert result.stderr.startswith("error: no/such: no config.json")
        assert result.stderr.count("\n") == 1


class TestLayouts:
    def test_compare_as_models_do(self) -> None:
        one, other = "Qwen/Qwen3-30B-A3B@tp=4", "Qwen/Qwen3-30B-A3B@tp=8,ep=8,kv=fp8"
        found = json.loads(run(one, other, "--offline", "--format", "json").stdout)
        schedules = la.Schedule(tp_size=4), la.Schedule(tp_size=8, ep_size=8, kv_cache_dtype="float8_e4m3fn")
        for side, schedule in zip(found["sides"], schedules, strict=True):
            graph = la.build("Qwen/Qwen3-30B-A3B", schedule, offline=True)
            figures = {figure["name"]: figure for figure in side["figures"]}
            assert side["schedule"] == schedule.to_dict()
            assert side["ranks"] == schedule.world_size
            assert figures["weight_bytes"]["value"] == graph.weight_bytes
            assert figures["rank_kv_cache_bytes"]["value"] == graph.rank_kv_cache_bytes(4096)
            assert figures["rank_kv_cache_bytes"]["formats"] == [graph.caches[0].dtype]
        assert {"ranks", "tp_size", "ep_size", "weight_bytes", "rank_kv_cache_bytes"} <= set(found["differ"])
        assert "parameters" not in found["differ"]

    def test_hold_for_all_where_options_say_them(self) -> None:
        found = json.loads(run("Qwen/Qwen3-8B", "Qwen/Qwen3-8B@tp=4", "--tp", "2", "--format", "json").stdout)
        assert [side["schedule"]["tp_size"] for side in found["sides"]] == [2, 4]

    def test_that_differ_fail_in_ci(self) -> None:
        result = run("Qwen/Qwen3-8B@tp=2", "Qwen/Qwen3-8B@tp=4", "--offline", "--exit-code")
        assert result.exit_code == 1
        assert result.stderr.startswith("error: they differ in ranks, tp_size, weight_bytes")

    @pytest.mark.parametrize(
        ("word", "message"),
        [
            ("Qwen/Qwen3-8B@tpp=2", "no field 'tpp' of a schedule (did you mean tp?)"),
            ("Qwen/Qwen3-8B@tp=two", "tp_size is 'two'; expected an integer"),
            ("Qwen/Qwen3-8B@mtp=2", "mtp is '2'; expected true or false"),
            ("Qwen/Qwen3-8B@tp=3", "Qwen/Qwen3-8B@tp=3: schedule field `tp_size` is 3"),
            ("Qwen/Qwen3-8B@kv=float9", "`kv_cache_dtype` is 'float9'"),
        ],
    )
    def test_that_cannot_be_are_misuse(self, word: str, message: str) -> None:
        result = run("Qwen/Qwen3-8B", word, "--offline")
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1

    def test_of_one_alone_is_misuse(self) -> None:
        assert run("Qwen/Qwen3-8B").exit_code == 2


class TestRevisions:
    def test_are_asked_of_the_hub(self, hub: FakeHub) -> None:
        hub.add("huggingface", "org/model", QWEN, revisions=("main", "v2"))
        printed = lines("org/model@main", "org/model@v2", "--endpoint", hub.url)
        assert "@main @v2 ratio" in printed
        assert "They differ in nothing." in printed
        asked_for = {request.path.partition("/resolve/")[2] for request in hub.requests}
        assert {"main/config.json", "v2/config.json"} <= asked_for


class TestWord:
    @pytest.mark.parametrize(
        ("text", "source", "revision", "fields"),
        [
            ("a/b", "a/b", None, {}),
            ("a/b@v2", "a/b", "v2", {}),
            ("a/b@tp=8,ep=8", "a/b", None, {"tp_size": 8, "ep_size": 8}),
            ("a/b@v2,context=32k,deepep", "a/b", "v2", {"context_len": 32768, "deepep": True}),
            ("a/b@kv=FP8,mode=decode", "a/b", None, {"kv_cache_dtype": "float8_e4m3fn", "mode": "decode"}),
            ("a/b@moe_tp=false", "a/b", None, {"moe_tp": False}),
        ],
    )
    def test_says_source_revision_and_fields(
        self, text: str, source: str, revision: str | None, fields: dict[str, Any]
    ) -> None:
        assert asked(text) == (text, source, revision, fields)

    def test_is_a_path_where_there_is_such_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a@tp=8"
        path.mkdir()
        assert asked(str(path)) == (str(path), str(path), None, {})

    @pytest.mark.parametrize(
        ("text", "count"),
        [("8", 8), ("4k", 4096), ("1M", 2**20), ("k", None), ("", None), ("-1", None), ("1" * 99, None)],
    )
    def test_sizes_may_be_thousands(self, text: str, count: int | None) -> None:
        assert size(text) == count
