"""The category of a model: which family of architecture its spec belongs to, and what it is there for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Component, Head, LatentAttention, MixtureOfExperts, Part, Score

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from llmsim_adapters.spec.model import ModelSpec


class Category(str, Enum):
    """The coverage report's five categories, and those that later families need.

    Language models are told apart by their layers. What makes no text has a category of its own whatever its layers: an
    `encoder` keeps nothing of its tokens, an `embedder` is a decoder whose hidden states are the answer, a `classifier`
    has scores in place of logits, as rerankers and reward models do, and a `draft` guesses for a target.
    """

    DENSE = "dense"
    MOE = "moe"
    MLA = "mla"
    MLA_MOE = "mla_moe"
    MULTIMODAL = "multimodal"
    HYBRID = "hybrid"
    SSM = "ssm"
    ENCODER = "encoder"
    EMBEDDER = "embedder"
    CLASSIFIER = "classifier"
    DRAFT = "draft"

    __hash__ = str.__hash__  # the one of Enum is slow, and claims look categories up

    def __str__(self) -> str:
        return self.value


def text_category(kinds: Collection[type[Component]]) -> Category:
    """Return the category of a model's text stacks by the kinds of its components, whatever they are there for."""
    if True in [kind.recurrent for kind in kinds]:
        return Category.HYBRID if True in [kind.attends for kind in kinds] else Category.SSM
    experts = MixtureOfExperts in kinds
    if LatentAttention in kinds:
        return Category.MLA_MOE if experts else Category.MLA
    return Category.MOE if experts else Category.DENSE


def language_category(spec: ModelSpec, nodes: Collection[Any]) -> Category:
    """Return the category of a model without what stands beside its text stacks, whose `nodes` these are.

    That is what builders are for: a reward model that sees is built by the one for reward models.
    """
    kinds = component_kinds(nodes)
    if spec.from_target:
        return Category.DRAFT
    if Score in kinds:
        return Category.CLASSIFIER
    family = text_category(kinds)
    if family in (Category.DENSE, Category.MOE) and not _keeps(nodes):
        return Category.ENCODER
    ends = (*spec.outputs, *(end for stack in spec.stacks if not stack.optional for end in stack.after))
    if any(isinstance(end, Head) for end in ends) or any(name.startswith("head_of_") for name in spec.unmodelled):
        return family
    return Category.EMBEDDER


def category(spec: ModelSpec, language: Category) -> Category:
    """Return the category of a whole model, where that of its language model is known: with a tower it is multimodal.

    One that drafts for another is a draft.
    """
    if language is Category.DRAFT:
        return language
    towers = any(name.endswith("_tower") for name in spec.unmodelled)
    if towers or any(stack.axis != "tokens" for stack in spec.stacks):
        return Category.MULTIMODAL
    return language


def component_kinds(nodes: Collection[Any]) -> list[type[Component]]:
    """Return the kinds of the components among a spec's nodes, each once, but for what is part of another one."""
    kinds = {node.__class__ for node in nodes}
    return [kind for kind in kinds if issubclass(kind, Component) and not issubclass(kind, Part)]


def _keeps(nodes: Collection[Any]) -> bool:
    """Whether some mixer that looks at other tokens keeps something of them: all do that don't say otherwise."""
    attending = [node for node in nodes if isinstance(node, Component) and node.attends]
    return not attending or any(getattr(mixer, "cached", True) for mixer in attending)
