"""Attention between tokens and the patches that they are in."""

from __future__ import annotations

from typing import ClassVar, Literal

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.spec.components.component import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchAttention(Component):
    """Cross-attention of a byte latent transformer (arXiv:2412.09871, sections 3.2.2 and 3.3.1).

    A patch of `patch_size` tokens has `states` hidden states. Where `patches` ask, they attend to the tokens of their
    patch; where `tokens` ask, these attend to the states of their patch. Both sides are normalised before.
    """

    kind: ClassVar[str] = "patch_attention"
    attends: ClassVar[bool] = True
    normalises: ClassVar[bool] = True

    hidden_size: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    patch_size: int
    states: int
    queries: Literal["patches", "tokens"]
