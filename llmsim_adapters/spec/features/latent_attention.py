"""Features of attention to latents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.spec.components import LatentAttention
from llmsim_adapters.spec.features.attention import has, without
from llmsim_adapters.spec.features.feature import Feature

if TYPE_CHECKING:
    from llmsim_adapters.spec.components import Indexer


def _without_pools(indexer: Indexer | None) -> Indexer | None:
    return indexer and replace(indexer, pool=1, pool_gated=False)


FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "chosen_pools",
        "latent attention to pools of tokens that an indexer chooses by weighted averages of their keys",
        LatentAttention,
        lambda a: a.top_k_block != 1,
        lambda a: replace(a, top_k_block=1, top_k_tail=False, indexer=_without_pools(a.indexer)),
    ),
    Feature(
        "gated_latent_norms",
        "gates of the norms of compressed queries and latents",
        LatentAttention,
        lambda a: a.norm_gate_rank > 0,
        lambda a: replace(a, norm_gate_rank=0),
    ),
    Feature(
        "latent_attention_input_size",
        "latent attention over an input of another size",
        LatentAttention,
        lambda a: a.input_size is not None,
        lambda a: replace(a, input_size=None),
    ),
    Feature(
        "query_compression",
        "low-rank query projection (q_lora_rank)",
        LatentAttention,
        lambda a: a.q_lora_rank is not None,
        lambda a: replace(a, q_lora_rank=None),
    ),
    Feature(
        "latent_attention_gate",
        "an output gate that is projected from the input",
        LatentAttention,
        lambda a: has(a, "output_gate"),
        lambda a: without(a, "output_gate"),
    ),
    Feature(
        "latent_attention_window",
        "attention to the latest tokens only",
        LatentAttention,
        lambda a: a.window is not None,
        lambda a: replace(a, window=None),
    ),
    Feature(
        "rotary_key_norm",
        "normalisation of the rotary key that all heads share",
        LatentAttention,
        lambda a: a.rope_norm,
        lambda a: replace(a, rope_norm=False),
    ),
    Feature(
        "latent_attention_sinks",
        "a learned logit of each head that takes attention from the tokens",
        LatentAttention,
        lambda a: has(a, "sinks"),
        lambda a: without(a, "sinks"),
    ),
    Feature(
        "latent_attention_score_scales",
        "trained scales of each head's scores by a token's place",
        LatentAttention,
        lambda a: has(a, "score_scales"),
        lambda a: without(a, "score_scales"),
    ),
    Feature(
        "borrowed_latents",
        "layers that attend to the latents of an earlier layer",
        LatentAttention,
        lambda a: a.borrows_cache,
        lambda a: replace(a, borrows_cache=False),
    ),
    Feature(
        "normalised_index_input",
        "an indexer whose queries are projected from normalised hidden states",
        LatentAttention,
        lambda a: a.indexer is not None and a.indexer.input_norm is not None,
        lambda a: replace(a, indexer=a.indexer and replace(a.indexer, input_norm=None)),
    ),
    Feature(
        "index_score_scales",
        "trained scales of the scores of an indexer's heads by a token's place",
        LatentAttention,
        lambda a: a.indexer is not None and a.indexer.score_scales,
        lambda a: replace(a, indexer=a.indexer and replace(a.indexer, score_scales=False)),
    ),
    Feature(
        "gate_from_queries",
        "an output gate that is projected together with the queries",
        LatentAttention,
        lambda a: a.gate_from_queries and a.q_lora_rank is not None,
        lambda a: replace(a, gate_from_queries=False),
    ),
    Feature(
        "sparse_attention",
        "attention to the tokens that an indexer chooses",
        LatentAttention,
        lambda a: a.top_k is not None,
        lambda a: replace(a, top_k=None, indexer=None),
    ),
    Feature(
        "latent_attention_bias",
        "biases of the projections from and to the hidden states",
        LatentAttention,
        lambda a: a.bias,
        lambda a: replace(a, bias=False),
    ),
)
