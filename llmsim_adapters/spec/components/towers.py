"""Parts of the encoders of pictures and sound that stand beside a language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.attention import Attention
    from llmsim_adapters.spec.components.norms import BatchNorm, Norm


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution(Component):
    """A convolution over time or space: each of `groups` of channels is mapped by itself.

    `kernel` has its sizes, one for each axis: the side of the patches that it cuts a picture into, twice, is a ViT's
    patch embedding (arXiv:2010.11929). As many groups as channels is a depthwise one. With `weight_norm`, the length of
    each output channel's weights is stored apart from their direction (arXiv:1602.07868). One that streams `keeps` so
    many of its latest inputs for the next step.
    """

    kind: ClassVar[str] = "convolution"

    input_channels: int
    output_channels: int
    kernel: tuple[int, ...]
    groups: int = 1
    bias: bool = False
    weight_norm: bool = False
    keeps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LSTM(Component):
    """Layers of long short-term memory, each of which hands its states on (Hochreiter and Schmidhuber, 1997).

    Four gates are made of a layer's inputs and of its last state, each with offsets of its own.
    """

    kind: ClassVar[str] = "lstm"

    hidden_size: int
    layers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedTokens(Component):
    """`count` trained vectors that stand among the hidden states or ask for them: class tokens, probes, queries."""

    kind: ClassVar[str] = "learned_tokens"

    hidden_size: int
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MelFilters(Component):
    """Fixed filters that a spectrogram's `frequencies` are multiplied with, which leave `bins` (the mel scale).

    They follow from the scale and are stored nowhere; an encoder has them that takes samples itself.
    """

    kind: ClassVar[str] = "mel_filters"

    frequencies: int
    bins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanePositions(Component):
    """A table of `positions` for each axis of a picture, of which a patch has the sum of one row each (Gemma 4)."""

    kind: ClassVar[str] = "plane_positions"

    positions: int
    hidden_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneAttention(Component):
    """Attention between patches whose queries are also multiplied with tables of distances (arXiv:2112.01526).

    There is a table for each axis of the picture, of `distances` rows of a head's size, which all heads share.
    """

    kind: ClassVar[str] = "plane_attention"

    attention: Attention
    distances: int

    def parts(self) -> tuple[Component, ...]:
        return (self.attention,)


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelAttention(Component):
    """The core of attention of pixels to those of the same picture, or of one of fewer pixels.

    All heads share one key and value a pixel (arXiv:1911.02150) unless there are more `num_key_value_heads`. `queries`
    and `keys` name the rows of an encoder that each is made of; their projections stand beside it. With a `window`,
    pixels see those of their own window of so many alone, to which their rows are padded.
    """

    kind: ClassVar[str] = "pixel_attention"

    num_attention_heads: int
    head_dim: int
    queries: str
    keys: str
    num_key_value_heads: int = 1
    window: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAttention(Component):
    """The core of attention of a picture's channels to each other, in `groups` of so many `channels` (DaViT).

    A channel's queries, keys and values have a number for each pixel (arXiv:2204.03645); `pixels` names the rows of an
    encoder that they are made of, and their projections stand beside it.
    """

    kind: ClassVar[str] = "channel_attention"

    groups: int
    channels: int
    pixels: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Codebook(Component):
    """A table of `codes`, vectors of a `size`, of which each hidden state has the nearest (VQ-VAE, arXiv:1711.00937).

    It is found by the products of a hidden state with all of them. Where vectors are `averaged` of hidden states, they
    are not trained, and their sums, how many states they are of, and a mark are stored beside them (its appendix A.1).
    """

    kind: ClassVar[str] = "codebook"

    codes: int
    size: int
    averaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformerAttention(Component):
    """Attention in chunks whose keys of distances are projected, and whose queries are scaled by trained numbers.

    Every head scales its queries by the same `head_dim` numbers (Universal Speech Model, arXiv:2303.01037). Queries of
    a chunk of `chunk` frames, the last one padded, have `context` keys: their own, and those of frames around. The keys
    of `distances` are projected once a step, whatever it hears.
    """

    kind: ClassVar[str] = "conformer_attention"

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    chunk: int
    context: int
    distances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeKeyAttention(Component):
    """Attention of an encoder with keys of all distances beside those of frames (Transformer-XL, arXiv:1901.02860).

    Keys of distances are projected for each sequence; for them, and for those of frames, each head has a trained query
    that is added.
    """

    kind: ClassVar[str] = "relative_key_attention"

    attention: Attention

    def parts(self) -> tuple[Component, ...]:
        return (self.attention,)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockAttention(Component):
    """Attention within blocks of `block` frames, whose queries are also multiplied with vectors of distances.

    The last block is padded in all but the output's projection; a table has so many `distances`, which all heads share
    (Shaw et al., arXiv:1803.02155). Only the output has a bias.
    """

    kind: ClassVar[str] = "block_attention"

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    block: int
    distances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAttention(Component):
    """Attention of queries to the hidden states of an encoder, `source_size` features each (BLIP-2, arXiv:2301.12597).

    Its keys and values are of all of a sequence's `source` rows; queries that are the same for all sequences are
    projected `once`. Queries are projected from `query_size` features, where these are no hidden states. Query heads
    may share keys and values (`num_key_value_heads`; None: each has its own).
    """

    kind: ClassVar[str] = "query_attention"

    hidden_size: int
    num_attention_heads: int
    head_dim: int
    source_size: int
    once: bool = False
    query_size: int | None = None
    num_key_value_heads: int | None = None
    bias: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvolutionModule(Component):
    """A gated projection, a convolution of each channel, its norm and a projection (Conformer, arXiv:2005.08100).

    The gate leaves `channels`. Projections have a `bias`, the convolution one if it is a `depthwise_bias`.
    """

    kind: ClassVar[str] = "convolution_module"

    hidden_size: int
    channels: int
    kernel: int
    norm: Norm | BatchNorm
    bias: bool = False
    depthwise_bias: bool = False

    def parts(self) -> tuple[Component, ...]:
        return (self.norm,)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparableConvolutionModule(Component):
    """A conformer's convolution module with biases, two more in its gate, and no norm (Phi-4-multimodal).

    Its first projection leaves `gated_channels`, and so does its last. The convolution makes `channels` of the hidden
    states, each from one of theirs, which another projection maps to `separable_channels`.
    """

    kind: ClassVar[str] = "separable_convolution_module"

    hidden_size: int
    kernel: int
    gated_channels: int
    channels: int
    separable_channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClippingBounds(Component):
    """The least and greatest number of inputs and outputs that each of `linears` matrices is stored with."""

    kind: ClassVar[str] = "clipping_bounds"

    linears: int
