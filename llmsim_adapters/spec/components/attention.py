"""Mixers that attend to other tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.norms import Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention(Component):
    """Softmax attention with grouped key/value heads (arXiv:2305.13245).

    One head is plain multi-query, as many as query heads plain multi-head attention.

    Attributes:
        value_head_dim: the size of value heads, where it is not `head_dim`.
        qkv_bias, o_bias: biases of the projections; `key_bias` False leaves out that of the keys alone.
        q_norm, k_norm: norms of the queries and keys, of each head or of all together, by their size.
        output_norm: a norm of the heads' results before the output projection.
        gate_size: values of an output gate that is projected from the input: one for each result, or for each head.
        sinks: whether each head has a learned logit that takes attention from the tokens (arXiv:2309.17453).
        window: the number of latest tokens, the present one included, that a token attends to; None: all.
        rotary_fraction: the part of each head that rotary positions turn; 0: none.
    """

    kind: ClassVar[str] = "attention"

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    value_head_dim: int | None = None
    qkv_bias: bool = False
    key_bias: bool = True
    o_bias: bool = False
    q_norm: Norm | None = None
    k_norm: Norm | None = None
    output_norm: Norm | None = None
    gate_size: int = 0
    sinks: bool = False
    window: int | None = None
    softcap: float | None = None
    rotary_fraction: float = 1.0
    causal: bool = True

    def parts(self) -> tuple[Component, ...]:
        return tuple(norm for norm in (self.q_norm, self.k_norm, self.output_norm) if norm is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention(Component):
    """Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434).

    Keys and values are expanded from a cached latent of `kv_lora_rank`; one rotary key of `qk_rope_head_dim` is
    shared by all heads. `q_lora_rank` None: queries are projected directly. `bias` is that of the projections
    from and to the hidden states, except a direct query projection, which has none.
    """

    kind: ClassVar[str] = "latent_attention"

    hidden_size: int
    num_attention_heads: int
    q_lora_rank: int | None
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int
    bias: bool = False
