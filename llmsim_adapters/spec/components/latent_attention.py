"""Attention to latents, of which keys and values are expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.attention import GATE_AND_SINKS, option_of, words_of_0_1
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.attention import Option
    from llmsim_adapters.spec.components.attention_parts import AttentionPart
    from llmsim_adapters.spec.components.sparse_attention import Indexer


@words_of_0_1(GATE_AND_SINKS)
@dataclass(frozen=True, slots=True, kw_only=True)
class LatentAttention(Component):
    """Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434).

    Keys and values are expanded from a cached latent of `kv_lora_rank`; one rotary key of `qk_rope_head_dim` is
    shared by all heads. `q_lora_rank` None: queries are projected directly. `bias` is that of the projections
    from and to the hidden states, except a direct query projection, which has none. `rope_norm` is a norm of the rotary
    key; `options` are what it has beside these. A token attends to the `window` latest tokens, the present one
    included; None: all.

    With `top_k`, each token attends to that many tokens, which the `indexer` chooses or, without one, that of the last
    layer before which has one (DeepSeek-V3.2, arXiv:2512.02556), in blocks of `top_k_block` as in `Attention`, where
    `top_k_tail` is said, too. A `qk_rope_head_dim` of 0 means no positions. With `gate_from_queries`, queries and an
    output gate for each result are projected together, from the compressed queries before and after their norm (A.X
    K2). `input_size` is that of what queries and latents are projected from, where it is not `hidden_size`. The norms
    of compressed queries and latents have a gate of `norm_gate_rank` (GigaChat 3.5). One that `borrows_cache` attends
    to the latents of an earlier layer, which has their projection and the cache; an indexer is its own in any case
    (Mistral Large 4).
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
    rope_norm: bool = False
    window: int | None = None
    gate_from_queries: bool = False
    norm_gate_rank: int = 0
    input_size: int | None = None
    borrows_cache: bool = False
    top_k: int | None = None
    top_k_block: int = 1
    top_k_tail: bool = False
    indexer: Indexer | None = None
    options: tuple[AttentionPart, ...] = ()

    def parts(self) -> tuple[Component, ...]:
        return self.options if self.indexer is None else (self.indexer, *self.options)

    def option(self, kind: type[Option]) -> Option | None:
        """Return the option of a kind that it has."""
        return option_of(self.options, kind)
