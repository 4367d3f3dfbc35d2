"""Sparse and compressed attention: what is multiplied, what is executed, and what is cached."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import CASES, FOLDER, checkpoint

TINY: dict[str, dict[str, Any]] = {name: case["config"] for name, case in CASES if case["name"] == "tiny-minimal"}
LARGE = next(case["config"] for name, case in CASES if name == "mistral_large4" and case["name"] == "full")
PHI3_SMALL = next(case["config"] for name, case in CASES if name == "phi3small")
STRIDED = json.loads((FOLDER / "strided_blocks.json").read_text(encoding="utf-8"))["rows"]
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


@pytest.mark.parametrize("fact", STRIDED, ids=lambda f: "-".join(map(str, f.values())))
def test_blocks_by_strides_are_those_of_the_published_mask(fact: dict[str, int]) -> None:
    """Heads see different blocks: what is counted is their mean, rounded up."""
    heads, new, length = fact["heads"], fact["new"], fact["cached"] + fact["new"]
    config = PHI3_SMALL | {
        "hidden_size": 96,
        "num_attention_heads": heads,
        "num_key_value_heads": heads,
        "blocksparse_block_size": fact["size"],
        "blocksparse_num_local_blocks": fact["local"],
        "blocksparse_vert_stride": fact["stride"],
        "blocksparse_homo_head_pattern": bool(fact["alike"]),
    }
    graph = la.build(config, checkpoint(seq_len=new, context_len=fact["cached"]))
    scores = [o for o in graph.operators if o.name.endswith("attention.scores")]
    pairs = min(o.flops_executed / o.flops for o in scores) * new * length
    assert pairs == pytest.approx(-(-fact["pairs"] // heads))


def test_a_published_model_sees_a_part_of_its_tokens() -> None:
    """Of 8,192 tokens a head of a sparse layer sees the latest 1,024 and an eighth of those before."""
    graph = la.build("microsoft/Phi-3-small-8k-instruct", checkpoint(context_len=8191, mode="decode"))
    shares = sorted({o.flops_executed / o.flops for o in graph.operators if o.name.endswith("attention.scores")})
    assert shares == [pytest.approx((1024 + (8192 - 1024) / 8) / 8192), 1.0]


def test_strides_that_give_heads_unequal_parts_are_a_gap() -> None:
    config = PHI3_SMALL | {"num_attention_heads": 6, "num_key_value_heads": 3, "blocksparse_vert_stride": 4}
    assert ("unsupported_feature", "uneven_strides") in [(g.kind, g.name) for g in la.evaluate(config).gaps]


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


def shares_latents(layers: list[int]) -> dict[str, Any]:
    """Mistral Large 4's tiny model with these layers' latents, of which the third and fourth have no positions."""
    return LARGE | {"text_config": LARGE["text_config"] | {"kv_source_layers": layers}}


def test_layers_that_borrow_latents_keep_the_keys_of_an_indexer_of_their_own() -> None:
    """Layers 0, 2 and 4 have an indexer, 0 and 2 the latents of all: 24 numbers, and 10 that are turned."""
    graph = la.build(shares_latents([0, 0, 2, 2, 0]), checkpoint(mode="decode", context_len=1000))
    kept = sorted((cache.kind, cache.elements_per_entry) for cache in graph.caches for _ in range(cache.layers))
    assert kept == [*[("indexer", 16)] * 3, ("latent", 24), ("latent", 34)]
    ours = la.build(shares_latents([0, 1, 2, 3, 4]), checkpoint(mode="decode", context_len=1000))
    assert ours.parameters - graph.parameters == 2 * (96 * 34 + 24) + 96 * 24 + 24
    assert {o.n for o in graph.operators if o.name == "latent_attention.scores"} == {5}


@pytest.mark.parametrize(
    "layers", [[0, 0, 0, 2, 0], [0, 0, 2, 2, 1], [1, 1, 2, 2, 0], [0, 0, 2, 2], [0, 0, 2, 2, 5], [0, 0, -1, 2, 0]]
)
def test_latents_are_those_of_an_earlier_layer_of_the_same_kind_that_has_its_own(layers: list[int]) -> None:
    (gap,) = la.evaluate(shares_latents(layers)).gaps
    assert (gap.kind, gap.name) == ("invalid_config", "text_config.kv_source_layers")


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
