"""Residual connections with weights of their own."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvolvedResidual(Component):
    """Adds to the input what the mixers return and a causal convolution of it, channel by channel (Inkling).

    With `scaled`, a trained number multiplies the mixers' result before.
    """

    kind: ClassVar[str] = "convolved_residual"

    hidden_size: int
    conv_kernel: int
    scaled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionResidual(Component):
    """Gives what follows sums of `sources` in place of the last hidden state, one for each of `queries` (Inkling 2).

    The sources are what each block of layers before has added, and the present one so far; normalised, with a `gain`
    of each feature or without, they are weighed by their products with trained vectors, the queries. Of one source the
    sum is that itself, and the weights are not used.

    One of `layers` gives each of those its messages of the pass before, with queries of its own in one weight, `runs`
    times a step (Inkling 2's loops); of one source it runs, too.
    """

    kind: ClassVar[str] = "attention_residual"

    hidden_size: int
    sources: int
    queries: int = 1
    gain: bool = False
    layers: int = 0
    runs: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageGate(Component):
    """Mixes a message into the hidden state, feature by feature, by two gates of `rank` from both (Inkling 2's loops).

    One that is not `used` has its weights, and never runs.
    """

    kind: ClassVar[str] = "message_gate"

    hidden_size: int
    rank: int
    used: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledResidual(Component):
    """Scales and shifts both the input and what the mixers return, feature by feature, before it adds them (ZAYA1)."""

    kind: ClassVar[str] = "scaled_residual"

    hidden_size: int
