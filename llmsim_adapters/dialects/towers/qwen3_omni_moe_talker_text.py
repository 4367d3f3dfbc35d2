"""Qwen3-Omni's talker, which writes the first code of each frame of speech: Qwen3-MoE with gated shared experts.

Source: transformers `Qwen3OmniMoeTalkerTextConfig`. Its class has experts in every layer, and no default for the width
of the shared ones.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, codes = r.size("hidden_size"), r.size("vocab_size")
    mixer, norm = replace(attention(r, bias=r.flag("attention_bias"), qk_norm=True), cached=False), Norm(hidden)
    shared = mlp(r, width=r.size("shared_expert_intermediate_size"))
    experts = replace(mixture_of_experts(r), shared=shared, shared_gate=True)
    table, head = (
        PositionEmbedding(positions=codes, hidden_size=hidden),
        Projection(input_size=hidden, output_size=codes),
    )
    return encoder(r, mixer, experts, norm, before=(table,), after=(norm, head), axis="codes")


WINDOWS: Final = dict.fromkeys(
    ("layer_types", "max_window_layers", "sliding_window", "use_sliding_window"),
    "which codes attend to which: no weights",
)
"""What talkers say of windows, which costs them nothing."""

DIALECT = Dialect(
    "qwen3_omni_moe_talker_text",
    read,
    {
        "vocab_size": 3072,
        "hidden_size": 1024,
        "intermediate_size": 2048,
        "num_hidden_layers": 20,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "head_dim": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "moe_intermediate_size": 384,
        "num_experts": 128,
        "num_experts_per_tok": 8,
    },
    costless={
        **dict.fromkeys(("decoder_sparse_step", "mlp_only_layers"), "the class has experts in every layer"),
        **WINDOWS,
    },
)
