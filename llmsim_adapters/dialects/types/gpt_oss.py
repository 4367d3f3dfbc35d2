"""gpt-oss: sinks, biases in the router and the experts, every other layer slides. Source: `GptOssConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import with_sinks
from llmsim_adapters.dialects.types import mixtral

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = with_sinks(attention(r, bias=r.flag("attention_bias")))
    experts = replace(mixture_of_experts(r), router_bias=True, expert_bias=True)
    return decoder(r, windowed(r, base, [i % 2 == 0 for i in range(layers(r))]), experts)


DIALECT = mixtral.DIALECT.like(
    "gpt_oss",
    read=read,
    aliases={"experts_per_token": "num_experts_per_tok"},
    costless={
        "swiglu_alpha": "a factor inside the activation: elementwise",
        "swiglu_limit": "a bound inside the activation: elementwise",
        "initial_context_length": "the context before rotary scaling; rotary positions have no table of weights",
    },
    vocab_size=201088,
    hidden_size=2880,
    num_hidden_layers=36,
    num_attention_heads=64,
    num_key_value_heads=8,
    head_dim=64,
    sliding_window=128,
    attention_bias=True,
    moe_intermediate_size=2880,
    num_experts=128,
    num_experts_per_tok=4,
)
