"""Which modules the patterns of a quantized checkpoint's config name: those that it leaves as they are, and groups."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.quantization.globs import globs_of, is_name, matches
from llmsim_adapters.dialects.quantization.modules import (
    KINDS,
    LAYER,
    beside,
    inside,
    is_no_matrix,
    kind_of,
    named,
    names_encoder,
    parts_beside,
    usual,
)
from llmsim_adapters.spec.components import MixtureOfExperts
from llmsim_adapters.spec.quantization import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llmsim_adapters.spec.model import Block, ModelSpec, Stack
    from llmsim_adapters.spec.quantization import Place

_FURTHER: Final = 64
"""How many layers a list may name beyond the model's own."""

_MOST_NAMES: Final = 128
"""How many names, apart from layers' and experts' numbers, are looked for: no published list has a third of that."""

_DIGITS: Final = 6

_ONE_LAYER: Final = re.compile(r"(?:^|(?<=[.*]))(?:layers|h|blocks)\.([0-9*]+)(?=\.|$)")

_ONE_EXPERT: Final = re.compile(r"\.experts\.([0-9]{1,5})(?=\.|$)")

_EXPERTS: Final = "mixture_of_experts.experts"
_GATES: Final = "mixture_of_experts.experts.gate_proj"
_UPS: Final = "mixture_of_experts.experts.up_proj"
_BOTH: Final = "mixture_of_experts.experts.gate_up_proj"


_WITHOUT_NAMES: Final = frozenset({"attention_residual", "head", "hyper_head", "next_token_input", "scale"})
"""Kinds of what stands in layers and has no linear layer, or none that a list of a layer's modules could mean."""

_GATED_QUERIES: Final = ("qwen3_next", "qwen3_5", "qwen4_exp")
"""The model types whose checkpoints have queries and their gate in one matrix."""

_IN_PROJ: Final = {"qwen3_next": "kvga", "qwen3_5": "kv", "qwen4_exp": "kv"}
"""By type: the parts of what linear attention projects its inputs to that are in the matrix of another part:
`in_proj_qkvz` and `in_proj_ba`, or `in_proj_qkv`."""

_LATENTS: Final = {
    "kimi_linear": ("mixture_of_experts.latent_in_proj", "mixture_of_experts.latent_out_proj"),
}
"""The modules that checkpoints of a type leave as they are, though no list says so (moonshotai/Kimi-K3: its files)."""

_OF_ANY: Final = frozenset({"", "-", HEAD[2]})
"""What stands in every model: whole layers, modules that are never quantized, the head."""

_NO_MIXER: Final = frozenset({"-", HEAD[2]})


class Assignment(NamedTuple):
    """A spec whose blocks are told apart by what lists of patterns name, and the places of each.

    Of some patterns it is undecided what they name; others name nothing of the model.
    """

    spec: ModelSpec
    places: tuple[frozenset[Place], ...]
    undecided: tuple[str, ...]
    without_use: tuple[str, ...] = ()


class _Named(NamedTuple):
    """The modules that a list of patterns names in every layer, and in some: by layer, prediction modules last."""

    everywhere: set[str]
    some: list[set[str]]
    without_use: list[str]


def assign(spec: ModelSpec, lists: Sequence[Iterable[str]], *, substrings: bool = False) -> Assignment:
    """Return what each of some lists of patterns names.

    A layer that differs from others of its block gets a block of its own. With `substrings`, the patterns match
    inside names; one that does so only there is undecided.
    """
    undecided: list[str] = []
    text, mtp = spec.stack("text"), spec.stack("mtp")
    layers = len(text.order) if text is not None else 0
    further = len(mtp.order) if mtp is not None else 0
    names = [_all_experts(spec, patterns, undecided) for patterns in lists]
    if not any(names):
        return Assignment(spec, tuple(frozenset() for _ in lists), tuple(undecided))
    found = [_find(spec, patterns, layers, further, substrings, undecided) for patterns in names]
    places: list[set[Place]] = [{HEAD} if HEAD[2] in each.everywhere else set() for each in found]
    stacks = []
    for stack in spec.stacks:
        if stack is text or stack is mtp:
            first = 0 if stack is text else layers
            at = [
                [each.everywhere | each.some[first + position] for each in found]
                for position in range(len(stack.order))
            ]
            stacks.append(_split(stack, at, places, undecided))
        else:
            stacks.append(stack)
            if any(each.everywhere - {HEAD[2], "-"} for each in found):
                undecided.append(f"in_{stack.name}")
    said = tuple(map(frozenset, places))
    without_use = dict.fromkeys(pattern for each in found for pattern in each.without_use)
    return Assignment(replace(spec, stacks=tuple(stacks)), said, tuple(dict.fromkeys(undecided)), tuple(without_use))


def _find(
    spec: ModelSpec,
    patterns: Iterable[str],
    layers: int,
    further: int,
    substrings: bool,
    undecided: list[str],
) -> _Named:
    """Return the modules that patterns name in a model of so many layers, and further ones of prediction modules."""
    found = _Named(set(), [set() for _ in range(layers + further)], [])
    kinds = {component.kind for component in spec.components()}
    apart = any({"mlp", "mixture_of_experts"} <= kinds for kinds in map(_kinds, _blocks(spec)))
    gated = gates_in_queries(spec)
    nameless = not _mixers(spec) <= KINDS | _WITHOUT_NAMES
    named_so = _by_layer(patterns, layers, undecided)
    undecided += [*named_so.values()][_MOST_NAMES:]
    for (glob, numbers), pattern in [*named_so.items()][:_MOST_NAMES]:
        if beside(glob, further) or is_no_matrix(glob):
            continue
        modules = named(glob, apart, gated)
        beyond = numbers is not None and all(n >= len(found.some) for n in numbers)
        if beyond or (modules and not modules & _OF_ANY and kinds.isdisjoint(map(kind_of, modules))):
            found.without_use.append(pattern)
            continue
        unsure = nameless and not modules <= _NO_MIXER and "" not in modules
        if (
            not modules
            or unsure
            or any(f"?{kind}" in modules for kind in kinds)
            or (substrings and inside(glob, modules, kinds))
        ):
            undecided.append(pattern)
        elif numbers is None:
            found.everywhere.update(modules)
            continue
        else:
            for number in numbers:
                if number < len(found.some):
                    found.some[number].update(modules)
        if HEAD[2] in modules:
            found.everywhere.add(HEAD[2])
    return found


def _all_experts(spec: ModelSpec, patterns: Iterable[str], undecided: list[str]) -> tuple[str, ...]:
    """Return patterns in which a list of all experts' modules, one by one, is one pattern."""
    named: dict[str, set[int]] = {}
    kept: dict[str, None] = {}
    for pattern in patterns:
        found = _ONE_EXPERT.search(pattern)
        if found is None:
            kept[pattern] = None
        else:
            body = f"{pattern[: found.start()]}.experts.*{pattern[found.end() :]}"
            named.setdefault(body, set()).add(int(found[1]))
            kept[body] = None
    if named:
        most = max((each.num_experts for each in spec.components() if isinstance(each, MixtureOfExperts)), default=0)
        for body, numbers in named.items():
            if len(numbers) < most:
                undecided.append(body)
                del kept[body]
    return tuple(kept)


def gates_in_queries(spec: ModelSpec) -> bool:
    """Whether checkpoints of a model's type have attention's queries and their gate in one matrix."""
    return spec.model_type.startswith(_GATED_QUERIES)


def parts_of_inputs(spec: ModelSpec) -> tuple[str, ...]:
    """Return the modules that checkpoints of a model's type have in one matrix with another, that one left out."""
    found = next((parts for prefix, parts in _IN_PROJ.items() if spec.model_type.startswith(prefix)), ())
    return tuple(f"gated_delta_net.{name}_proj" for name in found)


def left_unsaid(spec: ModelSpec) -> frozenset[Place]:
    """Return the places that checkpoints of a model's type leave as they are without saying so."""
    modules = _LATENTS.get(spec.model_type, ())
    return frozenset(
        [
            (stack.name, block.name, module)
            for stack in spec.stacks
            for block in stack.blocks
            for module in modules
            if kind_of(module) in _kinds(block)
        ]
    )


def towers_named(patterns: Iterable[str], *, exact: bool = False) -> tuple[bool, bool]:
    """Whether some pattern names an encoder of pictures or sound, and whether some names what projects from one.

    Where names are `exact`, that of a whole part is the name of no layer.
    """
    if exact:
        patterns = [each for each in patterns if not (is_name(each) and parts_beside(each.rpartition(".")[2]))]
    globs = [usual(glob) for pattern in patterns for glob in globs_of(pattern) or ()]
    beside_it = [glob for glob in globs if parts_beside(glob)]
    encoders = any(names_encoder(glob) for glob in beside_it)
    return encoders, any(not names_encoder(glob) for glob in beside_it)


def _mixers(spec: ModelSpec) -> set[str]:
    """Return the kinds of the mixers of all layers: a pattern may name those whose checkpoint names nobody stated."""
    return {mixer.kind for block in _blocks(spec) for mixer in block.mixers()}


def _gated(block: Block) -> bool:
    """Whether a block's routed experts have a gate, whose matrix specs have together with the other one."""
    return any(isinstance(mixer, MixtureOfExperts) and mixer.gated for mixer in block.mixers())


def _blocks(spec: ModelSpec) -> Iterator[Block]:
    return (block for stack in spec.stacks for block in stack.blocks)


def _kinds(block: Block) -> set[str]:
    """Return the kinds of the parts of a block."""
    return {part.kind for sublayer in block.sublayers for part in sublayer.parts()}


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
    if glob.strip(".*") == "mtp":
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


def _of_kinds(modules: frozenset[str], kinds: frozenset[str]) -> frozenset[str]:
    """Return those modules that are in some kinds of component, or in none."""
    return frozenset([module for module in modules if not module or kind_of(module) in kinds])


def _split(stack: Stack, at: list[list[set[str]]], places: list[set[Place]], undecided: list[str]) -> Stack:
    """Return the stack with a block for each different set of modules; note the places, and what can't be said."""
    blocks: list[Block] = []
    indices: dict[tuple[int, tuple[frozenset[str], ...]], int] = {}
    order = []
    kinds = [_kinds(block) for block in stack.blocks]
    own = lru_cache(_of_kinds)  # most layers have the same modules
    for index, lists in zip(stack.order, at, strict=True):
        block = stack.blocks[index]
        kept = tuple([own(frozenset(modules), frozenset(kinds[index])) for modules in lists])
        if (index, kept) not in indices:
            same = sum(1 for known, _ in indices if known == index)
            indices[index, kept] = len(blocks)
            blocks.append(replace(block, name=f"{block.name}_unlike_{same}") if same else block)
            for modules, noted in zip(kept, places, strict=True):
                if len({_EXPERTS, _GATES, _UPS} & modules) == 1 and _EXPERTS not in modules and _gated(block):
                    undecided.append("half_of_the_experts_up")  # specs have both halves as one matrix
                noted.update((stack.name, blocks[-1].name, _BOTH if m == _GATES else m) for m in modules)
        order.append(indices[index, kept])
    if len(blocks) > len(stack.blocks) and stack.weights_of:
        undecided.append("layers_that_share_weights")
        return stack
    return replace(stack, blocks=tuple(blocks), order=tuple(order)) if len(blocks) > len(stack.blocks) else stack
