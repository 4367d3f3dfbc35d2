"""Mixers that carry a state of fixed size from token to token: state spaces and short convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.norms import Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortConvolution(Component):
    """A convolution of each channel between two gates (LFM2, arXiv:2511.23404).

    Where it is not `causal`, it looks ahead as far as it looks back, and keeps no state; on a `plane`, it looks as far
    to the patches above and below (LFM3's encoder of pictures).
    """

    kind: ClassVar[str] = "short_convolution"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    conv_kernel: int
    bias: bool = False
    causal: bool = True
    plane: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mamba(Component):
    """A selective state space (Mamba, arXiv:2312.00752): every channel has a state of `state_size`.

    Attributes:
        intermediate_size: the number of channels.
        time_step_rank: the rank of the projection to each channel's time step.
        bias: of the projections from and to the hidden states.
        input_norms: whether time step, input and output matrices are normalised (Jamba, arXiv:2403.19887).
        heads: groups of channels that have time steps, input and output matrices of their own; None: there is one.
    """

    kind: ClassVar[str] = "mamba"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    intermediate_size: int
    state_size: int
    conv_kernel: int
    time_step_rank: int
    bias: bool = False
    conv_bias: bool = True
    input_norms: bool = False
    heads: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mamba2(Component):
    """A state space whose heads have one decay each (Mamba-2, arXiv:2405.21060), computed in chunks of tokens.

    Attributes:
        num_groups: sets of input and output matrices, each shared by the heads of a group.
        chunk_size: tokens of a chunk, to which a prefill is padded.
        bias, out_bias: of the projections from and to the hidden states.
        output_norm: the norm of the heads' results before the output projection.
    """

    kind: ClassVar[str] = "mamba2"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    num_heads: int
    head_dim: int
    state_size: int
    num_groups: int
    conv_kernel: int
    chunk_size: int
    bias: bool = False
    out_bias: bool = False
    conv_bias: bool = True
    output_norm: Norm | None = None

    def parts(self) -> tuple[Component, ...]:
        return () if self.output_norm is None else (self.output_norm,)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatedLinearRecurrence(Component):
    """The recurrent block of Griffin (arXiv:2402.19427): a convolution and an RG-LRU beside a gate.

    The gates of the recurrence are projections within each of `heads` groups of its `width` channels.
    """

    kind: ClassVar[str] = "gated_linear_recurrence"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    width: int
    heads: int
    conv_kernel: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMix(Component):
    """RWKV's mixer over time (arXiv:2305.13048): each of `width` channels decays by itself."""

    kind: ClassVar[str] = "rwkv_time_mix"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMix(Component):
    """RWKV's feed-forward network (arXiv:2305.13048): with a gate, and over the token before as well."""

    kind: ClassVar[str] = "rwkv_channel_mix"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    intermediate_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixLSTM(Component):
    """The mLSTM of xLSTM (arXiv:2405.04517): heads with a matrix for a state, in chunks of tokens and token by token.

    Whole chunks of `chunk_size` tokens are computed at once, the rest one after the other. `bias` is that of all
    projections but the gates', which always have one.
    """

    kind: ClassVar[str] = "matrix_lstm"
    recurrent: ClassVar[bool] = True

    hidden_size: int
    num_heads: int
    key_width: int
    value_width: int
    chunk_size: int
    output_norm: Norm
    bias: bool = False

    def parts(self) -> tuple[Component, ...]:
        return (self.output_norm,)
