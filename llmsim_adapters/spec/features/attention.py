"""Features of attention to keys and values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from llmsim_adapters.spec.components import Attention
from llmsim_adapters.spec.features.feature import ELEMENTWISE, Feature

if TYPE_CHECKING:
    from llmsim_adapters.spec.components import LatentAttention

_Attends = TypeVar("_Attends", "Attention", "LatentAttention")


def has(attention: Attention | LatentAttention, kind: str, field: str = "kind") -> bool:
    """Whether an attention has an option of a kind, with something in a field."""
    return bool(attention.options) and any(o.kind == kind and getattr(o, field) for o in attention.options)


def without(attention: _Attends, kind: str) -> _Attends:
    """Return an attention without its options of a kind."""
    return replace(attention, options=tuple(option for option in attention.options if option.kind != kind))


def changed(attention: _Attends, kind: str, **fields: Any) -> _Attends:
    """Return an attention whose options of a kind have other fields."""
    options = tuple(replace(option, **fields) if option.kind == kind else option for option in attention.options)
    return replace(attention, options=options)


FEATURES: Final[tuple[Feature[Any], ...]] = (
    Feature(
        "sliding_window",
        "attention to the latest tokens only",
        Attention,
        lambda a: a.window is not None,
        lambda a: replace(a, window=None, chunked=False, chunks=1),
    ),
    Feature(
        "chunked_attention",
        "attention inside chunks of tokens, in place of a window that slides",
        Attention,
        lambda a: a.window is not None and a.chunked,
        lambda a: replace(a, chunked=False, chunks=1),
    ),
    Feature(
        "chunks_before",
        "attention to chunks of tokens before a token's own one, too",
        Attention,
        lambda a: a.window is not None and a.chunked and a.chunks > 1,
        lambda a: replace(a, chunks=1),
    ),
    Feature(
        "uneven_windows",
        "windows of another number of later tokens than of earlier ones",
        Attention,
        lambda a: a.later_window is not None,
        lambda a: replace(a, later_window=None),
    ),
    Feature(
        "leading_tokens",
        "first tokens of a canvas that see none of the others",
        Attention,
        lambda a: a.leading > 0,
        lambda a: replace(a, leading=0),
    ),
    Feature(
        "merged_source",
        "keys and values that the same projections make of an encoder's output, beside those of tokens",
        Attention,
        lambda a: a.merges_source,
        lambda a: replace(a, merges_source=False),
    ),
    Feature(
        "attention_of_blocks",
        "blocks of tokens that are decoded together and attend to each other, as block diffusion has them",
        Attention,
        lambda a: a.block > 0,
        lambda a: replace(a, block=0),
    ),
    Feature(
        "strided_blocks",
        "attention to the latest blocks of tokens and to every so many-th before",
        Attention,
        lambda a: a.strides is not None,
        lambda a: replace(a, strides=None),
    ),
    Feature(
        "attention_bias",
        "biases of the query, key and value projections",
        Attention,
        lambda a: a.qkv_bias,
        lambda a: replace(a, qkv_bias=False),
    ),
    Feature(
        "attention_output_bias",
        "bias of the attention's output projection",
        Attention,
        lambda a: a.o_bias,
        lambda a: replace(a, o_bias=False),
    ),
    Feature(
        "qk_norm",
        "normalisation of queries and keys",
        Attention,
        lambda a: a.q_norm is not None or a.k_norm is not None,
        lambda a: replace(a, q_norm=None, k_norm=None),
    ),
    Feature(
        "value_norm",
        "normalisation of values",
        Attention,
        lambda a: a.v_norm is not None,
        lambda a: replace(a, v_norm=None),
    ),
    Feature(
        "keys_as_values",
        "one projection for keys and values",
        Attention,
        lambda a: a.keys_as_values,
        lambda a: replace(a, keys_as_values=False),
    ),
    Feature(
        "attention_source_size",
        "keys and values of hidden states of another size, as of another model's",
        Attention,
        lambda a: a.source_size is not None,
        lambda a: replace(a, source_size=None),
    ),
    Feature(
        "uncached_attention",
        "layers that keep no keys and values, as an encoder's",
        Attention,
        lambda a: not a.cached,
        lambda a: replace(a, cached=True),
    ),
    Feature(
        "projected_sinks",
        "logits that take attention from the tokens, projected from the input",
        Attention,
        lambda a: has(a, "sinks", "input_size"),
        lambda a: without(a, "sinks"),
    ),
    Feature(
        "dynamic_convolution",
        "convolutions of keys and values whose weights are projected from the input",
        Attention,
        lambda a: has(a, "key_value_convolution", "dynamic"),
        lambda a: changed(a, "key_value_convolution", dynamic=False),
    ),
    Feature(
        "relative_norm",
        "normalisation of what relative logits are projected from",
        Attention,
        lambda a: has(a, "relative_logits", "norm"),
        lambda a: changed(a, "relative_logits", norm=None),
    ),
    Feature(
        "borrowed_cache",
        "layers that attend to the keys and values of an earlier layer",
        Attention,
        lambda a: a.borrows_cache,
        lambda a: replace(a, borrows_cache=False),
    ),
    Feature(
        "key_value_convolution",
        "a short convolution of keys and values",
        Attention,
        lambda a: has(a, "key_value_convolution"),
        lambda a: without(a, "key_value_convolution"),
    ),
    Feature(
        "convolved_heads",
        "convolutions of queries and keys, and values of the token before",
        Attention,
        lambda a: has(a, "head_convolution"),
        lambda a: without(a, "head_convolution"),
    ),
    Feature(
        "relative_logits",
        "logits of the distance between tokens, which are projected from the input",
        Attention,
        lambda a: has(a, "relative_logits"),
        lambda a: without(a, "relative_logits"),
    ),
    Feature(
        "dynamic_mask",
        "a mask that is computed from values",
        Attention,
        lambda a: has(a, "dynamic_mask"),
        lambda a: without(a, "dynamic_mask"),
    ),
    Feature(
        "block_sparse_attention",
        "attention to the blocks of tokens that an indexer chooses",
        Attention,
        lambda a: a.top_k is not None,
        lambda a: replace(a, top_k=None, indexer=None),
    ),
    Feature(
        "unfinished_block",
        "attention to the tokens that are no whole block yet, beside the chosen blocks",
        Attention,
        lambda a: a.top_k is not None and a.top_k_tail,
        lambda a: replace(a, top_k_tail=False),
    ),
    Feature(
        "pooled_index",
        "an indexer that scores averages of keys",
        Attention,
        lambda a: a.indexer is not None and a.indexer.pool != 1,
        lambda a: replace(a, indexer=None if a.indexer is None else replace(a.indexer, pool=1)),
    ),
    Feature(
        "differential_attention",
        "the difference of two attentions, weighed by trained numbers",
        Attention,
        lambda a: has(a, "differential"),
        lambda a: without(a, "differential"),
    ),
    Feature(
        "attention_output_norm",
        "normalisation of the heads' results before the output projection",
        Attention,
        lambda a: a.output_norm is not None,
        lambda a: replace(a, output_norm=None),
    ),
    Feature(
        "attention_gate",
        "an output gate that is projected from the input",
        Attention,
        lambda a: has(a, "output_gate"),
        lambda a: without(a, "output_gate"),
    ),
    Feature(
        "attention_gate_bias",
        "bias of the output gate, of its projection or of each head",
        Attention,
        lambda a: has(a, "output_gate", "bias") or has(a, "output_gate", "head_biases"),
        lambda a: changed(a, "output_gate", bias=False, head_biases=0),
    ),
    Feature(
        "attention_gate_factors",
        "a trained factor for each value of the output gate",
        Attention,
        lambda a: has(a, "output_gate", "factors"),
        lambda a: changed(a, "output_gate", factors=False),
    ),
    Feature(
        "attention_sinks",
        "a learned logit of each head that takes attention from the tokens",
        Attention,
        lambda a: has(a, "sinks") and not has(a, "sinks", "input_size"),
        lambda a: without(a, "sinks"),
    ),
    Feature(
        "attention_score_scales",
        "trained scales of each head's scores by a token's place",
        Attention,
        lambda a: has(a, "score_scales"),
        lambda a: without(a, "score_scales"),
    ),
    Feature(
        "attention_sink_keys",
        "a learned key of each key/value head that takes attention from the tokens",
        Attention,
        lambda a: has(a, "sink_keys"),
        lambda a: without(a, "sink_keys"),
    ),
    Feature(
        "several_sink_keys",
        "several learned keys of each key/value head",
        Attention,
        lambda a: any(option.kind == "sink_keys" and getattr(option, "count", 1) != 1 for option in a.options),
        lambda a: changed(a, "sink_keys", count=1),
    ),
    Feature(
        "sink_values",
        "learned values of learned keys",
        Attention,
        lambda a: has(a, "sink_keys", "value_dim"),
        lambda a: changed(a, "sink_keys", value_dim=0),
    ),
    Feature(
        "routed_values",
        "values that experts project, each token's by some of them",
        Attention,
        lambda a: has(a, "routed_values"),
        lambda a: without(a, "routed_values"),
    ),
    Feature(
        "memory_blocks",
        "a convolution of the values with the tokens around, beside attention's results",
        Attention,
        lambda a: has(a, "memory_block"),
        lambda a: without(a, "memory_block"),
    ),
    Feature(
        "first_run_attention",
        "attention to the keys and values of the layer's first run too, mixed by a gate",
        Attention,
        lambda a: has(a, "first_run_attention"),
        lambda a: without(a, "first_run_attention"),
    ),
    Feature(
        "attention_input_size",
        "queries, keys and values of more than the hidden states, as of the embeddings too",
        Attention,
        lambda a: a.input_size is not None,
        lambda a: replace(a, input_size=None),
    ),
    Feature(
        "value_head_dim",
        "value heads of another size than query and key heads",
        Attention,
        lambda a: a.value_head_dim is not None,
        lambda a: replace(a, value_head_dim=None),
    ),
    Feature(
        "keys_without_bias",
        "biases of queries and values, but not of keys",
        Attention,
        lambda a: a.qkv_bias and not a.key_bias,
        lambda a: replace(a, key_bias=True),
    ),
    Feature(
        "attention_softcap",
        "tanh soft-cap of the attention scores",
        Attention,
        lambda a: a.softcap is not None,
        lambda a: replace(a, softcap=None),
        costless=ELEMENTWISE,
    ),
    Feature(
        "bidirectional_attention",
        "tokens attend to later ones too",
        Attention,
        lambda a: not a.causal,
        lambda a: replace(a, causal=True),
    ),
    Feature(
        "partial_rotary",
        "rotary embedding of a part of each head",
        Attention,
        lambda a: a.rotary_fraction < 1.0,
        lambda a: replace(a, rotary_fraction=1.0),
        costless=ELEMENTWISE,
    ),
    Feature(
        "factorized_queries",
        "queries that are projected in two steps, with a norm between them",
        Attention,
        lambda a: a.q_lora_rank is not None,
        lambda a: replace(a, q_lora_rank=None),
    ),
)
