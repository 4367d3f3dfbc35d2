"""DeepSeek-V3: a router with a correction bias, and multi-token prediction. Source: `DeepseekV3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import deepseek_v2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import LatentAttention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return with_attention(r, latent_attention(r, bias=r.flag("attention_bias")))


def with_attention(r: Reader, attention: LatentAttention) -> ModelSpec:
    """Read what stands around an attention that was read."""
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    mtp = next_token_stack(r, prediction_modules(r), attention, experts)
    feed_forward = dense_first(r, lambda: mlp(r), experts, elsewhere=mtp is not None)
    return decoder(r, attention, feed_forward, mtp=mtp)


DIALECT = deepseek_v2.DIALECT.like(
    "deepseek_v3",
    read=read,
    classes=("MistralLarge3ForCausalLM", "MistralLarge3ForCausalLMEagle"),
    vocab_size=129280,
    hidden_size=7168,
    intermediate_size=18432,
    num_hidden_layers=61,
    num_attention_heads=128,
    num_key_value_heads=128,
    num_experts=256,
    num_experts_per_tok=8,
    num_shared_experts=1,
    moe_intermediate_size=2048,
    first_k_dense_replace=3,
    num_nextn_predict_layers=1,
)
