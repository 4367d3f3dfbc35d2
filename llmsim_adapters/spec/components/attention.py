"""Mixers that attend to other tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.spec.components.component import Component
from llmsim_adapters.spec.quick import quick

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.norms import Norm
    from llmsim_adapters.spec.components.sparse_attention import Indexer


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Attention(Component):
    """Softmax attention with grouped key/value heads (arXiv:2305.13245).

    One head is plain multi-query, as many as query heads plain multi-head attention.

    Attributes:
        input_size: the size of what queries, keys and values are projected from, where it is not `hidden_size`.
        source_size: the size of what keys and values alone are projected from, where it is another, as an encoder's.
        value_head_dim: the size of value heads, where it is not `head_dim`.
        qkv_bias, o_bias: biases of the projections; `key_bias` False leaves out that of the keys alone.
        q_norm, k_norm, v_norm: norms of queries, keys and values, of each head or of all together, by their size.
        output_norm: a norm of the heads' results before the output projection.
        gate_size: values of an output gate that is projected from the input: one for each result, or for each head.
        gate_bias: whether that projection has a bias; `head_gate_bias`: one for each head, shared by its results.
        sinks: whether each head has a learned logit that takes attention from the tokens (arXiv:2309.17453);
            `sink_projection`: whether the logits are projected from the input in place of that.
        window: the number of latest tokens, the present one included, that a token attends to; None: all.
        chunked: the tokens come in chunks of `window`, and a token attends to those of its own chunk only.
        rotary_fraction: the part of each head that rotary positions turn; 0: none.
        keys_as_values: whether the projected keys are the values too, before the norms and positions of both.
        cached: whether keys and values are kept for later tokens; not so in an encoder, which has none.
        borrows_cache: whether keys and values are those of an earlier layer, which has the projections and the cache.
        differential: whether the result is the difference of two attentions, each over half of the values repeated,
            weighed by four trained vectors of a head's size (arXiv:2410.05258).
        top_k: the number of tokens, in blocks of `top_k_block`, that a token attends to, its own block among them. With
            `top_k_tail`, the blocks are whole ones, and the tokens after the last one are attended to beside them.
        indexer: what chooses them (MiniMax-M3).
        convolution: how many latest tokens' keys and values a convolution of each channel sums; 0: there is none.
            Where it is a `dynamic_convolution`, weights of each head that are projected from the input are added.
        channel_kernel, head_kernel: how many latest tokens two convolutions sum, of each channel and then within each
            head, that queries and keys go through; half of the values are then those of the token before, and each
            key/value head has a scale (arXiv:2510.04476). 0: there are none.
        relative_size: values of each head that are projected from the input and, by one matrix for all heads, to a
            logit for each of the `relative_extent` latest tokens; 0: there are none. `relative_norm` is of the values.
        dynamic_mask: whether values and a trained number of each key/value head say how far keys are masked (Doge).
    """

    kind: ClassVar[str] = "attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    input_size: int | None = None
    source_size: int | None = None
    value_head_dim: int | None = None
    qkv_bias: bool = False
    key_bias: bool = True
    o_bias: bool = False
    q_norm: Norm | None = None
    k_norm: Norm | None = None
    v_norm: Norm | None = None
    output_norm: Norm | None = None
    gate_size: int = 0
    gate_bias: bool = False
    head_gate_bias: bool = False
    sinks: bool = False
    sink_projection: bool = False
    window: int | None = None
    chunked: bool = False
    softcap: float | None = None
    rotary_fraction: float = 1.0
    causal: bool = True
    keys_as_values: bool = False
    cached: bool = True
    borrows_cache: bool = False
    differential: bool = False
    dynamic_mask: bool = False
    convolution: int = 0
    dynamic_convolution: bool = False
    channel_kernel: int = 0
    head_kernel: int = 0
    relative_size: int = 0
    relative_extent: int = 0
    relative_norm: Norm | None = None
    top_k: int | None = None
    top_k_block: int = 1
    top_k_tail: bool = False
    indexer: Indexer | None = None

    def parts(self) -> tuple[Component, ...]:
        parts = (self.q_norm, self.k_norm, self.v_norm, self.output_norm, self.relative_norm, self.indexer)
        return tuple(filter(None, parts))


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention(Component):
    """Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434).

    Keys and values are expanded from a cached latent of `kv_lora_rank`; one rotary key of `qk_rope_head_dim` is
    shared by all heads. `q_lora_rank` None: queries are projected directly. `bias` is that of the projections
    from and to the hidden states, except a direct query projection, which has none. `gate_size` values of an output
    gate are projected from the input; `sinks` are a learned logit of each head. `rope_norm` is a norm of the rotary
    key. A token attends to the `window` latest tokens, the present one included; None: all.

    With `top_k`, each token attends to that many tokens, which the `indexer` chooses or, without one, that of the last
    layer before which has one (DeepSeek-V3.2, arXiv:2512.02556). With `gate_from_queries`, queries and an output gate
    for each result are projected together, from the compressed queries before and after their norm (A.X K2).
    """

    kind: ClassVar[str] = "latent_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    q_lora_rank: int | None
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int
    bias: bool = False
    gate_size: int = 0
    sinks: bool = False
    rope_norm: bool = False
    window: int | None = None
    gate_from_queries: bool = False
    top_k: int | None = None
    indexer: Indexer | None = None

    def parts(self) -> tuple[Component, ...]:
        return () if self.indexer is None else (self.indexer,)
