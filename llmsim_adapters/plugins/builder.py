"""What a builder is: its requirements, and the wiring of a whole model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading import Reading
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.lowerings.wiring import Wire
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.spec.category import Category
    from llmsim_adapters.spec.model import ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """What a model must have, and may have, for a builder to claim it.

    Attributes:
        categories: the categories that the builder is for.
        parameters: canonical parameters that a config of any of them must have.
        parameters_of: further ones that a category needs.
        components: the kinds of component that the builder models, by name.
        features: the features that it models, by name. Others are gaps.
    """

    categories: frozenset[Category]
    parameters: tuple[str, ...]
    components: frozenset[str]
    features: frozenset[str] = frozenset()
    parameters_of: Mapping[Category, tuple[str, ...]] = field(default_factory=dict)

    def required(self, category: Category) -> tuple[str, ...]:
        """Return the parameters that a model of a category must have."""
        return self.parameters + self.parameters_of.get(category, ())


class Builder:
    """The base class of builders: subclass it, name it, declare its requirements.

        class Retro(la.Builder):
            name = "retro"
            requirements = la.Requirements(
                categories=frozenset({la.Category.DENSE}),
                parameters=("hidden_size", "num_hidden_layers", "num_attention_heads"),
                components=frozenset({"norm", "embedding", "head", "attention", "mlp"}),
                features=frozenset({"tied_embeddings"}),
            )

        @la.hookimpl
        def llmsim_register_builders():
            return [Retro]

    with `[project.entry-points.llmsim_adapters]` naming the module in `pyproject.toml`. The host computes the claim
    from the requirements and wires the model from the lowerings of its components; a builder that needs more
    overrides `claim` or `build`, which then run isolated and bounded in time.
    """

    name: ClassVar[str]
    requirements: ClassVar[Requirements]

    def claim(self, reading: Reading, claim: Claim) -> Claim:
        """Return the claim that the host computed from the requirements, or a refined one."""
        del reading
        return claim

    def build(self, spec: ModelSpec, schedule: Schedule, wire: Wire) -> OperatorGraph:
        """Return the graph of a spec that has no feature but those in the requirements."""
        return wire(spec, schedule)
