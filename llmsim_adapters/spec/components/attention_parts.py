"""What an attention may have beside its projections and its core: parts that own weights or caches.

A part states its own shapes, has a lowering of its own, and is modelled by whoever models the attention.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Part

if TYPE_CHECKING:
    from llmsim_adapters.spec.components.component import Component
    from llmsim_adapters.spec.components.norms import Norm


@dataclass(frozen=True, slots=True)
class AttentionPart(Part):
    """The base of every part.

    `stage` is where it runs: with the `values`, behind the projections of queries and keys; before the `scores`; or on
    the `results`, before the output projection. One that `makes_values` stands for the projection of values. The core
    runs for as many `attentions`.
    """

    stage: ClassVar[Literal["values", "scores", "results"]] = "scores"
    makes_values: ClassVar[bool] = False
    attentions: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputGate(AttentionPart):
    """An output gate of `size` values, one for each result or for each head, that is projected from the input.

    The projection may have a `bias`, and with `factors` a trained factor for each value; `head_biases` are one for each
    head, shared by its results.
    """

    kind: ClassVar[str] = "output_gate"
    stage = "results"

    input_size: int
    size: int
    bias: bool = False
    factors: bool = False
    head_biases: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sinks(AttentionPart):
    """A logit of each head that takes attention from the tokens (arXiv:2309.17453).

    It is learned, or, with an `input_size`, projected from the input.
    """

    kind: ClassVar[str] = "sinks"

    num_attention_heads: int
    input_size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreScales(AttentionPart):
    """A factor of each head's scores that grows with the logarithm of a token's place: two trained numbers of a head.

    Scalable softmax (arXiv:2501.19399).
    """

    kind: ClassVar[str] = "score_scales"

    num_attention_heads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkKeys(AttentionPart):
    """Learned keys of each key/value head, `count` of them: what queries give these, the tokens don't get (IQuest Q1).

    They have no values, or learned ones of `value_dim` (openPangu Pro MoE V2).
    """

    kind: ClassVar[str] = "sink_keys"

    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    count: int = 1
    value_dim: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeLogits(AttentionPart):
    """Logits of the `extent` latest tokens: `size` values of each head, projected from the input, and then by one
    matrix for all heads; `norm` is of the values."""

    kind: ClassVar[str] = "relative_logits"

    input_size: int
    num_attention_heads: int
    size: int
    extent: int
    norm: Norm | None = None

    def parts(self) -> tuple[Component, ...]:
        return () if self.norm is None else (self.norm,)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValueConvolution(AttentionPart):
    """Sums of each channel of keys and of values over the `kernel` latest tokens.

    Where it is `dynamic`, weights of each head that are projected from the input are added.
    """

    kind: ClassVar[str] = "key_value_convolution"

    input_size: int
    num_key_value_heads: int
    key_channels: int
    value_channels: int
    kernel: int
    dynamic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadConvolution(AttentionPart):
    """Two convolutions that queries and keys go through, of each channel and then within each head (arXiv:2510.04476).

    They sum `channel_kernel` and `head_kernel` latest tokens. Half of the values are those of the token before, and
    each key/value head has a scale.
    """

    kind: ClassVar[str] = "head_convolution"
    stage = "values"
    makes_values = True

    input_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    value_head_dim: int
    channel_kernel: int
    head_kernel: int
    bias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicMask(AttentionPart):
    """A mask that says how far keys are masked, by values and a trained number of each key/value head (Doge)."""

    kind: ClassVar[str] = "dynamic_mask"

    num_key_value_heads: int
    value_channels: int
    window: int | None = None
    bias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Differential(AttentionPart):
    """The difference of two attentions, each over half of the values repeated (arXiv:2410.05258).

    It is weighed by four trained vectors of a head's size.
    """

    kind: ClassVar[str] = "differential"
    attentions = 2

    head_dim: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRunAttention(AttentionPart):
    """Attention to all keys and values of the layer's first run, in a layer that is run several times (IQuest's loops).

    Each head mixes it with what it attends to itself, by a gate of its query. The gate's weights are the layer's, in
    whose first run nothing is mixed: `runs` is False there.
    """

    kind: ClassVar[str] = "first_run_attention"
    stage = "results"

    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    runs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryBlock(AttentionPart):
    """A convolution of each channel of the values with the `kernel` tokens around, beside attention's results.

    It is the memory of a feedforward sequential memory network (arXiv:1512.08301) in self-attention (SAN-M,
    arXiv:2006.01713), of an encoder.
    """

    kind: ClassVar[str] = "memory_block"
    stage = "results"

    channels: int
    kernel: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedValues(AttentionPart):
    """Values that experts of attention project: each token is sent to `num_values_per_tok` of `num_values` (MoVA).

    A router scores them; with a `score_correction_bias`, numbers for each of them steer it.
    """

    kind: ClassVar[str] = "routed_values"
    stage = "values"
    makes_values = True

    input_size: int
    num_values: int
    num_values_per_tok: int
    value_channels: int
    score_correction_bias: bool = False
