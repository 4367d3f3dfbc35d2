"""Engines: what they may change of a graph, what a schedule says of them, and what is one clear error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import CASES, LLAMA

ENGINES: Final = ("sglang", "checkpoint", "llmsim")
OF_A_TYPE: Final = {name: case["config"] for name, case in CASES}
DEEPSEEK: Final = "deepseek-ai/DeepSeek-V3"
QWEN: Final = "Qwen/Qwen3-30B-A3B"

AWQ: Final = {"quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm", "zero_point": True}
PACKED: Final = {
    "quant_method": "compressed-tensors",
    "format": "pack-quantized",
    "ignore": ["lm_head"],
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "weights": {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 128, "symmetric": True},
        }
    },
}
FP8: Final = {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128], "activation_scheme": "dynamic"}


REFUSED: Final = {"nemotron-nas": {"sglang"}}
"""The engines that refuse a config: SGLang has one number of key/value heads for all layers of its pool."""


@pytest.mark.parametrize("name", sorted(OF_A_TYPE))
def test_what_a_model_is_and_computes_is_no_engine_s(name: str) -> None:
    """Engines change bytes and formats, never parameters, shapes or FLOPs."""
    model = la.load(OF_A_TYPE[name])
    engines = [engine for engine in ENGINES if engine not in REFUSED.get(name, ())]
    one, *others = (model.build(la.Schedule(engine=engine, seq_len=7, batch_size=2, mtp=True)) for engine in engines)
    for graph in others:
        for figure in ("parameters", "active_parameters", "mtp_parameters", "buffers", "flops", "flops_executed"):
            assert getattr(graph, figure) == getattr(one, figure), figure
        shapes = [[(w.stack, w.block, w.name, w.shape) for w in g.weights if w.role != "stored"] for g in (one, graph)]
        assert shapes[0] == shapes[1]
        assert [(o.path, o.m, o.n, o.k) for o in graph.operators] == [(o.path, o.m, o.n, o.k) for o in one.operators]


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "field"),
        [
            ({"moe_a2a_backend": "deepep"}, {"deepep": True}),
            ({"moe_dense_tp_size": 1}, {"dense_fully_dp": True}),
            ({"ep_num_redundant_experts": 8}, {"redundant_experts": 8}),
            ({"moe_a2a_backend": "none"}, {}),
        ],
    )
    def test_equal_meanings_are_equal(self, options: dict[str, Any], field: dict[str, Any]) -> None:
        said, meant = la.Schedule(engine_options=options), la.Schedule(**field)
        assert said == meant
        assert hash(said) == hash(meant)

    def test_are_kept_sorted_and_told_as_an_object(self) -> None:
        schedule = la.Schedule(engine_options={"page_size": 64, "enable_dp_lm_head": True})
        assert schedule.engine_options == (("enable_dp_lm_head", True), ("page_size", 64))
        assert schedule.to_dict()["engine_options"] == {"enable_dp_lm_head": True, "page_size": 64}
        assert la.Schedule(**schedule.to_dict()) == schedule

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"moe_a2a_backend": "none"}, "schedule field `deepep` is True, but option `moe_a2a_backend` says False"),
            (
                {"page_size": [1]},
                "schedule field `engine_options` is .*; expected a mapping of the engine's option names",
            ),
            ("page_size", "schedule field `engine_options` is 'page_size'"),
        ],
    )
    def test_that_can_not_be_are_refused_at_once(self, options: Any, message: str) -> None:
        with pytest.raises(la.ScheduleError, match=message):
            la.Schedule(deepep=True, engine_options=options)

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"engine": "vllm"}, "`engine` is 'vllm'; expected one of sglang, checkpoint, llmsim"),
            ({"engine_options": {"pages": 1}}, "engine `sglang` has no option `pages`; it has "),
            (
                {"engine_options": {"page_size": "64"}},
                "option `page_size` of engine `sglang` is '64'; expected an integer from 1",
            ),
            (
                {"engine_options": {"page_size": 0}},
                "option `page_size` of engine `sglang` is 0; expected an integer from 1",
            ),
            (
                {"engine": "checkpoint", "engine_options": {"page_size": 1}},
                "engine `checkpoint` has no option `page_size`",
            ),
            ({"engine_options": {"moe_a2a_backend": "mori"}}, "engine `sglang` has no option `moe_a2a_backend`"),
            ({"engine_options": {"quantization": "awq"}}, "option `quantization` is `awq`; expected none"),
            ({"tp_size": 4, "moe_tp": False}, "`moe_tp` is False; engine `sglang` splits experts"),
        ],
    )
    def test_that_an_engine_does_not_know_are_refused_when_building(self, fields: dict[str, Any], message: str) -> None:
        schedule = la.Schedule(**fields)
        with pytest.raises(la.ScheduleError, match=message):
            la.build(QWEN, schedule, offline=True)

    @pytest.mark.parametrize("quantization", [AWQ, PACKED], ids=["awq", "compressed-tensors"])
    def test_that_leave_a_rank_a_part_of_a_group_are_refused(self, quantization: dict[str, Any]) -> None:
        """768 inputs are 6 groups of 128: 3 a rank on two, 1.5 on four, for which SGLang's classes raise an error."""
        config = {**LLAMA, "hidden_size": 512, "intermediate_size": 768, "quantization_config": quantization}
        two, four = la.Schedule(tp_size=2), la.Schedule(tp_size=4)
        assert la.build(config, two).weight_bytes < la.build(config).weight_bytes
        with pytest.raises(la.ScheduleError, match=r"leaves a rank 192 of the 768 rows or columns of `mlp.down_proj`"):
            la.build(config, four)
        assert la.build(config, replace(four, engine="checkpoint")).weight_bytes > 0

    def test_that_say_the_checkpoint_s_own_quantization_are_taken(self) -> None:
        config = {**LLAMA, "hidden_size": 128, "quantization_config": {"quant_method": "fp8"}}
        said = la.Schedule(engine_options={"quantization": "fp8"})
        assert la.build(config, said).weight_bytes == la.build(config).weight_bytes


class TestRanks:
    """By hand, of Qwen3-30B-A3B: 48 layers of 128 experts of 3 matrices of 2048 x 768 in 16 bits."""

    EXPERTS: Final = 48 * 128 * 3 * 2048 * 768 * 2

    def experts(self, **fields: Any) -> int:
        graph = la.build(QWEN, la.Schedule(**fields), offline=True)
        return sum(w.rank_bytes for w in graph.weights if w.sharding == "experts")

    @pytest.mark.parametrize("layout", [{"tp_size": 4}, {"tp_size": 4, "ep_size": 4}, {"dp_size": 4, "ep_size": 2}])
    def test_of_sglang_never_copy_experts(self, layout: dict[str, int]) -> None:
        assert self.experts(**layout) == self.EXPERTS // 4

    def test_of_llmsim_copy_them(self) -> None:
        assert self.experts(engine="llmsim", tp_size=4) == self.EXPERTS
        assert self.experts(engine="llmsim", tp_size=4, moe_tp=True) == self.EXPERTS // 4

    def test_with_deepep_spread_them_over_all_and_say_so(self) -> None:
        graph = la.build(QWEN, la.Schedule(tp_size=4, deepep=True), offline=True)
        assert sum(w.rank_bytes for w in graph.weights if w.sharding == "experts") == self.EXPERTS // 4
        assert {t.ranks for t in graph.transfers if t.kind == "dispatch"} == {4}
        assert any("spreads experts over all ranks" in note for note in graph.notes)

    def test_store_redundant_experts_once_more(self) -> None:
        assert self.experts(tp_size=8, ep_size=8, redundant_experts=8) == self.EXPERTS // 128 * (128 + 8) // 8

    def test_with_dp_attention_have_the_head_of_all_and_the_attention_of_their_group(self) -> None:
        graph = la.build(QWEN, la.Schedule(tp_size=2, dp_size=4), offline=True)
        ways = {w.name: w.ways for w in graph.weights}
        assert (ways["head.weight"], ways["embedding.weight"], ways["attention.q_proj"]) == (8, 2, 2)
        (gathered,) = (t for t in graph.transfers if t.name == "head.logits.all_gather" and t.ranks == 4)
        assert (gathered.rows, gathered.width) == (4, 2048)

    def test_whose_architecture_knows_no_dp_attention_split_everything_over_all(self) -> None:
        graph = la.build(LLAMA, la.Schedule(tp_size=2, dp_size=2))
        assert {w.ways for w in graph.weights if w.name.endswith(("q_proj", "up_proj"))} == {4}
        assert any("knows no DP attention" in note for note in graph.notes)

    def test_of_an_architecture_that_it_does_not_register_get_general_rules_and_a_note(self) -> None:
        graph = la.build({**LLAMA, "architectures": ["AcmeForCausalLM"]})
        assert any("SGLang has no class of this architecture" in note for note in graph.notes)

    def test_pad_the_vocabulary_to_64_rows_and_then_to_equal_parts(self) -> None:
        """Of 1000 rows 1024, a multiple of 64; over three ranks 1152, a multiple of 3 x 64."""
        config = {**LLAMA, "num_attention_heads": 6, "num_key_value_heads": 6, "intermediate_size": 192}
        for ranks, rows in ((1, 1024), (2, 512), (3, 384)):
            graph = la.build(config, la.Schedule(tp_size=ranks))
            (embedding,) = (w for w in graph.weights if w.name == "embedding.weight")
            assert embedding.rank_shape == (rows, 96)
            assert embedding.shape == (1000, 96)


def test_reserved_and_used_are_two_figures_of_a_cache() -> None:
    """A pool of its own for windowed layers (gpt-oss), in pages of 64 tokens."""
    config = {**OF_A_TYPE["gpt_oss"], "sliding_window": 100}
    graph = la.build(config, la.Schedule(engine_options={"page_size": 64}))
    windowed = next(cache for cache in graph.caches if cache.window == 100)
    assert windowed.windowed
    assert (windowed.entries(1000), windowed.entries(1000, reserve=True)) == (100, 128)
