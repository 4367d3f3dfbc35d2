"""DeepSeek-V3.2: DeepSeek-V3 that attends to the tokens an indexer chooses. Source: `DeepseekV32Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.patterns import after_dense_every, experts_where, mlp_layer_types
from llmsim_adapters.dialects.assembly.sparse_attention import chosen_tokens
from llmsim_adapters.dialects.types import deepseek_v3

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import LatentAttention
    from llmsim_adapters.spec.model import ModelSpec


def sparse_decoder(
    r: Reader,
    mixers: LatentAttention | list[LatentAttention],
    is_sparse: Sequence[bool],
    layout: Layout = pre_norm,
) -> ModelSpec:
    """Read DeepSeek-V3.2's decoder with these attentions; multi-token prediction has the first layer's."""
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    r.no_effect(("layer_types",), "every layer attends to chosen tokens")
    r.no_effect(("mlp_bias",), "the class gives no feed-forward network a bias")
    first = mixers[0] if isinstance(mixers, list) else mixers
    mtp = next_token_stack(r, prediction_modules(r), first, experts)
    feed_forwards = experts_where(r, is_sparse, lambda: mlp(r), lambda: experts)
    return decoder(r, mixers, feed_forwards, layout=layout, mtp=mtp)


def read(r: Reader) -> ModelSpec:
    attention = chosen_tokens(r, latent_attention(r, bias=r.flag("attention_bias")))
    return sparse_decoder(r, attention, mlp_layer_types(r, lambda: after_dense_every(r)))


DIALECT = deepseek_v3.DIALECT.like(
    "deepseek_v32",
    read=read,
    num_nextn_predict_layers=0,
    index_n_heads=64,
    index_head_dim=128,
    index_topk=2048,
)
