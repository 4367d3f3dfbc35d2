"""Residual connections with weights of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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
class ScaledResidual(Component):
    """Scales and shifts both the input and what the mixers return, feature by feature, before it adds them (ZAYA1)."""

    kind: ClassVar[str] = "scaled_residual"

    hidden_size: int
