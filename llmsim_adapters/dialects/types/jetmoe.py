"""JetMoE: mixtures of attention heads, and of experts with one bias for their sum. Source: `JetMoeConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import granitemoe
from llmsim_adapters.spec.components import MixtureOfAttention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    experts = replace(mixture_of_experts(r), output_bias=True)
    mixer = MixtureOfAttention(
        hidden_size=experts.hidden_size,
        num_experts=experts.num_experts,
        num_experts_per_tok=experts.num_experts_per_tok,
        num_key_value_heads=r.size("num_key_value_heads"),
        head_dim=r.size("head_dim"),
        output_bias=True,
    )
    heads = mixer.num_key_value_heads * mixer.num_experts_per_tok
    r.agree("num_attention_heads", heads, "num_key_value_heads of each expert that a token goes to")
    r.derive("num_attention_heads", heads)
    return decoder(r, mixer, experts)


DIALECT = granitemoe.DIALECT.like(
    "jetmoe",
    read=read,
    costless={"aux_loss_coef": "training only"},
    hidden_size=2048,
    num_hidden_layers=12,
    num_attention_heads=None,
    num_key_value_heads=16,
    head_dim=128,
    moe_intermediate_size=5632,
    tie_word_embeddings=True,
)
