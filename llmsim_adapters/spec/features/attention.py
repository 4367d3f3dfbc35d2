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
        "normalisation of each query and key head",
        Attention,
        lambda a: a.qk_norm,
        lambda a: replace(a, qk_norm=False),
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
