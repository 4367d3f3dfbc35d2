"""Mixers that attend to other tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention(Component):
    """Softmax attention with grouped key/value heads (arXiv:2305.13245).

    One head is plain multi-query, as many as query heads plain multi-head attention. `window` is the number of
    latest tokens, the present one included, that a token attends to; None: all.
    """

    kind: ClassVar[str] = "attention"

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    qkv_bias: bool = False
    o_bias: bool = False
    qk_norm: bool = False
    window: int | None = None
    softcap: float | None = None
    rotary_fraction: float = 1.0
    causal: bool = True


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
