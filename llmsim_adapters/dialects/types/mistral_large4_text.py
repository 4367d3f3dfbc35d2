"""Mistral Large 4's text model: latents that layers share, layers without positions, and scores scaled by place.

Each layer attends to tokens that an indexer chooses, its own or that of a layer before. Rotary frequencies are trained.
Source: transformers `MistralLarge4TextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.assembly.patterns import (
    after_dense,
    each_layer,
    experts_where,
    mlp_layer_types,
    rotated_layers,
    unrotated,
)
from llmsim_adapters.dialects.assembly.per_layer import borrowed, listed_lenders
from llmsim_adapters.dialects.assembly.sparse_attention import chosen_tokens, indexer_schedule, indexer_types
from llmsim_adapters.dialects.types import mistral4
from llmsim_adapters.spec.components import Norm, RotaryFrequencies, ScoreScales

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import LatentAttention
    from llmsim_adapters.spec.model import ModelSpec


NOTE: Final = (
    "the checkpoint's draft head, which predicts further tokens, is not in these figures: transformers' class has none"
)


def read(r: Reader) -> ModelSpec:
    r.no_effect(("layer_types",), "every layer attends to chosen tokens")
    r.no_effect(("mlp_bias",), "the class gives no feed-forward network a bias")
    rotates = rotated_layers(r)
    owners = listed_lenders(r, rotates)
    mixers = borrowed(_choosing_layers(r, len(rotates)), owners)
    experts = mixture_of_experts(r)
    spec = decoder(
        r,
        unrotated(mixers, rotates),
        experts_where(r, mlp_layer_types(r, lambda: after_dense(r)), lambda: mlp(r), lambda: experts),
        inputs=(RotaryFrequencies(size=_frequencies(r)),),
        softcap=r.number("final_logit_softcapping", least=0),
    )
    (text,) = spec.stacks
    # A layer with an indexer of its own keeps its keys, whosever latents it attends to.
    keeps = tuple([own if mixers[i].indexer is None else i for i, own in enumerate(owners)])
    return replace(spec, stacks=(replace(text, cache_of=keeps),))


def _choosing_layers(r: Reader, count: int) -> list[LatentAttention]:
    base = latent_attention(r, bias=r.flag("attention_bias"))
    base = with_options(base, ScoreScales(num_attention_heads=base.num_attention_heads))
    return each_layer(indexer_types(r, base, indexer_schedule(r), _choosing), count)


def _choosing(r: Reader, base: LatentAttention) -> LatentAttention:
    hidden = base.hidden_size
    chooses = chosen_tokens(r, base, query_size=hidden)
    assert chooses.indexer is not None
    indexer = replace(chooses.indexer, input_norm=Norm(hidden, "layer", bias=True), score_scales=True)
    return replace(chooses, indexer=indexer)


def _frequencies(r: Reader) -> int:
    """Return how many pairs of numbers are turned."""
    size = r.size("qk_rope_head_dim")
    r.check("qk_rope_head_dim", size % 2 == 0, lambda: f"is {int(size)}, which is no number of pairs")
    return size // 2


DIALECT = mistral4.DIALECT.like(
    "mistral_large4_text",
    read=read,
    aliases={"q_lora_rank": "said_q_lora_rank"},
    costless={"q_lora_rank": "the class projects queries directly, whatever it says"},
    note=NOTE,
    vocab_size=204800,
    hidden_size=6144,
    intermediate_size=24576,
    moe_intermediate_size=6144,
    num_hidden_layers=72,
    num_attention_heads=64,
    num_key_value_heads=64,
    q_lora_rank=None,
    kv_lora_rank=512,
    first_k_dense_replace=1,
    index_n_heads=32,
    index_head_dim=128,
    index_topk=2048,
    index_topk_freq=1,
    index_skip_topk_offset=2,
    indexer_types=None,
    no_rope_layer_interval=4,
    kv_source_layers=None,
    final_logit_softcapping=30.0,
)
