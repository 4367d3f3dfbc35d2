"""Fields of attention as 0.1 had them: made by them, read by them, and changed by `dataclasses.replace`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.spec.features import Features

SIZES: dict[str, Any] = {"hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16}
ATTENTION: Any = la.Attention
WORDS: tuple[dict[str, Any], ...] = (
    {"gate_size": 4, "gate_bias": True, "head_gate_bias": True},
    {"sinks": True},
    {"sink_projection": True},
    {"convolution": 3, "dynamic_convolution": True},
    {"channel_kernel": 2, "head_kernel": 3},
    {"relative_size": 8, "relative_extent": 32, "relative_norm": la.Norm(8)},
    {"dynamic_mask": True},
    {"differential": True},
)
CHANGES: tuple[dict[str, Any], ...] = (
    {"num_attention_heads": 8},
    {"num_key_value_heads": 1},
    {"head_dim": 32},
    {"value_head_dim": 8},
    {"input_size": 128},
    {"qkv_bias": True},
    {"window": 8},
)


def each(cases: tuple[dict[str, Any], ...]) -> Any:
    return pytest.mark.parametrize("said", cases, ids=" ".join)


@each(WORDS)
def test_what_was_said_is_read(said: dict[str, Any]) -> None:
    made = ATTENTION(**SIZES, **said)
    assert {name: getattr(made, name) for name in said} == said
    others = {name for words in WORDS for name in words} - said.keys()
    assert not any(getattr(made, name) for name in others)


@each(WORDS)
def test_replace_adds_and_takes_away(said: dict[str, Any]) -> None:
    plain, made = ATTENTION(**SIZES), ATTENTION(**SIZES, **said)
    assert replace(plain, **said) == made
    assert replace(made, **{name: type(value)() for name, value in said.items() if name != "relative_norm"}) == plain


@each(WORDS)
@pytest.mark.parametrize("change", CHANGES, ids=" ".join)
def test_options_follow_the_sizes(said: dict[str, Any], change: dict[str, Any]) -> None:
    assert replace(ATTENTION(**SIZES, **said), **change) == ATTENTION(**{**SIZES, **change}, **said)


def test_one_word_leaves_the_others() -> None:
    made = ATTENTION(**SIZES, gate_size=4, sinks=True, sink_projection=True, differential=True)
    assert replace(made, sinks=False, gate_size=64) == ATTENTION(
        **SIZES, gate_size=64, sink_projection=True, differential=True
    )


@pytest.mark.parametrize(
    ("feature", "fields"), [("attention_bias", {"qkv_bias": True}), ("sliding_window", {"window": 8})]
)
@each(WORDS)
def test_a_feature_is_removed_from_options_too(feature: str, fields: dict[str, Any], said: dict[str, Any]) -> None:
    assert Features()[feature].remove(ATTENTION(**SIZES, **fields, **said)) == ATTENTION(**SIZES, **said)


def test_latent_attention_had_two_of_them() -> None:
    latent: Any = la.LatentAttention
    sizes = {"hidden_size": 64, "num_attention_heads": 4, "q_lora_rank": None, "kv_lora_rank": 8}
    sizes |= {"qk_nope_head_dim": 8, "qk_rope_head_dim": 8, "v_head_dim": 8}
    made = latent(**sizes, gate_size=4, sinks=True)
    assert (made.gate_size, made.sinks) == (4, True)
    assert replace(made, sinks=False, gate_size=0) == latent(**sizes)
    with pytest.raises(TypeError, match="convolution"):
        latent(**sizes, convolution=3)
