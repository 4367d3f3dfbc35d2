"""Sparse and compressed attention: what is multiplied, what is executed, and what is cached."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import CASES, checkpoint

TINY: dict[str, dict[str, Any]] = {name: case["config"] for name, case in CASES if case["name"] == "tiny-minimal"}
STEPS = [pytest.param(cached, new, id=f"{cached}+{new}") for cached, new in product((0, 1, 7, 20), (1, 2, 9))]


def share(config: dict[str, Any], operator: str, cached: int, new: int) -> float:
    """The part of an operator's pairs that is executed, of its sparse layers."""
    graph = la.build(config, checkpoint(seq_len=new, context_len=cached))
    found = [o for o in graph.operators if o.name.endswith(operator)]
    return min(o.flops_executed / o.flops for o in found if o.flops)


@pytest.mark.parametrize(("cached", "new"), STEPS)
class TestPairs:
    def test_a_token_attends_to_the_chosen_ones(self, cached: int, new: int) -> None:
        config = TINY["deepseek_v32"]
        pairs = sum(min(i + 1, config["index_topk"]) for i in range(cached, cached + new))
        assert share(config, "attention.scores", cached, new) == pytest.approx(pairs / new / (cached + new))

    def test_blocks_are_chosen_whole_but_the_present_one(self, cached: int, new: int) -> None:
        config = TINY["minimax_m3_vl_text"]
        block, blocks = config["index_block_size"], config["index_topk_blocks"]
        pairs = sum(i % block + 1 + block * min(i // block, blocks - 1) for i in range(cached, cached + new))
        assert share(config, "attention.scores", cached, new) == pytest.approx(pairs / new / (cached + new))

    def test_complete_entries_are_attended_to_beside_a_window(self, cached: int, new: int) -> None:
        rates = TINY["deepseek_v4"]["compress_rates"]
        config = TINY["deepseek_v4"] | {"layer_types": ["compressed_sparse_attention"] * 5, "index_topk": 2}
        rate, window = rates["compressed_sparse_attention"], config["sliding_window"]
        length = min(cached, window - 1) + new + (cached + new) // rate
        pairs = sum(min(i, window) + min(i // rate, 2) for i in range(cached + 1, cached + new + 1))
        assert share(config, "compressed_attention.scores", cached, new) == pytest.approx(pairs / new / length)


@pytest.mark.parametrize("name", ["deepseek_v32", "glm_moe_dsa", "axk2", "hy_v4"])
def test_a_decode_step_multiplies_with_the_chosen_tokens_and_scores_all(name: str) -> None:
    graph = la.build(TINY[name], checkpoint(mode="decode", context_len=1000))
    lengths = {o.name: o.n for o in graph.operators if o.name.endswith("scores")}
    assert lengths["latent_attention.scores"] == TINY[name]["index_topk"]
    assert lengths["latent_attention.indexer.scores"] == 1001


def test_layers_that_share_a_choice_have_no_indexer() -> None:
    config = TINY["glm_moe_dsa"] | {"index_topk_pattern": "FSSFS"}
    caches = la.build(config, checkpoint()).caches
    assert sum(cache.layers for cache in caches if cache.kind == "indexer") == 2
    assert sum(cache.layers for cache in caches if cache.kind == "latent") == 5


def test_the_first_layer_has_none_to_share_with() -> None:
    (gap,) = la.evaluate(TINY["glm_moe_dsa"] | {"indexer_types": ["shared", "full", "full", "full", "full"]}).gaps
    assert (gap.kind, gap.name) == ("invalid_config", "indexer_types")


def test_sizes_of_sliding_layers_are_said_layer_by_layer_or_for_all() -> None:
    """What is equal to the other layers' sizes is left out of `per_layer_config`."""
    config = TINY["dots3_note_text"] | {"swa_num_attention_heads": 8, "swa_num_key_value_heads": 8}
    said = ("q_lora_rank", "kv_lora_rank", "head_dim", "qk_nope_head_dim", "v_head_dim")
    sizes = {name: config[f"swa_{name}"] for name in said} | {"qk_rope_head_dim": 14}
    layered = {key: value for key, value in config.items() if not key.startswith("swa_")}
    layered["per_layer_config"] = {str(i): sizes for i in (2, 3, 4)}
    layered["layer_types"] = ["indexed_attention"] * 2 + ["sliding_attention"] * 3
    assert la.load(layered).spec == la.load(config).spec


def test_compressed_caches_grow_by_the_stride() -> None:
    graph = la.build(TINY["deepseek_v4"], checkpoint())
    assert {cache.stride for cache in graph.caches if cache.kind == "indexer"} == {3}
    assert graph.kv_cache_elements(1015) - graph.kv_cache_elements(1000) == 4 * 3 * 16 + 5 * (16 + 16)
