"""Keys that a type's own class takes, and keys of other families', which it would pass over.

Which class takes what is measured on transformers' classes (`tests/reference/spelled.py`).
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import CASES, LLAMA, checkpoint, facts
from tests.reference.index import SPELLED, spelled

TINY: Final[dict[str, dict[str, Any]]] = {name: case["config"] for name, case in CASES if case["name"] == "tiny-full"}
TAKEN: Final[dict[str, list[str]]] = facts("spelled")["types"]
DEFAULTS: Final[dict[str, dict[str, Any]]] = facts("defaults")["types"]


def passed_over(config: dict[str, Any]) -> list[str]:
    return [gap.name for gap in la.evaluate(config).gaps if "would pass over it" in gap.detail]


def respelled(config: dict[str, Any], key: str, other: str) -> dict[str, Any]:
    return {other if name == key else name: value for name, value in config.items()}


def test_the_package_has_what_was_measured() -> None:
    assert json.loads(SPELLED.read_text(encoding="utf-8")) == spelled()


@pytest.mark.parametrize("model_type", sorted(DEFAULTS.keys() & TAKEN.keys() & TINY.keys()))
def test_no_class_passes_over_what_it_declares(model_type: str) -> None:
    assert passed_over(TINY[model_type]) == []
    for spelling, key in DEFAULTS[model_type]["aliases"].items():
        if key in TINY[model_type] and spelling not in TINY[model_type]:
            assert passed_over(respelled(TINY[model_type], key, spelling)) == []


@pytest.mark.parametrize(
    ("model_type", "key", "other"),
    [
        ("llama", "num_hidden_layers", "n_layer"),
        ("qwen3", "vocab_size", "padded_vocab_size"),
        ("gpt2", "n_head", "num_heads"),
        ("opt", "ffn_dim", "intermediate_size"),
        ("bloom", "n_layer", "num_layers"),
        ("mixtral", "num_local_experts", "n_routed_experts"),
        ("starcoder2", "use_bias", "attention_bias"),
        ("mamba", "state_size", "mamba_d_state"),
        ("gemma3_text", "hidden_size", "n_embd"),
    ],
)
def test_a_size_under_another_familys_spelling_is_an_assumption(model_type: str, key: str, other: str) -> None:
    """Taken for what it says, for the class would have its default in the place."""
    before = la.load(TINY[model_type])
    after = la.load(respelled({**TINY[model_type], **({key: False} if "bias" in key else {})}, key, other))
    assert after.coverage.status == "partially_supported"
    (gap,) = (gap for gap in after.coverage.gaps if f"`{other}`" in gap.detail)
    assert gap.kind is la.GapKind.INFERRED
    assert f"transformers' class of {model_type} has no key `{other}`" in gap.detail
    if "bias" not in key:
        assert after.build(checkpoint()).parameters == before.build(checkpoint()).parameters


@pytest.mark.parametrize(
    ("model_type", "level", "of", "key", "other"),
    [
        ("gemma3", "vision_config", "siglip_vision_model", "num_hidden_layers", "n_layer"),
        ("gemma4_assistant", "text_config", "gemma4_text", "vocab_size", "padded_vocab_size"),
        ("gemma4_unified_assistant", "text_config", "gemma4_unified_text", "intermediate_size", "ffn_hidden_size"),
    ],
)
def test_so_is_one_of_a_level_that_another_types_class_reads(
    model_type: str, level: str, of: str, key: str, other: str
) -> None:
    """A tower, and a language model of a type of its own: each is held to the class of that type."""
    tiny = TINY[model_type]
    (gap,) = (
        gap
        for gap in la.evaluate({**tiny, level: respelled(tiny[level], key, other)}).gaps
        if f"`{other}`" in gap.detail
    )
    assert gap.kind is la.GapKind.INFERRED
    assert f"transformers' class of {of} has no key `{other}`" in gap.detail


@pytest.mark.parametrize(
    ("model_type", "key", "value"),
    [
        ("roberta", "num_key_value_heads", 4),
        ("opt", "num_key_value_heads", 1),
        ("minimax_m2", "attention_bias", True),
        ("openai-gpt", "head_dim", 6),
        ("deepseek_v3", "moe_layer_freq", 2),
        ("hy_v3", "first_k_dense_replace", 2),
    ],
)
def test_so_is_a_key_that_the_class_has_no_use_for(model_type: str, key: str, value: object) -> None:
    plain = {name: said for name, said in TINY[model_type].items() if name != "mlp_layer_types"}
    assert len(passed_over({**plain, key: value})) == 1


@pytest.mark.parametrize("key", ["head_dim", "attention_bias", "num_key_value_heads", "max_position_embeddings"])
def test_one_that_makes_no_difference_is_none(key: str) -> None:
    same = {"head_dim": 12, "attention_bias": False, "num_key_value_heads": 8, "max_position_embeddings": 512}
    roberta = {**TINY["roberta"], "num_attention_heads": 8, "hidden_size": 96, "max_position_embeddings": 512}
    assert passed_over({**roberta, key: same[key]}) == []


@pytest.mark.parametrize("model_type", ["gpt_neox", "dbrx", "stablelm", "persimmon", "modernbert-decoder"])
def test_where_a_class_computes_the_size_of_heads_a_key_has_no_effect(model_type: str) -> None:
    plain = la.load(TINY[model_type])
    changed = la.load({**TINY[model_type], "head_dim": 6})
    assert changed.spec == plain.spec
    assert "head_dim" in changed.coverage.without_effect


@pytest.mark.parametrize("key", ["text_config", "llm_config", "language_config", "decoder"])
@pytest.mark.parametrize("outer", ["llama", "qwen3", "gpt2"])
def test_a_language_model_inside_a_type_that_is_one_itself_is_an_assumption(outer: str, key: str) -> None:
    config = {"model_type": outer, "architectures": ["SomeForCausalLM"], key: LLAMA}
    (gap, *_) = (gap for gap in la.evaluate(config).gaps if gap.name == "language_model")
    assert gap.kind is la.GapKind.INFERRED
    assert f"transformers' class of {outer} has no `{key}`" in gap.detail


@pytest.mark.parametrize("outer", ["gemma3", "emu3", "musicgen", "qwen4_exp"])
def test_one_inside_a_whole_is_where_it_belongs(outer: str) -> None:
    key = "decoder" if outer == "musicgen" else "text_config"
    assert passed_over(TINY[outer]) == []
    assert passed_over(respelled(TINY[outer], key, "llm_config")) == ["language_model"]
