"""An inferred spec changed until its tensors are those of files: one field of one component after another.

What no key says is a field of a component: whether it has a bias, which norms, how wide it is. Each is tried where the
files have tensors that the graph has not, or the graph such that the files have not; a change is kept where it leaves
less. What a key says is not tried.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.dataclass import replace
from llmsim_adapters.dialects.reading.reading import Origin
from llmsim_adapters.graph.schedule import Schedule
from llmsim_adapters.lowerings.wiring import wire
from llmsim_adapters.proof.matching import Match, match
from llmsim_adapters.proof.units import AROUND, Unit, stored_units, wanted_units
from llmsim_adapters.proof.unread import derived
from llmsim_adapters.spec.components import Attention, Component, Head, Norm, OutputGate, Sinks
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from llmsim_adapters.dialects.reading.reading import Parameter
    from llmsim_adapters.proof.alike import Side
    from llmsim_adapters.proof.stored import Stored
    from llmsim_adapters.spec.components.attention_parts import AttentionPart

TRIES: Final = 1500
"""How many specs are tried."""

SECONDS: Final = 30.0
"""What one pass of trying may take; what was found by then is taken."""

_MOST_SIZES: Final = 6
_CHECKPOINT: Final = Schedule(engine="checkpoint")
_SIZES: Final = frozenset(
    {"intermediate_size", "moe_intermediate_size", "head_dim", "value_head_dim", "num_key_value_heads", "vocab_size"}
    | {"positions", "embedding_size", "size", "latent_size", "output_size", "conv_kernel"}
)
"""The fields whose sizes the shapes of tensors show."""

_CHOICES: Final[dict[str, tuple[Any, ...]]] = {
    "weight_of": ("itself", "embedding"),
    "score_correction_bias": (None, "buffer", "parameter"),
}


class Left(NamedTuple):
    """What a spec's graph and the files don't have in common, by unit: elements of both sides, and tensors."""

    stored: int
    wanted: int
    matches: Mapping[Unit, Match]

    @property
    def cost(self) -> int:
        """Return what both sides have left."""
        return self.stored + self.wanted

    def better_than(self, other: Left) -> bool:
        """Whether less is left, and of neither side more: what explains a tensor asks for no other."""
        return self.cost < other.cost and self.stored <= other.stored and self.wanted <= other.wanted

    def troubled(self) -> set[Unit]:
        """Return the units in which anything is left."""
        return {unit for unit, found in self.matches.items() if not found.complete}


class Fitting:
    """The tensors of files, by layer, and how far specs of the same stacks are from them."""

    def __init__(self, spec: ModelSpec, tensors: Sequence[Stored]) -> None:
        wanted, _ = wanted_units(spec, wire(spec, _CHECKPOINT))
        stored = stored_units(tensors, spec, wanted, fold=False)
        self.stored = {
            unit: [side for side in sides if not (unit == AROUND and derived(side))] for unit, sides in stored.items()
        }
        self._signs = {unit: tuple((side.name, side.shape) for side in sides) for unit, sides in self.stored.items()}
        self._known: dict[Any, tuple[int, int, Match]] = {}

    def left(self, spec: ModelSpec) -> Left:
        """Return what a spec leaves."""
        wanted, _ = wanted_units(spec, wire(spec, _CHECKPOINT))
        stored = asked = 0
        matches = {}
        for unit in dict.fromkeys((*wanted, *self.stored)):
            sides = wanted.get(unit, [])
            sign = self._signs.get(unit, ()), tuple((side.name, side.shape) for side in sides)
            if sign not in self._known:
                found = match(self.stored.get(unit, ()), sides)
                self._known[sign] = _elements(found.stored), _elements(found.wanted), found
            of_files, of_graph, matches[unit] = self._known[sign]
            stored, asked = stored + of_files, asked + of_graph
        return Left(stored, asked, matches)


def refined(spec: ModelSpec, tensors: Sequence[Stored], said: Mapping[str, Parameter]) -> tuple[ModelSpec, Fitting]:
    """Return the spec that leaves least of what the files have.

    Args:
        spec: what the keys say, and what is assumed.
        tensors: those of the files.
        said: the parameters of the config, of which those that a key gives are not changed.
    """
    fitting = Fitting(spec, tensors)
    given = {name: each.value for name, each in said.items() if each.origin in (Origin.GIVEN, Origin.ALIASED)}
    spec = _tried(spec, fitting, given)
    apart = split(spec, fitting)
    return spec if apart is spec else _tried(apart, fitting, given), fitting


def _tried(spec: ModelSpec, fitting: Fitting, given: Mapping[str, Any]) -> ModelSpec:
    left = fitting.left(spec)
    end = time.monotonic() + SECONDS
    tries, better = 0, True
    while better and left.cost:
        better = False
        for changed in _changes(spec, left, given):
            tries += 1
            if tries > TRIES or time.monotonic() > end:
                return spec
            try:
                now = fitting.left(changed)
            except Exception:  # of sizes that go with no others
                continue
            if now.better_than(left):
                spec, left, better = changed, now, True
                break
    return spec


def split(spec: ModelSpec, fitting: Fitting) -> ModelSpec:
    """Return the spec with blocks of their own for layers that leave another rest than others of their block."""
    matches = fitting.left(spec).matches
    stacks = []
    for stack in spec.stacks:
        rests = []
        for at in range(len(stack.order)):
            found = matches.get((stack.name, at))
            rests.append(() if found is None else sorted((s.name, s.shape) for s in (*found.stored, *found.wanted)))
        apart = regrouped(stack, [(stack.blocks[i], tuple(rest)) for i, rest in zip(stack.order, rests, strict=True)])
        stacks.append(stack if len(apart.blocks) <= len(stack.blocks) else apart)
    if all(new is old for new, old in zip(stacks, spec.stacks, strict=True)):
        return spec
    return replace(spec, stacks=tuple(stacks))


def regrouped(stack: Stack, layers: Sequence[tuple[Block, Hashable]]) -> Stack:
    """Return a stack of these layers, of which those are one block that were one and go with the same thing."""
    blocks: dict[tuple[int, Hashable], int] = {}
    made: list[Block] = []
    order: list[int] = []
    for index, (block, what) in zip(stack.order, layers, strict=True):
        if (index, what) not in blocks:
            again = sum(each.name.partition("#")[0] == block.name.partition("#")[0] for each in made)
            blocks[index, what] = len(made)
            made.append(replace(block, name=f"{block.name}#{again + 1}" if again else block.name))
        order.append(blocks[index, what])
    return replace(stack, blocks=tuple(made), order=tuple(order))


def _elements(sides: Sequence[Side]) -> int:
    return sum(side.elements + len(side.keys) for side in sides)


def _changes(spec: ModelSpec, left: Left, given: Mapping[str, Any]) -> Iterator[ModelSpec]:
    """Yield the specs that differ in one field of what is in trouble: in one block, then wherever it is."""
    units: dict[tuple[str, int], list[Match]] = defaultdict(list)
    for unit in left.troubled():
        stack = spec.stack(unit[0])
        if stack is not None and 0 <= unit[1] < len(stack.order):
            units[unit[0], stack.order[unit[1]]].append(left.matches[unit])
    for (name, index), found in units.items():
        stack = spec.stack(name)
        assert stack is not None
        block = stack.blocks[index]
        for old, new in _edits(block, _sizes(found), given):
            yield _changed(spec, old, new)
            if len(stack.blocks) > 1:
                yield _in_block(spec, stack, index, old, new)
        for at in range(len(block.sublayers)):
            rest = replace(block, sublayers=(*block.sublayers[:at], *block.sublayers[at + 1 :]))
            yield _in_block(spec, stack, index, block, rest)
    around = left.matches.get(AROUND)
    if around is not None and not around.complete:
        sizes = _sizes([around])
        for at, part in enumerate(_ends(spec)):
            for old, new in _edits(part, sizes, given):
                yield _changed(spec, old, new)
                yield _at_end(spec, at, _changed(_alone(inputs=(part,)), old, new).inputs[0])
        yield from without_ends(spec)
        yield from _with_norms(spec, sizes)


def _changed(spec: ModelSpec, old: Any, new: Any) -> ModelSpec:
    return spec.transform(type(old), lambda node: new if node is old else node)


def _alone(**parts: Any) -> ModelSpec:
    return ModelSpec("", parts.pop("stacks", ()), **parts)


def _ends(spec: ModelSpec) -> tuple[Component, ...]:
    """Return what stands around the layers, in an order."""
    around = (part for stack in spec.stacks for part in (*stack.before, *stack.after))
    return (*spec.inputs, *around, *spec.outputs)


def _at_end(spec: ModelSpec, at: int, new: Component | None) -> ModelSpec:
    """Return a spec with another part, or none, at a place around the layers."""
    parts: list[Component | None] = list(_ends(spec))
    parts[at] = new
    rest = iter(parts)

    def of(held: tuple[Component, ...]) -> tuple[Component, ...]:
        return tuple([part for part in (next(rest) for _ in held) if part is not None])

    inputs = of(spec.inputs)
    stacks = []
    for stack in spec.stacks:
        before = of(stack.before)
        stacks.append(replace(stack, before=before, after=of(stack.after)))
    return replace(spec, inputs=inputs, stacks=tuple(stacks), outputs=of(spec.outputs))


def without_ends(spec: ModelSpec) -> Iterator[ModelSpec]:
    """Yield the specs without one of what stands around the layers."""
    return (_at_end(spec, at, None) for at in range(len(_ends(spec))))


def _with_norms(spec: ModelSpec, sizes: list[int]) -> Iterator[ModelSpec]:
    """Yield the specs with a norm before or after the layers, where there is none."""
    for number, stack in enumerate(spec.stacks):
        for name in ("before", "after"):
            parts = getattr(stack, name)
            if any(isinstance(part, Norm) for part in parts):
                continue
            for norm in [norm for size in sizes for norm in (Norm(size), Norm(size, "layer", True))]:
                more = replace(stack, **{name: (*parts, norm)})
                yield replace(spec, stacks=(*spec.stacks[:number], more, *spec.stacks[number + 1 :]))


def _in_block(spec: ModelSpec, stack: Stack, index: int, old: Any, new: Any) -> ModelSpec:
    """Return a spec with a node changed in one block alone."""
    alone = _alone(stacks=(Stack("x", (stack.blocks[index],), (0,)),))
    block = _changed(alone, old, new).stacks[0].blocks[0]
    blocks = tuple(block if at == index else each for at, each in enumerate(stack.blocks))
    stacks = tuple(replace(each, blocks=blocks) if each is stack else each for each in spec.stacks)
    return replace(spec, stacks=stacks)


def _sizes(matches: Sequence[Match]) -> list[int]:
    """Return the dimensions of what files have and the graph has not, the most frequent first."""
    counts: dict[int, int] = defaultdict(int)
    for found in matches:
        for side in found.stored:
            for size in side.dims:
                counts[size] += 1
    return sorted(counts, key=lambda size: -counts[size])[:_MOST_SIZES]


def _edits(node: Any, sizes: list[int], given: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield a node of the spec inside another, and the same with one field changed, nearest first."""
    for old in _nodes(node):
        if isinstance(old, Sublayer):
            yield from ((old, new) for new in _of_sublayer(old))
            continue
        if isinstance(old, Attention) and not old.options:
            for option in _options(old, sizes):
                yield old, replace(old, options=(option,))
        for field in fields(old):
            value = getattr(old, field.name)
            for other in _others(old, field.name, str(field.type), value, sizes, given):
                yield old, replace(old, **{field.name: other})


def _others(node: Any, name: str, kind: str, value: Any, sizes: list[int], given: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the other values that a field may have."""
    if value.__class__ is bool:
        yield not value
    elif name in _CHOICES:
        yield from (each for each in _CHOICES[name] if each != value and not (name == "weight_of" and value == "head"))
    elif kind == "Norm | None":
        if value is not None:
            yield None
        yield from (Norm(size) for size in sizes)
    elif (
        name in _SIZES
        and kind in ("int", "int | None")
        and (given.get(name) != value or isinstance(node, (Norm, Head)))
    ):
        yield from (size for size in sizes if size != value)


def _options(attention: Attention, sizes: list[int]) -> Iterator[AttentionPart]:
    """Yield what attention may have beside its projections: gates of its results, and sinks."""
    heads = attention.num_attention_heads
    width = heads * int(attention.value_head_dim or attention.head_dim)
    source = attention.input_size or attention.hidden_size
    for size in dict.fromkeys((width, heads, *sizes)):
        if width % size == 0:
            yield OutputGate(input_size=source, size=size)
    yield Sinks(num_attention_heads=heads)


def _of_sublayer(sublayer: Sublayer) -> Iterator[Sublayer]:
    """Yield a sublayer with its norms elsewhere: before, behind, both, none."""
    norm = next(iter((*sublayer.pre_norms, *sublayer.post_norms)), None)
    if norm is None:
        return
    for before in ((), (norm,)):
        for behind in ((), (norm,)):
            if (before, behind) != (sublayer.pre_norms, sublayer.post_norms):
                yield replace(sublayer, pre_norms=before, post_norms=behind)


def _nodes(node: Any) -> Iterator[Any]:
    """Yield the components and sublayers in a node, each once."""
    seen: set[int] = set()
    open_: list[Any] = [node]
    while open_:
        one = open_.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        open_ += one.parts()
        if not isinstance(one, Block):
            yield one
