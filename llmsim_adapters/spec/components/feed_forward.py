"""Mixers that take each token by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from llmsim_adapters.spec.components.component import Component


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
