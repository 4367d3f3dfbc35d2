"""Which modules a quantized checkpoint leaves as they are: the patterns of its config against the modules of a spec."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.quantization.globs import globs_of, matches
from llmsim_adapters.dialects.quantization.modules import KINDS, LAYER, beside, inside, kind_of, named, usual
from llmsim_adapters.spec.quantization import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.spec.model import Block, ModelSpec, Stack
    from llmsim_adapters.spec.quantization import Place

_FURTHER: Final = 64
"""How many layers a list may name beyond the model's own."""

_DIGITS: Final = 6

_ONE_LAYER: Final = re.compile(r"(?:^|(?<=[.*]))(?:layers|h|blocks)\.([0-9*]+)(?=\.|$)")

_GATES: Final = "mixture_of_experts.experts.gate_proj"
_UPS: Final = "mixture_of_experts.experts.up_proj"
_BOTH: Final = "mixture_of_experts.experts.gate_up_proj"


_NO_MIXER: Final = frozenset({"-", HEAD[2]})


class Excluded(NamedTuple):
    """A spec whose blocks are told apart by what is left as it is, where that is, and the patterns undecided."""

    spec: ModelSpec
    places: frozenset[Place]
    undecided: tuple[str, ...]


def exclude(spec: ModelSpec, patterns: Iterable[str], *, substrings: bool = False) -> Excluded:
    """Return what a list of patterns leaves as it is.

    A layer that differs from others of its block gets a block of its own. With `substrings`, the patterns match
    inside names; one that does so only there is undecided.
    """
    patterns = tuple(patterns)
    if not patterns:
        return Excluded(spec, frozenset(), ())
    text, mtp = spec.stack("text"), spec.stack("mtp")
    layers = len(text.order) if text is not None else 0
    further = len(mtp.order) if mtp is not None else 0
    everywhere: set[str] = set()
    some: list[set[str]] = [set() for _ in range(layers + further)]
    places: set[Place] = set()
    undecided: list[str] = []
    kinds = {component.kind for component in spec.components()}
    nameless = any(kind not in KINDS for kind in _mixers(spec))
    for (glob, numbers), pattern in _by_layer(patterns, layers, undecided).items():
        if beside(glob, further) or (numbers is not None and all(n >= len(some) for n in numbers)):
            continue
        modules = named(glob)
        if HEAD[2] in modules:
            places.add(HEAD)
        unsure = nameless and not modules <= _NO_MIXER and "" not in modules
        if (
            not modules
            or unsure
            or any(f"?{kind}" in modules for kind in kinds)
            or (substrings and inside(glob, modules, kinds))
        ):
            undecided.append(pattern)
        elif numbers is None:
            everywhere |= modules
        else:
            for number in numbers:
                if number < len(some):
                    some[number] |= modules
    stacks = []
    for stack in spec.stacks:
        if stack is text or stack is mtp:
            first = 0 if stack is text else layers
            at = [everywhere | some[first + position] for position in range(len(stack.order))]
            stacks.append(_split(stack, at, places, undecided))
        else:
            stacks.append(stack)
            if everywhere - {HEAD[2], "-"}:
                undecided.append(f"in_{stack.name}")
    return Excluded(replace(spec, stacks=tuple(stacks)), frozenset(places), tuple(dict.fromkeys(undecided)))


def names_towers(config: object) -> bool:
    """Whether some list in a quantization config names parts beside the language model as ones that are left out."""
    lists = [value for value in config.values() if isinstance(value, list)] if isinstance(config, dict) else []
    patterns = [pattern for patterns in lists for pattern in patterns if isinstance(pattern, str)]
    return any(beside(usual(glob), 0) for pattern in patterns for glob in globs_of(pattern) or ())


def _mixers(spec: ModelSpec) -> set[str]:
    """Return the kinds of the mixers of all layers: a pattern may name those whose checkpoint names nobody stated."""
    blocks = (block for stack in spec.stacks for block in stack.blocks)
    return {mixer.kind for block in blocks for sublayer in block.sublayers for mixer in sublayer.mixers}


def _by_layer(
    patterns: Iterable[str], layers: int, undecided: list[str]
) -> dict[tuple[str, frozenset[int] | None], str]:
    """Return the patterns as globs in which layers are `#`, with the layers that each is about; None: all."""
    numbers: dict[str, set[int] | None] = {}
    source: dict[str, str] = {}
    for pattern in patterns:
        globs = globs_of(pattern)
        if globs is None:
            undecided.append(pattern)
            continue
        for glob in globs:
            body, found = _layers_of(usual(glob), layers)
            known = numbers.setdefault(body, set())
            if found is None or known is None:
                numbers[body] = None
            else:
                known |= found
            source.setdefault(body, pattern)
    return {(body, None if at is None else frozenset(at)): source[body] for body, at in numbers.items()}


def _layers_of(glob: str, layers: int) -> tuple[str, set[int] | None]:
    """Return a glob with its layer's number replaced by `#`, and the layers that it is about; None: all.

    Layers for multi-token prediction are counted on from the model's own.
    """
    if glob.rstrip(".*") == "mtp":
        return LAYER, set(range(layers, layers + _FURTHER))
    found = _ONE_LAYER.search(glob)
    if found is None:
        return glob, None
    number, rest = found[1], glob[found.end() :]
    body = f"{glob[: found.start()]}layers.#{'*' if number[-1] == '*' and not rest else rest}"
    if not number.strip("*"):
        return body, None
    if "*" in number:
        numbers = {n for n in range(layers + _FURTHER) if matches(number, str(n))}
    else:
        numbers = {int(number)} if len(number) <= _DIGITS else set()
    if body.startswith("mtp."):
        return f"model{body[3:]}", {layers + n for n in numbers}
    return body, numbers


def _split(stack: Stack, at: list[set[str]], places: set[Place], undecided: list[str]) -> Stack:
    """Return the stack with a block for each different set of modules; note the places, and what can't be said."""
    blocks: list[Block] = []
    indices: dict[tuple[int, frozenset[str]], int] = {}
    order = []
    kinds = [{part.kind for sublayer in block.sublayers for part in sublayer.parts()} for block in stack.blocks]
    for index, modules in zip(stack.order, at, strict=True):
        block = stack.blocks[index]
        kept = frozenset(m for m in modules if not m or kind_of(m) in kinds[index])
        if (index, kept) not in indices:
            same = sum(1 for known, _ in indices if known == index)
            indices[index, kept] = len(blocks)
            blocks.append(replace(block, name=f"{block.name}_unlike_{same}") if same else block)
            if len({"mixture_of_experts.experts", _GATES, _UPS} & kept) == 1 and {_GATES, _UPS} & kept:
                undecided.append("half_of_the_experts_up")  # specs have both halves as one matrix
            places.update((stack.name, blocks[-1].name, _BOTH if m == _GATES else m) for m in kept)
        order.append(indices[index, kept])
    if len(blocks) > len(stack.blocks) and stack.weights_of:
        undecided.append("layers_that_share_weights")
        return stack
    return replace(stack, blocks=tuple(blocks), order=tuple(order)) if len(blocks) > len(stack.blocks) else stack
