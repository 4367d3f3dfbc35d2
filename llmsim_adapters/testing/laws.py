"""The laws themselves, each computed here a second time, from the entries of a graph and not by its own totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.graph.graph import MTP
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.working import Working

NAMESPACE: Final[dict[str, Any]] = {"__builtins__": {}, "min": min, "max": max, "ceil_div": ceil_div}
"""What formulas may use beside names of sizes."""
_SMALL: Final = 8


def totals_are_sums(graph: OperatorGraph) -> None:
    """Every total is the sum over operators and weights; the paths of operators are unique."""
    of = {"parameter": 0, "buffer": 0, "mtp": 0}
    stored = Fraction(0)
    for weight in graph.weights:
        elements = prod(weight.shape) * weight.count
        assert min(weight.shape, default=1) > 0, f"{weight.name} has an empty dimension: {weight.shape}"
        assert weight.count > 0, f"there is no set of {weight.name}"
        if weight.stack == MTP:
            of["mtp"] += elements if weight.role == "parameter" else 0
        elif weight.role in of:
            of[weight.role] += elements
        if weight.stack != MTP or graph.schedule.mtp:
            stored += Fraction(weight.rank_elements * BITS[weight.dtype], 8)
    assert graph.parameters == of["parameter"]
    assert graph.buffers == of["buffer"]
    assert graph.mtp_parameters == of["mtp"]
    assert 0 < graph.active_parameters <= graph.parameters
    assert stored <= graph.weight_bytes < stored + len(graph.weights)
    multiplied = 0
    for operator in graph.operators:
        flops = 2 * operator.m * operator.n * operator.k * operator.batch * operator.repeat
        assert operator.flops == flops, operator.path
        assert 0 <= operator.flops_executed <= flops, operator.path
        assert operator.bytes >= 0, operator.path
        multiplied += flops
    assert graph.flops == multiplied
    paths = [operator.path for operator in graph.operators]
    assert len(set(paths)) == len(paths), "two operators have one path"
    tensors = [(weight.stack, weight.block, weight.name) for weight in graph.weights]
    assert len(set(tensors)) == len(tensors), "two tensors have one name"


def caches_grow_as_they_say(graph: OperatorGraph) -> None:
    """A cache has an entry for each token, at most its window, or for each whole stride; a state has one."""
    edges = {edge for cache in graph.caches for edge in (cache.window or 1, cache.stride, 5 * cache.stride)}
    for tokens in sorted({edge + near for edge in edges for near in (-1, 0, 1)}):
        for reserve in (False, True):
            held = 0
            for cache in graph.caches:
                said, length = cache.elements(tokens, reserve), tokens + cache.prompt
                length = length * cache.per_token // cache.stride
                expected = 1 if cache.kind == "state" else 0 if cache.from_encoder else length
                if cache.window is not None and not reserve and cache.kind != "state":
                    expected = min(expected, cache.window)
                assert said == cache.layers * cache.elements_per_entry * expected, f"{cache} after {tokens} tokens"
                held += 0 if cache.kind == "state" else said
            assert graph.kv_cache_elements(tokens, reserve=reserve) == held


def formulas_give_the_figures(
    working: Working,
    graph: OperatorGraph,
    config: Mapping[str, Any],
    constants: frozenset[int],
    towers: Set[str],
    places: Mapping[str, str] | None = None,
) -> None:
    """Each printed formula evaluates to its figure, in names that say where they are from, and without bare sizes.

    A number above 8 that is none of the `constants`, nor of the config's quantization, has lost its origin. Encoders
    may have fixed sizes. `places` are the lines of a plugin's lowerings, by the end of what they emit.
    """
    names = {name.name: name.value for name in working.names}
    for name in working.names:
        assert name.origin, f"nothing says where {name.name} is from"
        key = re.fullmatch(r"key `(.*)`", name.origin)
        found = None if key is None else value_of(config, key[1])
        assert found is None or name.value in found, f"{name.name} is {name.value}; {name.origin} is {found}"
    known = constants.union(*map(integers, _quantizations(config)))
    figures = {figure.name for figure in working.figures}
    assert figures >= {"parameters", "flops", "weight_bytes"}
    for figure in working.figures:
        assert figure.value == sum(line.value for line in figure.lines), figure.name
        total = getattr(graph, figure.name)
        if not callable(total):  # else it is of one length of many
            assert figure.value == total, figure.name
        for line in figure.lines:
            value = eval(line.formula, NAMESPACE, names)  # our own text: names, integers and + - * //
            assert value == line.value, f"{figure.name} of {line.of}: {line.formula} is {value}, not {line.value}"
            if line.of.partition(".")[0] in towers:
                continue
            sizes = {int(text) for text in re.findall(r"(?<![\w.])\d+", line.formula)} - known
            bare = ", ".join(str(size) for size in sorted(sizes) if size > _SMALL)
            place = next((f" ({place})" for end, place in (places or {}).items() if line.of.endswith(end)), "")
            assert not bare, (
                f"{figure.name} of {line.of}{place}: nothing says where the size {bare} in `{line.formula}` is from; "
                f"read it from the config, or, where no config states it, list it: `constants = frozenset({{{bare}}})`"
            )


def _quantizations(config: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what a config, or that of a part of it, says of its quantization."""
    for key, value in config.items():
        if key in ("quantization_config", "compression_config"):
            yield value
        elif isinstance(value, Mapping):
            yield from _quantizations(value)


def value_of(config: Mapping[str, Any], path: str) -> tuple[int, ...]:
    """Return the integers under a dotted path of a config."""
    value: Any = config
    for key in path.split("."):
        value = value[key]
    return integers(value)


def integers(value: Any) -> tuple[int, ...]:
    """Return the integers in a value, and in what it holds."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)):
        return tuple(number for inner in value for number in integers(inner))
    return (value,) if isinstance(value, int) else ()


def ranks_share_the_model(whole: OperatorGraph, rank: OperatorGraph) -> None:
    """What ranks have, copies taken out, is the model; together they compute no less than one rank would."""
    schedule = rank.schedule
    assert [(w.name, w.shape, w.count) for w in rank.weights] == [(w.name, w.shape, w.count) for w in whole.weights]
    for weight in rank.weights:
        assert 1 <= weight.ways <= schedule.world_size, f"{weight.name} is in {weight.ways} parts"
        copied = weight.copied * weight.count  # on every rank, in no part
        spare = (weight.rank_elements - copied) * weight.ways + copied - weight.elements
        rows = prod(weight.shape[1:]) * weight.count * weight.ways
        assert 0 <= spare < rows, f"{weight.name}: the ranks' parts are not the tensor"
    assert rank.parameters == whole.parameters
    assert rank.flops * schedule.world_size >= whole.flops * schedule.dp_size
    assert rank.weight_bytes <= whole.weight_bytes


def what_attends_caches(step: OperatorGraph, spec: ModelSpec) -> None:
    """What a decode step attends to is kept by the block itself, unless its components say that it is not."""
    kept = {(cache.stack, cache.block) for cache in step.caches if cache.kind != "state"}
    attending = {(operator.stack, operator.block) for operator in step.operators if operator.kind == "attention"}
    for stack in spec.stacks:
        for block in stack.blocks:
            own = [c for sublayer in block.sublayers for mixer in sublayer.mixers for c in (mixer, *mixer.parts())]
            elsewhere = any(getattr(c, "borrows_cache", False) or not getattr(c, "cached", True) for c in own)
            at = (stack.name, block.name)
            assert at not in attending or at in kept or elsewhere, (
                f"{stack.name}.{block.name} attends to earlier tokens in a decode step and keeps nothing of them; "
                "its lowering lacks a `site.cache(...)`"
            )


def splits_are_consistent(rank: OperatorGraph) -> None:
    """Results that ranks have in parts are put together again, and caches are split as what fills them."""
    split: dict[tuple[str, str, str], set[str]] = {}
    for weight in rank.weights:
        if weight.ways > 1:
            split.setdefault((weight.stack, weight.block, weight.name.partition(".")[0]), set()).add(weight.sharding)
    sent = {(transfer.stack, transfer.block, transfer.name.partition(".")[0]) for transfer in rank.transfers}
    mixing = {
        (operator.stack, operator.block, operator.name.partition(".")[0])
        for operator in rank.operators
        if operator.kind in ("attention", "recurrence")
    }
    for at, shardings in split.items():
        parts = shardings & {"column", "heads", "kv_heads"}
        assert at not in mixing or not parts or shardings & {"row", "experts"} or at in sent, (
            f"{'.'.join(at)} is split by {', '.join(sorted(parts))}, and nothing puts its parts together: "
            "its last matrix is split by `row`, or its result sent"
        )
    own, running = {(weight.stack, weight.block) for weight in rank.weights}, {op.stack for op in rank.operators}
    for cache in rank.caches:
        here = (cache.stack, cache.block)
        if here not in own or cache.stack not in running:  # another block's weights fill it, or steps of another mode
            continue
        whole = any("kv_heads" in found for at, found in split.items() if at in mixing and at[:2] == here)
        around = {s for at, found in split.items() if at in mixing and at[:2] == here for s in found}
        where = f"the cache `{cache.kind}` of {cache.stack}.{cache.block}"
        apart = cache.kind == "state" or cache.from_encoder  # is filled by what need not mix, or not run
        if "heads" in around:  # which are as many of keys and values, in some models
            around.add("kv_heads")
        assert apart or cache.ways == 1 or cache.sharding in around, (
            f"{where} is split by {cache.sharding}, and no weight is"
        )
        assert cache.kind != "key_value" or cache.sharding != "replicated" or not whole, (
            f"{where} is whole on every rank, and what fills it is split by kv_heads"
        )


def linear_flops(graph: OperatorGraph) -> int:
    """Return the FLOPs of linear layers outside latent attention, whose decode step is another computation."""
    return sum(o.flops for o in graph.operators if o.kind == "linear" and "latent_attention" not in o.name)


def frozen(value: Any) -> Any:
    """Return a value that two equal configs have alike, and that changes where the config is changed."""
    if isinstance(value, Mapping):
        return tuple((key, frozen(inner)) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(frozen(inner) for inner in value)
    return value
