"""A.X K1: DeepSeek-V3 with a norm after each mixture of experts. Source: transformers `AXK1Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import norm_after_experts
from llmsim_adapters.dialects.assembly.patterns import after_dense_every, experts_where, mlp_layer_types
from llmsim_adapters.dialects.types import deepseek_v3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    is_sparse = mlp_layer_types(r, lambda: after_dense_every(r))
    experts = experts_where(r, is_sparse, lambda: mlp(r), lambda: mixture_of_experts(r, score_correction_bias="buffer"))
    return decoder(r, latent_attention(r, bias=r.flag("attention_bias")), experts, layout=norm_after_experts)


DIALECT = deepseek_v3.DIALECT.like(
    "axk1",
    read=read,
    vocab_size=163840,
    num_attention_heads=64,
    num_key_value_heads=64,
    num_experts=192,
    first_k_dense_replace=1,
    num_nextn_predict_layers=0,
)
