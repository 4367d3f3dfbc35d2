"""What files hold and a spec does not explain, put where it stands, so that every figure of weights is the files'."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dataclass import replace
from llmsim_adapters.proof.refining import regrouped, split, without_ends
from llmsim_adapters.proof.units import AROUND
from llmsim_adapters.spec.components import StoredTensors
from llmsim_adapters.spec.model import Block, Sublayer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.proof.alike import Side
    from llmsim_adapters.proof.refining import Fitting
    from llmsim_adapters.spec.model import ModelSpec, Stack

_MOST_SUBLAYERS: Final = 8


class Unexplained(NamedTuple):
    """A spec with the tensors that it does not explain, and what these are called."""

    spec: ModelSpec
    names: tuple[str, ...]
    elements: int


def with_unexplained(spec: ModelSpec, fitting: Fitting) -> Unexplained:
    """Return the spec with all that files have besides.

    A part of a layer of which the graph has what the files have not is not what it was taken to be: the files' tensors
    stand for it.
    """
    spec = _with_ends_that_are(_trimmed(split(spec, fitting), fitting), fitting)
    matches = fitting.left(spec).matches
    names: list[str] = []
    elements = 0
    homeless: list[Side] = []

    def rest(sides: Iterable[Side]) -> Sublayer | None:
        nonlocal elements
        sides = list(sides)
        names.extend(key for side in sides for key in side.keys)
        elements += sum(side.elements for side in sides)
        shapes = tuple(side.shape for side in sides)
        return Sublayer((StoredTensors(shapes=shapes),), skip=False) if shapes else None

    def of(stack: Stack) -> Stack:
        layers = []
        for at, index in enumerate(stack.order):
            found = matches.get((stack.name, at))
            known = stack.blocks[index]
            lost = found is not None and bool(found.wanted)
            sides = () if found is None else fitting.stored.get((stack.name, at), ()) if lost else found.stored
            more = rest(sides)
            sublayers = (*(() if lost else known.sublayers), *(() if more is None else (more,)))
            layers.append((Block(known.name, sublayers), (tuple(side.shape for side in sides), lost)))
        return regrouped(stack, layers)

    stacks = tuple(of(stack) if stack.order else stack for stack in spec.stacks)
    for unit, found in matches.items():
        stack = spec.stack(unit[0])
        if unit == AROUND or stack is None or not 0 <= unit[1] < len(stack.order):
            homeless += found.stored
    last = rest(homeless)
    outputs = spec.outputs if last is None else (*last.mixers, *spec.outputs)
    return Unexplained(replace(spec, stacks=stacks, outputs=outputs), tuple(names), elements)


def _trimmed(spec: ModelSpec, fitting: Fitting) -> ModelSpec:
    """Return the spec without the sublayers that ask for what files have not, with as many others as can be."""
    for stack in spec.stacks:
        for index, block in enumerate(stack.blocks):
            at = next((at for at, each in enumerate(stack.order) if each == index), None)
            found = None if at is None else fitting.left(spec).matches.get((stack.name, at))
            if found is None or not found.wanted or len(block.sublayers) > _MOST_SUBLAYERS:
                continue
            for kept in _subsets(block):
                less = _with_block(spec, stack.name, index, replace(block, sublayers=kept))
                if not fitting.left(less).matches[stack.name, at or 0].wanted:
                    spec = less
                    break
    return spec


def _with_ends_that_are(spec: ModelSpec, fitting: Fitting) -> ModelSpec:
    """Return the spec without what stands around the layers and is not in the files."""
    left = fitting.left(spec)
    while left.matches[AROUND].wanted:
        found = [(fitting.left(less), less) for less in without_ends(spec)]
        fewer = [each for each in found if each[0].wanted < left.wanted]
        if not fewer:
            break
        left, spec = min(fewer, key=lambda each: each[0].cost)
    return spec


def _subsets(block: Block) -> list[tuple[Sublayer, ...]]:
    """Return the sublayers without some, the largest first, and of these the ones that attend."""
    every = [chosen for count in range(len(block.sublayers), 0, -1) for chosen in combinations(block.sublayers, count)]

    def rank(chosen: tuple[Sublayer, ...]) -> tuple[int, int]:
        return -len(chosen), -sum(mixer.attends for sublayer in chosen for mixer in sublayer.mixers)

    return sorted(every, key=rank)


def _with_block(spec: ModelSpec, name: str, index: int, block: Block) -> ModelSpec:
    def of(stack: Stack) -> Stack:
        if stack.name != name:
            return stack
        return replace(stack, blocks=tuple(block if at == index else each for at, each in enumerate(stack.blocks)))

    return replace(spec, stacks=tuple(map(of, spec.stacks)))
