"""The wiring of a whole model: from a spec and a schedule to an operator graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from llmsim_adapters.engines.built_in import find
from llmsim_adapters.engines.layout import Layout
from llmsim_adapters.graph.graph import MTP, OperatorGraph
from llmsim_adapters.lowerings.built_in import BUILT_IN
from llmsim_adapters.lowerings.place import Draft
from llmsim_adapters.lowerings.site import Site
from llmsim_adapters.lowerings.step import Step
from llmsim_adapters.spec.media.media import NEVER
from llmsim_adapters.traced import Traced, minimum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from llmsim_adapters.engines.engine import Engine
    from llmsim_adapters.engines.rules import Part
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.lowerings.recording import Kept, Tracer
    from llmsim_adapters.lowerings.site import Lowering
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Mutual, Run
    from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

_SHOWN: Final = 3

_UNASKED: Final = "are not in this step: they run where the sequence began with media, which no step that decodes says"

AROUND = "model"
"""The stack name of what stands before and after all stacks."""

PARTS: Final[Mapping[str, Part]] = {
    "embedding": "embedding",
    "gated_delta_net": "linear_attention",
    "hash_embedding": "embedding",
    "head": "head",
    "kimi_delta_attention": "linear_attention",
    "lightning_attention": "linear_attention",
    "mlp": "mlp",
    "per_layer_embedding": "embedding",
}
"""Of which part of a model, with ranks of its own, a kind of component is; others are of that around them."""

TOWER_PARTS: Final[Mapping[str, Part]] = {"mlp": "tower_mlp"}
"""The same in towers."""


class Wire(Protocol):
    """What a builder is given to wire a model with: the host's `wire`, with every known lowering."""

    def __call__(self, spec: ModelSpec, schedule: Schedule) -> OperatorGraph: ...


def wire(
    spec: ModelSpec,
    schedule: Schedule,
    *,
    lowerings: Mapping[type, Lowering] = BUILT_IN,
    engines: Mapping[str, Engine] | None = None,
    tracer: Tracer = None,
    traced: bool = False,
    kept: Kept | None = None,
) -> OperatorGraph:
    """Return the graph of a spec under a schedule, each distinct block lowered once.

    `engines` are those that plugins brought, by name.

    `kept` has what is known of earlier graphs of the same spec, and keeps what is to be known of this one.

    `tracer` gives the traced operators by path, where an operator's `trace` is asked for. With `traced`, the
    schedule's sizes and the numbers of layers are `Traced`, so that the figures of a spec that was read with tracing
    carry their formulas.
    """

    def lower(schedule: Schedule, tracer: Tracer) -> OperatorGraph:
        return _Wiring(spec, schedule, find(schedule.engine, engines or {}), lowerings, tracer, traced).graph()

    return lower(schedule, tracer) if kept is None else kept.graph(schedule, tracer, lower)


class _Wiring:
    def __init__(
        self,
        spec: ModelSpec,
        schedule: Schedule,
        engine: Engine,
        lowerings: Mapping[type, Lowering],
        tracer: Tracer,
        traced: bool,
    ) -> None:
        self._spec, self._schedule, self._lowerings, self._traced = spec, schedule, lowerings, traced
        self._draft = Draft()
        self._tracer = tracer
        self._layout = Layout(engine, spec, schedule, self._named)
        self._media: dict[str, Run] = {}
        if schedule.has_media:
            from llmsim_adapters.lowerings.media import runs  # not for a step without media

            self._media = runs(spec, schedule)
        self._step = self._step_of()

    def _step_of(self, prompt: int = 0, streams: int = 1) -> Step:
        """Return the step of stacks with so many tokens of the model's own before each sequence, in so many streams."""
        schedule, layout = self._schedule, self._layout
        dtype = schedule.activation_dtype or layout.dtype
        return Step(
            batch_size=self._named(schedule.batch_size, "batch_size", "schedule"),
            seq_len=self._named(schedule.seq_len, "seq_len", "schedule"),
            context_len=self._named(schedule.context_len, "context_len", "schedule"),
            decode=schedule.mode == "decode",
            all_logits=schedule.logits == "all",
            dtype=dtype,
            weight_dtype=schedule.weight_dtype or layout.dtype,
            cache_dtype=schedule.kv_cache_dtype or self._declared_cache() or dtype,
            quantization=None if schedule.weight_dtype else layout.quantization,
            layout=layout,
            lowerings=self._lowerings,
            tracer=self._tracer,
            prompt=prompt,
            streams=streams,
            encoder_len=self._encoder_length(),
            mutual=tuple(self._mutual()),
            canvas=bool(self._spec.canvas),
            media_tokens=self._media_tokens(),
        )

    def _mutual(self) -> Iterator[Mutual]:
        """Yield which tokens of media see later ones, as each encoder's rule has it."""
        for name, run in self._media.items():
            mutual = run.mutual
            if mutual is None or mutual.spans is None:
                yield from () if mutual is None else (mutual,)
                continue
            origin = f"media of the schedule: tokens that see each other, of {name}"
            spans = [
                (self._named(length, f"{name}_span_of_{length}", origin), self._named(count, f"{name}_spans", origin))
                for length, count in mutual.spans
            ]
            yield mutual._replace(spans=tuple(spans))

    def _encoder_length(self) -> int:
        """Return how many rows of an encoder's output a sequence's tokens attend to."""
        said = self._named(self._schedule.encoder_len, "encoder_len", "schedule")
        return said or sum(run.count("attended") for run in self._media.values())

    def _media_tokens(self) -> int:
        """Return how many tokens of a sequence stand for rows of an encoder."""
        return sum(run.count("tokens") for run in self._media.values())

    def _declared_cache(self) -> str:
        """Return the format of the cache that the checkpoint declares; empty: none."""
        quantization = self._layout.quantization
        if quantization is None or not self._layout.engine.reads_cache(quantization):
            return ""
        return quantization.cache_dtype

    def graph(self) -> OperatorGraph:
        self._lower_once(AROUND, "inputs", self._spec.inputs)
        for stack in self._spec.stacks:
            self._stack(stack)
        self._lower_once(AROUND, "outputs", self._spec.outputs)
        self._set_aside()
        draft = self._draft
        routing = tuple(draft.routing)
        return OperatorGraph(
            schedule=self._schedule,
            operators=tuple(draft.operators),
            weights=tuple([weight for weight in draft.weights if weight.count]),  # others are an earlier block's
            caches=tuple(draft.caches),
            routing=routing,
            transfers=tuple(draft.transfers),
            notes=self._notes(routing),
            media=tuple([item for run in self._media.values() for item in run.items if item.length or item.attended]),
        )

    def _set_aside(self) -> None:
        """Set room aside in the layers of a pool that keep nothing of a token, and in those of an encoder's output."""
        for layers, caches in self._draft.pooled.items():
            pool = self._named(layers(self._layout), "pool_layers", f"engine {self._layout.engine.name}")
            for from_encoder in sorted({cache.from_encoder for cache in caches}):
                kept = sum(cache.layers for cache in caches if cache.from_encoder is from_encoder)
                first = next(cache for cache in caches if cache.from_encoder is from_encoder)
                if pool != kept:
                    self._draft.caches.append(first._replace(layers=pool - kept, shared_with=0, idle=True))

    def _notes(self, routing: tuple[object, ...]) -> tuple[str, ...]:
        """Return what the schedule asks for and this model has no use for, and what the engine does unexpectedly."""
        schedule, notes = self._schedule, list(self._layout.notes)
        unsaid = not self._spec.dtype_said and schedule.dtype == "auto" and schedule.weight_dtype is None
        if unsaid and self._layout.dtype == self._spec.dtype:
            notes.append(f"weights are counted in {self._spec.dtype}: the config names no format (`dtype`: another)")
        declared = self._declared_cache()
        kept = {cache.dtype for cache in self._draft.caches if cache.kind in ("key_value", "latent")}
        if declared in kept and schedule.kv_cache_dtype is None:
            notes.append(
                f"the cache is stored in {declared}, which the checkpoint declares (`kv_cache_dtype`: another)"
            )
        if schedule.mode == "decode":
            beside = [each for each in self._spec.stacks if each.beside and not self._layout.leaves_out(each.name)]
            notes += [f"{each.name} {_UNASKED}" for each in beside]
        if not routing:
            asked = (
                ("ep_size", schedule.ep_size != 1),
                ("moe_tp", schedule.moe_tp is not None),
                ("redundant_experts", schedule.redundant_experts != 0),
                ("deepep", schedule.deepep),
            )
            notes += [f"`{name}` is ignored: the model has no experts" for name, is_asked in asked if is_asked]
        elif schedule.deepep and self._layout.ranks is not None and self._layout.ranks.expert == 1:
            notes.append("`deepep` sends no tokens: `ep_size` is 1, so that all experts are on every group of ranks")
        origins = (run.media.origin_of(item.kind) for run in self._media.values() for item in run.items)
        notes += dict.fromkeys(origin for origin in origins if origin)
        notes += self._instruction_notes()
        canvas = self._spec.canvas
        if canvas and schedule.mode == "decode" and schedule.seq_len != canvas:
            notes.append(f"a canvas has {int(canvas):,} tokens, which are decoded together (`seq_len`: {canvas:d})")
        if schedule.mtp and self._spec.stack(MTP) is None:
            notes.append("`mtp` is ignored: the model has no multi-token prediction")
        return tuple(notes)

    def _instruction_notes(self) -> Iterator[str]:
        """Yield how long an instruction is taken to be that an encoder reads, or that none does."""
        said = self._schedule.instruction_len
        reads = any(run.media.instructed for run in self._media.values())
        if reads and not said:
            beside = (
                "the encoder is taken to read as many tokens of the instruction as stand beside media in the sequence"
            )
            yield f"{beside} (`instruction_len`: as many as its own tokenizer makes of it)"
        elif said and not reads:
            yield "`instruction_len` is ignored: no encoder that runs in this step reads an instruction"

    def _stack(self, stack: Stack) -> None:
        run = self._media.get(stack.name)
        runs = run is not None if stack.is_tower else not stack.optional or (stack.name == MTP and self._schedule.mtp)
        step = self._step_in(stack) if run is None else self._step_of_run(stack, run)
        if stack.streams_rows:
            runs, step = True, self._on_ranks_of(stack, self._step.of_frames(stack.streams_rows))
        if stack.beside:
            runs, step = self._has_beside(stack), self._on_ranks_of(stack, step)
        if stack.source:
            runs, step = bool(step.encoder_len) and not step.context_len, step.of_source()
        awake = runs and stack.mode in ("", self._schedule.mode)
        self._around(stack, "before", stack.before, awake, step)
        for index, block in enumerate(stack.blocks):
            self._block(stack, index, block, runs, step, asleep=not awake)
        self._around(stack, "after", stack.after, awake, step)

    def _around(self, stack: Stack, block: str, components: tuple[Component, ...], runs: bool, step: Step) -> None:
        """Lower what stands before or after a stack's blocks; parts of an encoder run on rows of their own."""
        steps: list[Step | None] | None = None
        counts: Mapping[str, int] | None = None if step.run is None else step.run.counts
        if stack.media is not None and stack.streams_rows:
            counts = stack.media.with_tokens(self._step.seq_len)
        if counts is not None:
            from llmsim_adapters.spec.media.rows import rows_of  # not for a step without media

            named = rows_of(stack, block == "before")
            steps = [None if rows == NEVER else step.of_rows(counts[rows]) for rows in named]
        self._lower_once(stack.name, block, components, runs, step, _tower_axis(stack), steps)

    def _step_of_run(self, stack: Stack, run: Run) -> Step:
        """Return the step of an encoder that runs, on the ranks that have it."""
        if self._traced:
            run = self._named_run(stack.name, run)
        return self._on_ranks_of(stack, self._step.of_run(run))

    def _on_ranks_of(self, stack: Stack, step: Step) -> Step:
        """Return the step of what stands beside the language model on the ranks that have it."""
        return step if self._layout.ranks is None else step.shared_by(self._layout.group("tower", stack.axis))

    def _has_beside(self, stack: Stack) -> bool:
        """Return whether the step has the media that a stack runs beside, and none that it does not, and can run it."""
        from llmsim_adapters.lowerings.media import kinds  # not for a model that has none

        given = kinds(self._schedule)
        has = not given.isdisjoint(stack.beside) and given.isdisjoint(stack.unless)
        return has and not self._layout.leaves_out(stack.name)

    def _named_run(self, name: str, run: Run) -> Run:
        """Return what an encoder runs with the names that formulas show."""
        seen = [f"{_sides(item.given)} seen as {_sides(item.seen)}" for item in run.items[:_SHOWN]]
        more = ["…"] if len(run.items) > _SHOWN else []
        rules = " and ".join(dict.fromkeys(run.media.called(item.kind) for item in run.items))
        origin = f"media of the schedule by {rules}: {'; '.join([*seen, *more])}"
        pieces, windows = (
            tuple(
                (
                    self._named(length, f"{name}_{what}_of_{length}", origin),
                    self._named(count, f"{name}_{what}s_of_{length}", origin),
                )
                for length, count in of
            )
            for what, of in (("sequence", run.pieces), ("window", run.windows))
        )
        counts = {each: self._named(count, f"{name}_{each}", origin) for each, count in run.counts.items()}
        return run._replace(counts=counts, pieces=pieces, windows=windows)

    def _step_in(self, stack: Stack) -> Step:
        """Return the step with the sizes that a stack runs on."""
        own = stack.prompt or stack.streams != 1
        step = self._step_of(stack.prompt, stack.streams) if own else self._step
        step = step.of_patches(stack.patch_size) if stack.patch_size else step
        return step.padded(stack.pad_to, stack.pad_above) if stack.pad_to else step

    def _block(self, stack: Stack, index: int, block: Block, runs: bool, step: Step, *, asleep: bool) -> None:
        layers, weight_sets, caches = self._counts(stack, index, f"{stack.name}_{block.name}")
        taken: dict[str, int] = {}
        for sublayer in block.sublayers:
            sets = weight_sets if sublayer.weight_sets is None else minimum(weight_sets, sublayer.weight_sets)
            run = step.run if sublayer.rows else None
            site = Site(
                self._draft,
                step if run is None else step.of_rows(run.count(sublayer.rows)),
                stack.name,
                block.name,
                runs,
                layers,
                sets,
                caches,
                sublayer.from_encoder,
                _tower_axis(stack),
                asleep,
            )
            # Summands of parallel mixers are added up together, unless each is normalised first.
            apart = len(sublayer.post_norms) >= len(sublayer.mixers) > 1
            for label, component in _labelled(sublayer, taken):
                site.lower(component, label, (TOWER_PARTS if stack.is_tower else PARTS).get(component.kind))
                if apart:
                    site.added_up()
            site.added_up()

    def _counts(self, stack: Stack, index: int, name: str) -> tuple[int, int, int]:
        """Return how often a stack runs a block, and how many sets of weights and of caches it has of it."""
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
        return layers, weight_sets, caches

    def _lower_once(
        self,
        stack: str,
        block: str,
        components: tuple[Component, ...],
        runs: bool = True,
        step: Step | None = None,
        tower: str = "",
        steps: list[Step | None] | None = None,
    ) -> None:
        if components:
            site, idle = (
                Site(self._draft, step or self._step, stack, block, each, tower=tower) for each in (runs, False)
            )
            taken: dict[str, int] = {}
            for index, component in enumerate(components):
                here = idle if steps is not None and steps[index] is None else site
                if steps is not None:
                    here.step = steps[index] or here.step
                count = taken[component.kind] = taken.get(component.kind, 0) + 1
                label = component.kind if count == 1 else f"{component.kind}_{count}"
                here.lower(component, label, (TOWER_PARTS if tower else PARTS).get(component.kind))
                here.added_up()

    def _named(self, value: int, name: str, origin: str) -> int:
        return Traced.leaf(value, name, origin) if self._traced else value


def _tower_axis(stack: Stack) -> str:
    """Return the axis of an encoder; empty for the stacks of the language model."""
    return stack.axis if stack.is_tower else ""


def _sides(size: tuple[float, ...]) -> str:
    return " × ".join(f"{side:,}" for side in size)


def _labelled(sublayer: Sublayer, taken: dict[str, int]) -> Iterator[tuple[str, Component]]:
    """Yield a sublayer's components, each with a label of its own in the block, where others are `taken`."""
    cross = "cross_" if sublayer.from_encoder else ""
    mixer = cross + sublayer.mixers[0].kind
    labels: list[tuple[str, Component]] = [(f"{mixer}_pre_{norm.kind}", norm) for norm in sublayer.pre_norms]
    labels += [(cross + component.kind, component) for component in sublayer.mixers]
    labels += [(f"{mixer}_post_{norm.kind}", norm) for norm in sublayer.post_norms]
    if sublayer.residual is not None:
        labels.append((f"{mixer}_residual_{sublayer.residual.kind}", sublayer.residual))
    for label, component in labels:
        count = taken[label] = taken.get(label, 0) + 1
        yield (label if count == 1 else f"{label}_{count}"), component
