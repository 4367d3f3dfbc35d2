"""The kinds of component that a model is made of, in the field's standard terms.

A component states its own shapes, all of them, so that its cost follows from it alone. How a kind becomes
weights, operators and caches is its lowering, in the room `lowerings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Component:
    """The base of every kind; `kind` is its name in requirements, reports and operators."""

    kind: ClassVar[str] = ""

    def parts(self) -> tuple[Component, ...]:
        """Return the components inside this one."""
        return ()


@dataclass(frozen=True, slots=True)
class Norm(Component):
    """Normalisation over `size` features: `rms` has a gain, `layer` a gain and (`bias`) an offset."""

    kind: ClassVar[str] = "norm"

    size: int
    form: Literal["rms", "layer"] = "rms"
    bias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding(Component):
    """A look-up table: one row of `hidden_size` for each of `vocab_size` tokens."""

    kind: ClassVar[str] = "embedding"

    vocab_size: int
    hidden_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Head(Component):
    """The projection of hidden states to logits.

    `weight_of` says whose table it is: its own, the token `embedding`'s (tied), or that of the main model's `head`.
    """

    kind: ClassVar[str] = "head"

    hidden_size: int
    vocab_size: int
    weight_of: Literal["itself", "embedding", "head"] = "itself"
    bias: bool = False
    softcap: float | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MLP(Component):
    """A feed-forward network; `gated` ones multiply the activated gate with a second projection (GLU)."""

    kind: ClassVar[str] = "mlp"

    hidden_size: int
    intermediate_size: int
    activation: str = "silu"
    gated: bool = True
    bias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureOfExperts(Component):
    """Routed experts (arXiv:1701.06538) of one shape: each token goes to `num_experts_per_tok` of `num_experts`.

    `shared` is run on every token beside them. `score_correction_bias` is a buffer of one number per expert that
    steers the routing without being trained by gradient (DeepSeek-V3, arXiv:2412.19437).
    """

    kind: ClassVar[str] = "mixture_of_experts"

    hidden_size: int
    num_experts: int
    num_experts_per_tok: int
    moe_intermediate_size: int
    activation: str = "silu"
    gated: bool = True
    score_correction_bias: bool = False
    shared: MLP | None = None

    def parts(self) -> tuple[Component, ...]:
        return () if self.shared is None else (self.shared,)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTokenInput(Component):
    """What a multi-token prediction module does before its block (DeepSeek-V3, arXiv:2412.19437, section 2.2).

    The next token's embedding and the previous hidden state are normalised, joined and projected back to
    `hidden_size`. Embedding table and head are the main model's.
    """

    kind: ClassVar[str] = "next_token_input"

    hidden_size: int
