"""The wiring of a whole model: from a spec and a schedule to an operator graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from llmsim_adapters.graph.graph import MTP, OperatorGraph
from llmsim_adapters.lowerings.built_in import BUILT_IN
from llmsim_adapters.lowerings.site import Draft, Site
from llmsim_adapters.lowerings.step import Step
from llmsim_adapters.traced import Traced, minimum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.lowerings.site import Lowering
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

AROUND = "model"
"""The stack name of what stands before and after all stacks."""


class Wire(Protocol):
    """What a builder is given to wire a model with: the host's `wire`, with every known lowering."""

    def __call__(self, spec: ModelSpec, schedule: Schedule) -> OperatorGraph: ...


def wire(
    spec: ModelSpec,
    schedule: Schedule,
    *,
    lowerings: Mapping[type, Lowering] = BUILT_IN,
    tracer: Callable[[], Mapping[str, Operator]] | None = None,
    traced: bool = False,
) -> OperatorGraph:
    """Return the graph of a spec under a schedule, each distinct block lowered once.

    `tracer` gives the traced operators by path, where an operator's `trace` is asked for. With `traced`, the
    schedule's sizes and the numbers of layers are `Traced`, so that the figures of a spec that was read with tracing
    carry their formulas.
    """
    return _Wiring(spec, schedule, lowerings, tracer, traced).graph()


class _Wiring:
    def __init__(
        self,
        spec: ModelSpec,
        schedule: Schedule,
        lowerings: Mapping[type, Lowering],
        tracer: Callable[[], Mapping[str, Operator]] | None,
        traced: bool,
    ) -> None:
        self._spec, self._schedule, self._lowerings, self._traced = spec, schedule, lowerings, traced
        self._draft = Draft()
        self._tracer = tracer
        self._step = self._step_of(0)

    def _step_of(self, prompt: int) -> Step:
        """Return the step of stacks with so many tokens of the model's own before each sequence."""
        spec, schedule = self._spec, self._schedule
        dtype = schedule.activation_dtype or spec.dtype
        return Step(
            batch_size=self._named(schedule.batch_size, "batch_size", "schedule"),
            seq_len=self._named(schedule.seq_len, "seq_len", "schedule"),
            context_len=self._named(schedule.context_len, "context_len", "schedule"),
            decode=schedule.mode == "decode",
            all_logits=schedule.logits == "all",
            dtype=dtype,
            weight_dtype=spec.dtype,
            cache_dtype=schedule.kv_cache_dtype or dtype,
            quantization=spec.quantization,
            tracer=self._tracer,
            prompt=prompt,
        )

    def graph(self) -> OperatorGraph:
        self._lower_once(AROUND, "inputs", self._spec.inputs)
        for stack in self._spec.stacks:
            self._stack(stack)
        self._lower_once(AROUND, "outputs", self._spec.outputs)
        return OperatorGraph(
            schedule=self._schedule,
            operators=tuple(self._draft.operators),
            weights=tuple(self._draft.weights),
            caches=tuple(self._draft.caches),
            routing=tuple(self._draft.routing),
        )

    def _stack(self, stack: Stack) -> None:
        runs = not stack.optional or (stack.name == MTP and self._schedule.mtp)
        step = self._step_of(stack.prompt) if stack.prompt else self._step
        self._lower_once(stack.name, "before", stack.before, runs)
        for index, block in enumerate(stack.blocks):
            name = f"{stack.name}_{block.name}"
            if len(stack.blocks) == 1:
                layers = self._named(stack.executions(index), stack.counted_by, "positions of the stack")
            else:
                origin = f"positions that run the block, of {stack.counted_by}"
                layers = self._named(stack.executions(index), f"layers_{name}", origin)
            weight_sets = caches = layers
            if stack.weights_of:
                weight_sets = self._named(stack.weight_sets(index), f"weights_{name}", "positions with own weights")
            if stack.cache_of:
                caches = self._named(stack.caches(index), f"caches_{name}", "positions with a cache of their own")
            for label, component, sublayer in _labelled(block):
                sets = weight_sets if sublayer.weight_sets is None else minimum(weight_sets, sublayer.weight_sets)
                site = Site(
                    self._draft,
                    step,
                    self._lowerings,
                    stack.name,
                    block.name,
                    runs and not sublayer.from_encoder,
                    layers,
                    sets,
                    caches,
                )
                site.lower(component, label)
        self._lower_once(stack.name, "after", stack.after, runs)

    def _lower_once(self, stack: str, block: str, components: tuple[Component, ...], runs: bool = True) -> None:
        if components:
            site = Site(self._draft, self._step, self._lowerings, stack, block, runs)
            taken: dict[str, int] = {}
            for component in components:
                count = taken[component.kind] = taken.get(component.kind, 0) + 1
                site.lower(component, component.kind if count == 1 else f"{component.kind}_{count}")

    def _named(self, value: int, name: str, origin: str) -> int:
        return Traced.leaf(value, name, origin) if self._traced else value


def _labelled(block: Block) -> Iterator[tuple[str, Component, Sublayer]]:
    """Yield a block's components, each with a label of its own and the sublayer that it is in."""
    taken: dict[str, int] = {}
    for sublayer in block.sublayers:
        kind = f"cross_{sublayer.mixers[0].kind}" if sublayer.from_encoder else sublayer.mixers[0].kind
        for prefix, components in (
            (f"{kind}_pre_", sublayer.pre_norms),
            ("cross_" if sublayer.from_encoder else "", sublayer.mixers),
            (f"{kind}_post_", sublayer.post_norms),
            (f"{kind}_residual_", () if sublayer.residual is None else (sublayer.residual,)),
        ):
            for component in components:
                label = prefix + component.kind
                count = taken[label] = taken.get(label, 0) + 1
                yield (label if count == 1 else f"{label}_{count}"), component, sublayer
