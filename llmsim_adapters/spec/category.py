"""The category of a model: which family of architecture its spec belongs to."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import LatentAttention, MixtureOfExperts

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.spec.components import Component
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

    __hash__ = str.__hash__  # the one of Enum is slow, and claims look categories up

    def __str__(self) -> str:
        return self.value


def text_category(kinds: Collection[type[Component]]) -> Category:
    """Return the category of a model's text stacks, by the kinds of its components, whatever stands beside them."""
    if True in [kind.recurrent for kind in kinds]:
        return Category.HYBRID if True in [kind.attends for kind in kinds] else Category.SSM
    experts = MixtureOfExperts in kinds
    if LatentAttention in kinds:
        return Category.MLA_MOE if experts else Category.MLA
    return Category.MOE if experts else Category.DENSE


def category(spec: ModelSpec, kinds: Collection[type[Component]]) -> Category:
    """Return the category of a model: one that drafts for another is a draft, one with a tower multimodal."""
    if spec.from_target:
        return Category.DRAFT
    towers = any(name.endswith("_tower") for name in spec.unmodelled)
    if towers or any(stack.axis != "tokens" for stack in spec.stacks):
        return Category.MULTIMODAL
    return text_category(kinds)
