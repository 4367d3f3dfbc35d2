"""A.X K2: DeepSeek-V3.2 with gated norms, and an output gate made with the queries. Source: `AXK2Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention
from llmsim_adapters.dialects.assembly.layouts import gated_norms
from llmsim_adapters.dialects.assembly.patterns import after_dense_every, mlp_layer_types
from llmsim_adapters.dialects.assembly.sparse_attention import chosen_tokens
from llmsim_adapters.dialects.types import deepseek_v32
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    attention = replace(latent_attention(r, bias=r.flag("attention_bias")), gate_from_queries=True)
    layout = gated_norms(Norm(r.size("hidden_size"), gate_rank=r.size("gated_norm_rank")))
    is_sparse = mlp_layer_types(r, lambda: after_dense_every(r))
    return deepseek_v32.sparse_decoder(r, chosen_tokens(r, attention), is_sparse, layout)


DIALECT = deepseek_v32.DIALECT.like(
    "axk2",
    read=read,
    vocab_size=163840,
    hidden_size=2048,
    intermediate_size=5120,
    moe_intermediate_size=512,
    num_hidden_layers=48,
    num_attention_heads=32,
    num_key_value_heads=32,
    num_experts=128,
    kv_lora_rank=128,
    q_lora_rank=384,
    qk_rope_head_dim=32,
    v_head_dim=64,
    qk_nope_head_dim=64,
    index_n_heads=16,
    gated_norm_rank=16,
    first_k_dense_replace=1,
    moe_layer_freq=1,
)
