"""Alice AI: Qwen3-Next's gated attention and experts, Kimi's delta attention, and sums over the layers before.

Source: vLLM 0.33's `alice_ai.py`, and `AliceAIConfig` of later vLLM, whose defaults are the published model's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layers import with_attention_residuals
from llmsim_adapters.dialects.assembly.linear_attention import (
    ATTENTION_PARAMETERS,
    kimi_delta_attention,
    last_of_every,
    linear_or_full,
    untied,
)
from llmsim_adapters.dialects.assembly.patterns import sparse_step
from llmsim_adapters.dialects.types import qwen2_moe, qwen3_next

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, KimiDeltaAttention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    mixers = linear_or_full(
        r,
        lambda: _delta_attention(r),
        lambda: qwen3_next.gated_attention(r),
        lambda: last_of_every(r, "full_attention_interval"),
        full_parameters=ATTENTION_PARAMETERS,
    )
    spec = untied(r, decoder(r, mixers, sparse_step(r, mlp, _experts)))
    return with_attention_residuals(spec, r, r.size("block_attn_res_block_size"), first=False)


def _delta_attention(r: Reader) -> KimiDeltaAttention:
    """Read Kimi's delta attention, whose heads of keys and values are as many and as large."""
    heads, size = r.size("linear_num_key_heads"), r.size("linear_key_head_dim")
    r.agree("linear_num_value_heads", heads, "linear_num_key_heads: keys and values have the same heads")
    r.agree("linear_value_head_dim", size, "linear_key_head_dim: keys and values have the same heads")
    r.derive("linear_num_heads", heads)
    r.derive("linear_head_dim", size)
    return kimi_delta_attention(r, low_rank=True)


def _experts(r: Reader) -> Component:
    corrected = r.flag("router_bias_correction")
    return replace(qwen2_moe.experts_with_shared(r), score_correction_bias="buffer" if corrected else None)


DIALECT = qwen3_next.DIALECT.like(
    "alice_ai",
    read=read,
    aliases={"mtp_num_hidden_layers": "num_nextn_predict_layers"},
    costless={
        "kda_allow_negative_eigenvalues": "a factor on the delta rule's rates: elementwise",
        "number_of_conv_states": "how implementations store the states of one convolution over all of three parts",
        "router_score_function": "how experts are weighted",
    },
    vocab_size=129024,
    linear_num_key_heads=32,
    block_attn_res_block_size=4,
    router_bias_correction=True,
    num_nextn_predict_layers=1,
)
