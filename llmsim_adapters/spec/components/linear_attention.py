"""Mixers with linear attention: each head keeps a matrix of keys by values in place of the tokens' keys and values."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedDeltaNet(Component):
    """The gated delta rule (Gated DeltaNet, arXiv:2412.06464): a token corrects what the decayed state says of its key.

    Queries, keys and values go through a depthwise convolution of `conv_kernel` tokens. Each of `num_value_heads` has
    a state of `key_head_dim` by `value_head_dim`, a decay and a rate of its own; query and key heads are shared by
    equally many of them. A prefill is computed in chunks of `chunk_size` tokens. States have a format of their own.
    With a `kernel_rank`, values alone are convolved, each token by a kernel of its own, which is generated from the
    input by way of so many values (Jet-Nemotron's dynamic convolution, arXiv:2508.15884).
    """

    kind: ClassVar[str] = "gated_delta_net"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    num_key_heads: int
    num_value_heads: int
    key_head_dim: int
    value_head_dim: int
    conv_kernel: int
    chunk_size: int
    state_dtype: str = "float32"
    kernel_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KimiDeltaAttention(Component):
    """The delta rule with a decay for each channel of a key (Kimi Linear, arXiv:2510.26692).

    Each of `num_heads` has keys and values of `head_dim`, behind a depthwise convolution of `conv_kernel` tokens. The
    decays are projected from the input by way of `decay_rank` values, the output's gate by way of `gate_rank`; None:
    directly. A prefill is computed in chunks of `chunk_size` tokens.
    """

    kind: ClassVar[str] = "kimi_delta_attention"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    num_heads: int
    head_dim: int
    conv_kernel: int
    chunk_size: int
    state_dtype: str = "float32"
    decay_rank: int | None = None
    gate_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LightningAttention(Component):
    """Linear attention with a fixed decay for each head, in blocks (Lightning Attention-2, arXiv:2401.04658).

    The heads' results are normalised together and gated from the input (MiniMax-01, arXiv:2501.08313). The powers of
    the decay inside a block of `block_size` tokens are stored tables.

    Attributes:
        qkv_bias, o_bias, gate_bias: biases of the projections.
        qk_norm: whether the queries and keys of each head are normalised.
        normed: whether results are, in `norm_groups` groups with a gain of their own each.
        gated: whether results are gated.
        tables: whether the powers of the decay are stored, and not computed.
    """

    kind: ClassVar[str] = "lightning_attention"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    num_heads: int
    head_dim: int
    block_size: int
    qkv_bias: bool = False
    o_bias: bool = False
    gate_bias: bool = False
    qk_norm: bool = False
    normed: bool = True
    norm_groups: int = 1
    gated: bool = True
    tables: bool = True
