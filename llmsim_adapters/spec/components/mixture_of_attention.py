"""Attention whose heads are chosen for each token, as experts are."""

from __future__ import annotations

from typing import ClassVar

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class MixtureOfAttention(Component):
    """Mixture of attention heads (arXiv:2210.05144), as in JetMoE (arXiv:2404.07413).

    An expert is a pair of query and output projections for as many heads as there are key/value heads; each token goes
    to `num_experts_per_tok` of `num_experts`. Keys and values are projected once, for all experts. `output_bias` is one
    for the sum of the experts' results.
    """

    kind: ClassVar[str] = "mixture_of_attention"
    attends: ClassVar[bool] = True

    hidden_size: int
    num_experts: int
    num_experts_per_tok: int
    num_key_value_heads: int
    head_dim: int
    output_bias: bool = False
