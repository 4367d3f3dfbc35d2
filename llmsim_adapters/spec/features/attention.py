"""Features of attention."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from llmsim_adapters.spec.components import Attention, LatentAttention
from llmsim_adapters.spec.features.feature import ELEMENTWISE, Feature

FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "sliding_window",
        "attention to the latest tokens only",
        Attention,
        lambda a: a.window is not None,
        lambda a: replace(a, window=None),
    ),
    Feature(
        "attention_bias",
        "biases of the query, key and value projections",
        Attention,
        lambda a: a.qkv_bias,
        lambda a: replace(a, qkv_bias=False),
    ),
    Feature(
        "attention_output_bias",
        "bias of the attention's output projection",
        Attention,
        lambda a: a.o_bias,
        lambda a: replace(a, o_bias=False),
    ),
    Feature(
        "qk_norm",
        "normalisation of queries and keys",
        Attention,
        lambda a: a.q_norm is not None or a.k_norm is not None,
        lambda a: replace(a, q_norm=None, k_norm=None),
    ),
    Feature(
        "attention_output_norm",
        "normalisation of the heads' results before the output projection",
        Attention,
        lambda a: a.output_norm is not None,
        lambda a: replace(a, output_norm=None),
    ),
    Feature(
        "attention_gate",
        "an output gate that is projected from the input",
        Attention,
        lambda a: bool(a.gate_size),
        lambda a: replace(a, gate_size=0),
    ),
    Feature(
        "attention_sinks",
        "a learned logit of each head that takes attention from the tokens",
        Attention,
        lambda a: a.sinks,
        lambda a: replace(a, sinks=False),
    ),
    Feature(
        "value_head_dim",
        "value heads of another size than query and key heads",
        Attention,
        lambda a: a.value_head_dim is not None,
        lambda a: replace(a, value_head_dim=None),
    ),
    Feature(
        "keys_without_bias",
        "biases of queries and values, but not of keys",
        Attention,
        lambda a: a.qkv_bias and not a.key_bias,
        lambda a: replace(a, key_bias=True),
    ),
    Feature(
        "attention_softcap",
        "tanh soft-cap of the attention scores",
        Attention,
        lambda a: a.softcap is not None,
        lambda a: replace(a, softcap=None),
        costless=ELEMENTWISE,
    ),
    Feature(
        "bidirectional_attention",
        "tokens attend to later ones too",
        Attention,
        lambda a: not a.causal,
        lambda a: replace(a, causal=True),
    ),
    Feature(
        "partial_rotary",
        "rotary embedding of a part of each head",
        Attention,
        lambda a: a.rotary_fraction < 1.0,
        lambda a: replace(a, rotary_fraction=1.0),
        costless=ELEMENTWISE,
    ),
    Feature(
        "query_compression",
        "low-rank query projection (q_lora_rank)",
        LatentAttention,
        lambda a: a.q_lora_rank is not None,
        lambda a: replace(a, q_lora_rank=None),
    ),
    Feature(
        "latent_attention_bias",
        "biases of the projections from and to the hidden states",
        LatentAttention,
        lambda a: a.bias,
        lambda a: replace(a, bias=False),
    ),
)
