"""ERNIE 4.5 MoE: one flag for all biases; which layers have experts is a range. Source: `Ernie4_5_MoeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import experts_in_range, experts_where
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("attention_bias")

    def experts() -> MixtureOfExperts:
        shared_bias = bias and r.count("num_shared_experts") > 0
        return mixture_of_experts(r, score_correction_bias="parameter", shared_bias=shared_bias)

    feed_forward = experts_where(r, experts_in_range(r), lambda: mlp(r, bias=bias), experts)
    mixer = attention(r, bias=bias)
    mtp = next_token_stack(r, prediction_modules(r), mixer, mlp(r, bias=bias), final_norm=False)
    return decoder(r, mixer, feed_forward, head_bias=bias, mtp=mtp)


DIALECT = llama.DIALECT.like(
    "ernie4_5_moe",
    read=read,
    aliases={"moe_k": "num_experts_per_tok", "moe_num_shared_experts": "num_shared_experts"},
    costless={
        "moe_norm_min": "a bound of the experts' weights: elementwise",
        "moe_capacity": "how many tokens an expert takes in training",
        "moe_gate": "how experts are chosen and weighted, not how many or how large they are",
        "moe_aux_loss_lambda": "training only",
    },
    vocab_size=103424,
    hidden_size=2560,
    intermediate_size=12288,
    num_hidden_layers=28,
    num_attention_heads=20,
    num_key_value_heads=4,
    tie_word_embeddings=True,
    moe_intermediate_size=1536,
    num_experts=64,
    num_experts_per_tok=6,
    num_shared_experts=2,
    moe_layer_start_index=1,
    moe_layer_end_index=-1,
    moe_layer_interval=1,
)
