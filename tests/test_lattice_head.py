"""The head of a draft that weighs candidates against each other runs what torch counts of SGLang's own class."""

from __future__ import annotations

from math import prod
from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts, with_value

HEADS: Final = facts("sglang/drafts")["heads"]
RUNS: Final = [
    pytest.param(head, *run, id=f"{number}-{run[0]}x{run[1]}")
    for number, head in enumerate(HEADS)
    for run in head["runs"]
]


def config_of(head: dict[str, Any]) -> dict[str, Any]:
    return {
        "architectures": ["LiLiCorrDraftModel"],
        "model_type": "qwen3",
        "hidden_size": head["hidden_size"],
        "intermediate_size": 96,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 128,
        "block_size": head["block_size"],
        "dflash_config": {
            "target_layer_ids": [1, 2],
            **{f"lilicorr_{name}": value for name, value in head["head"].items()},
        },
    }


@pytest.mark.parametrize(("head", "batch", "tokens", "flops"), RUNS)
def test_a_block_costs_what_torch_counts(head: dict[str, Any], batch: int, tokens: int, flops: int) -> None:
    graph = la.load(config_of(head)).build(checkpoint(batch_size=batch, seq_len=tokens))
    assert sum(op.flops for op in graph.operators if op.name.startswith("lattice_head.")) == flops


@pytest.mark.parametrize("head", HEADS)
def test_it_has_as_many_parameters(head: dict[str, Any]) -> None:
    weights = la.load(config_of(head)).build(checkpoint()).weights
    found = [weight for weight in weights if weight.name.startswith("lattice_head.")]
    assert sum(prod(weight.shape) * weight.count for weight in found) == head["parameters"]


def test_no_block_is_longer_than_the_draft_has_places_for() -> None:
    model = la.load(config_of(HEADS[0]))
    long, whole = (model.build(checkpoint(seq_len=length)) for length in (100, HEADS[0]["block_size"]))
    costs = [
        {op.name: op.flops for op in graph.operators if op.name.startswith("lattice_head.")} for graph in (long, whole)
    ]
    assert costs[0] == costs[1]


def test_a_token_alone_has_no_candidates_to_weigh() -> None:
    graph = la.load(config_of(HEADS[0])).build(checkpoint(mode="decode", context_len=9))
    costs = {op.name: op.flops for op in graph.operators if op.name.startswith("lattice_head.")}
    assert costs["lattice_head.scores"] == costs["lattice_head.layers.0.qkv"] == 0 < costs["lattice_head.given"]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("dflash_config.lilicorr_num_heads", 7, "do not divide"),
        ("dflash_config.lilicorr_num_layers", 10**6, "lilicorr_num_layers"),
        ("block_size", 1, "no place"),
    ],
)
def test_sizes_that_no_head_has_are_refused(key: str, value: int, said: str) -> None:
    config = with_value(config_of(HEADS[0]), key, value)
    assert any(gap.kind == "invalid_config" and said in f"{gap.name} {gap.detail}" for gap in la.evaluate(config).gaps)


def test_convolutions_stand_around_mixers_where_the_config_says_so() -> None:
    config = config_of(HEADS[0])
    plain = la.load(config).build(checkpoint()).parameters
    around = {**config["dflash_config"], "conv_kernel_size": 4, "conv_group_size": 16}
    convolved = la.load({**config, "dflash_config": around}).build(checkpoint())
    assert convolved.parameters > plain
    assert [op for op in convolved.operators if "block_convolution" in op.name]
