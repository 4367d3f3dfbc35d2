"""The category of a model: which family of architecture its spec belongs to."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.components import (
    Attention,
    ChannelMix,
    CompressedAttention,
    GatedDeltaNet,
    GatedLinearRecurrence,
    KimiDeltaAttention,
    LatentAttention,
    LightningAttention,
    Mamba,
    Mamba2,
    MatrixLSTM,
    MixtureOfAttention,
    MixtureOfExperts,
    RelativeAttention,
    ShortConvolution,
    TimeMix,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.spec.model import ModelSpec


class Category(str, Enum):
    """The coverage report's five categories, and those that later families need."""

    DENSE = "dense"
    MOE = "moe"
    MLA = "mla"
    MLA_MOE = "mla_moe"
    MULTIMODAL = "multimodal"
    HYBRID = "hybrid"
    SSM = "ssm"
    ENCODER = "encoder"
    DRAFT = "draft"

    def __str__(self) -> str:
        return self.value


RECURRENT: Final = frozenset(
    {
        ChannelMix.kind,
        GatedDeltaNet.kind,
        GatedLinearRecurrence.kind,
        KimiDeltaAttention.kind,
        LightningAttention.kind,
        Mamba.kind,
        Mamba2.kind,
        MatrixLSTM.kind,
        ShortConvolution.kind,
        TimeMix.kind,
    }
)
"""The kinds of mixer that carry a state of fixed size from token to token."""

ATTENTION: Final = frozenset(
    {Attention.kind, CompressedAttention.kind, LatentAttention.kind, MixtureOfAttention.kind, RelativeAttention.kind}
)
"""The kinds of mixer that attend to other tokens."""


def text_category(kinds: Collection[str]) -> Category:
    """Return the category of a model's text stacks, by the kinds of its components, whatever stands beside them."""
    if not RECURRENT.isdisjoint(kinds):
        return Category.SSM if ATTENTION.isdisjoint(kinds) else Category.HYBRID
    experts = MixtureOfExperts.kind in kinds
    if LatentAttention.kind in kinds:
        return Category.MLA_MOE if experts else Category.MLA
    return Category.MOE if experts else Category.DENSE


def category(spec: ModelSpec, kinds: Collection[str]) -> Category:
    """Return the category of a model; one with a tower for pictures or sound is multimodal."""
    towers = any(name.endswith("_tower") for name in spec.unmodelled)
    if towers or any(stack.axis != "tokens" for stack in spec.stacks):
        return Category.MULTIMODAL
    return text_category(kinds)
