"""What a builder is: its requirements, and the wiring of a whole model."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.lowerings.wiring import Wire
    from llmsim_adapters.plugins.claim import Claim
    from llmsim_adapters.plugins.requirements import Requirements
    from llmsim_adapters.spec.model import ModelSpec


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
        """Return the claim that the host computed from the requirements, or a refined one.

        Refine it with `claim._replace(...)`. A claim that says more than the requirements do ranks after one of as
        many gaps that rests on requirements. `reading` is a copy.
        """
        del reading
        return claim

    def build(self, spec: ModelSpec, schedule: Schedule, wire: Wire) -> OperatorGraph:
        """Return the graph of a spec that has no feature but those in the requirements."""
        return wire(spec, schedule)
