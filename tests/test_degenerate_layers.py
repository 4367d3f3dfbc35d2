"""Layers that lack a part, or have one linear map in its place: valid, and an empty one costs nothing."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint

HIDDEN: Final = 64
USUAL: Final[dict[str, Any]] = {"no_op": False, "replace_with_linear": False}
NORM: Final = HIDDEN
ATTENTION: Final = HIDDEN * (HIDDEN + 2 * 32 + HIDDEN) + NORM
"""Four query heads of 16, two to a key: queries, keys, values, output."""
NETWORK: Final = 3 * HIDDEN * 256 + NORM
LINEAR: Final = HIDDEN * HIDDEN + NORM


def config(attention: str, network: str) -> dict[str, Any]:
    """A model of one such layer; `""` is the usual part."""
    block = {
        "attention": {**USUAL, "n_heads_in_group": 2, **({attention: True} if attention else {})},
        "ffn": {**USUAL, "ffn_mult": 1.0, **({network: True} if network else {})},
    }
    return {
        "model_type": "nemotron-nas",
        "architectures": ["DeciLMForCausalLM"],
        "vocab_size": 100,
        "hidden_size": HIDDEN,
        "num_attention_heads": 4,
        "num_hidden_layers": 1,
        "block_configs": [block],
        "tie_word_embeddings": True,
    }


PARTS: Final = {"": (ATTENTION, NETWORK), "no_op": (0, 0), "replace_with_linear": (LINEAR, LINEAR)}


@pytest.mark.parametrize("attention", PARTS)
@pytest.mark.parametrize("network", PARTS)
@pytest.mark.parametrize("engine", ["checkpoint", "sglang"])
def test_a_layer_has_what_is_left(attention: str, network: str, engine: str) -> None:
    model = la.load(config(attention, network))
    graph = model.build(la.Schedule(engine=engine))
    around = 100 * HIDDEN + NORM
    assert model.coverage.status == "fully_supported"
    assert graph.parameters == around + PARTS[attention][0] + PARTS[network][1]
    assert bool(graph.kv_cache_elements_per_token) is (attention == "")


def test_an_empty_layer_runs_nothing() -> None:
    graph = la.build(config("no_op", "no_op"), checkpoint())
    assert graph.flops == 2 * 100 * HIDDEN, "the head's, of one token"
    assert not any("layer" in operator.path for operator in graph.operators)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("attention", {"sparsify": ["2:4"]}),
        ("attention", {"window_length": 8}),
        ("ffn", {"sparsify": ["2:4"]}),
        ("ffn", {"ffn_mult": -1.0}),
        ("attention", {"no_op": "yes"}),
        ("attention", {"n_heads_in_group": 3}),
    ],
)
def test_each_part_is_read_by_itself(part: str, change: dict[str, Any]) -> None:
    said = config("", "")
    said["block_configs"][0][part] |= change
    names = [gap.name for gap in la.evaluate(said).gaps]
    assert names
    assert all(name == "block_configs" or name.startswith(f"block_configs[0].{part}.") for name in names)
