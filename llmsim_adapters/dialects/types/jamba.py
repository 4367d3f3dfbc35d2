"""Jamba: Mamba, with attention in some layers and experts in some, both at regular distances. Source: `JambaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import at_distances
from llmsim_adapters.dialects.assembly.recurrent import mamba
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.stand_in("moe_intermediate_size", "intermediate_size")
    attends, recurs = attention(r), mamba(r, input_norms=True)
    mixers = [attends if yes else recurs for yes in at_distances(r, "attn")]
    if r.size("num_experts") == 1:
        reason = "one expert is a dense network"
        r.no_effect(("num_experts_per_tok", "expert_layer_period", "expert_layer_offset"), reason)
        return decoder(r, mixers, mlp(r))
    dense, experts = mlp(r), mixture_of_experts(r)
    return decoder(r, mixers, [experts if yes else dense for yes in at_distances(r, "expert")])


DIALECT = llama.DIALECT.like(
    "jamba",
    read=read,
    costless={
        "calc_logits_for_entire_prompt": "of which tokens logits are computed in a prefill: the schedule says it",
        "mamba_inner_layernorms": "the type's class always has these norms",
        "n_ctx": "bounds the length; there is no table of positions",
        "sliding_window": "the type's class does not know the key",
    },
    vocab_size=65536,
    intermediate_size=14336,
    moe_intermediate_size=14336,
    num_key_value_heads=8,
    num_experts=16,
    num_experts_per_tok=2,
    expert_layer_period=2,
    expert_layer_offset=1,
    attn_layer_period=8,
    attn_layer_offset=4,
    state_size=16,
    conv_kernel=4,
    mamba_expand=2,
    time_step_rank="auto",
    mamba_conv_bias=True,
    mamba_proj_bias=False,
)
