"""OLMoE: experts in every layer, norms over all query and key heads together. Source: `OlmoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama, olmo2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer, hidden = olmo2.normed_attention(r), r.size("hidden_size")
    fits = mixer.num_attention_heads * mixer.head_dim == hidden
    r.check(
        "head_dim", fits, lambda: f"is {int(mixer.head_dim)}: the norm of all queries has hidden_size ({int(hidden)})"
    )
    return decoder(r, mixer, mixture_of_experts(r))


DIALECT = llama.DIALECT.like(
    "olmoe",
    read=read,
    aliases={"intermediate_size": "moe_intermediate_size"},
    costless={"clip_qkv": "bounds the projected values: elementwise"},
    vocab_size=50304,
    hidden_size=2048,
    num_hidden_layers=16,
    num_attention_heads=16,
    moe_intermediate_size=2048,
    num_experts=64,
    num_experts_per_tok=8,
)
