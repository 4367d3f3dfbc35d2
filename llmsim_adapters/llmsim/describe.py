"""From an operator graph to what LLMSim is told.

The sums are kept: FLOPs, payloads and weight bytes of a description are those of the graph. What differs is how they
are cut into operators, and the formats in which LLMSim computes routers and absorbed projections.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from llmsim_adapters.graph.graph import MTP
from llmsim_adapters.graph.operator import FLOPS_PER_MULTIPLY_ADD
from llmsim_adapters.graph.schedule import layout_of
from llmsim_adapters.llmsim.described import Described, DescribedTransfer, Description, Shape
from llmsim_adapters.llmsim.naming import REST, name_of, own_name, plan
from llmsim_adapters.spec.components import LatentAttention
from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.operator import Operator, Weight
    from llmsim_adapters.llmsim.naming import Plan
    from llmsim_adapters.spec.model import ModelSpec

_FLOAT32: Final = ("float32", "float32", "float32")
_IN_FLOAT32: Final = frozenset({"moe_gate", "q_absorb", "o_absorb"})
"""What LLMSim computes in FP32 whatever the checkpoint says; their weights are kept as the checkpoint has them."""

_path: Final = attrgetter("stack", "block", "name")
_figures: Final = attrgetter(
    *("kind", "m", "n", "k", "batch", "operand_elements", "input_dtype", "operand_dtype", "output_dtype")
)
_input: Final = attrgetter("m", "k", "batch", "repeat", "input_dtype", "operand_dtype", "output_dtype")
"""What operators over the same input have in common."""
_MOST_SIZED: Final = 4096
_MOST_LAYOUTS: Final = 256

_Key = tuple[Any, ...]
"""What decides an operator's figures: its name, the rotary part of a key, and the figures of ours that it is."""
_Sized = tuple[str, tuple[Any, ...]]
"""A name, and the fields of a description from `input_shape` to `core`."""


class _Kept(NamedTuple):
    """What a rank keeps of so many weights: bytes by part, and of what no part uses, by name."""

    weights: tuple[Weight, ...]
    plan: Plan
    by_part: list[int]
    rest: dict[str, int]


class Describer:
    """Describes the graphs of one model; what they have in common is computed once.

    LLMSim has two operators for the scores of latent attention, so the rotary part of a key has to be known.
    """

    __slots__ = ("_kept", "_rotary", "_sized", "_towers")

    def __init__(self, spec: ModelSpec) -> None:
        self._rotary = {
            (stack.name, block.name): mixer.qk_rope_head_dim
            for stack in spec.stacks
            for block in stack.blocks
            for mixer in block.mixers()
            if isinstance(mixer, LatentAttention)
        }
        self._towers = frozenset(stack.name for stack in spec.towers)
        self._kept: dict[tuple[int | str, ...], _Kept] = {}
        self._sized: dict[_Key, tuple[_Sized, ...]] = {}

    def describe(self, graph: OperatorGraph) -> Description:
        """Return one rank's step in LLMSim's words; equal operators of different blocks are one, of more layers."""
        kept = self._keep(graph)
        operators, rotary = graph.operators, self._rotary
        merged: dict[_Key, _Merged] = {}
        for (name, indices), weight_bytes in zip(kept.plan.parts, kept.by_part, strict=True):
            first = operators[indices[0]]
            latent = name == "qk" and first.name.startswith("latent_attention")
            rope = rotary.get((first.stack, first.block), 0) if latent else 0
            if first.stack in self._towers:  # what runs once a picture is no operator of the language model
                name = f"{first.stack}_{name}"
            if len(indices) == 1:
                key: _Key = (name, rope, _figures(first))
            else:
                key = (name, rope, *[_figures(operators[i]) for i in indices])
            found = merged.get(key)
            if found is None:
                sized = self._sized.get(key) or self._size(key, [operators[i] for i in indices])
                merged[key] = _Merged(sized, first.block, first.repeat, weight_bytes)
            else:
                found.layers += first.repeat
                found.weight_bytes += weight_bytes
        return Description((*_described(merged.values()), *_rest(kept)), _transfers(graph))

    def _size(self, key: _Key, together: Sequence[Operator]) -> tuple[_Sized, ...]:
        """Return the figures of operators, and keep them: in a grid, most points share most of them."""
        if len(self._sized) >= _MOST_SIZED:
            self._sized.clear()
        name, rope, *_ = key
        self._sized[key] = sized = tuple(_sized(name, together, rope))
        return sized

    def _keep(self, graph: OperatorGraph) -> _Kept:
        """Return what is kept; the same as before where the weights are the same: in a grid, they mostly are."""
        weights = graph.weights
        if not graph.schedule.mtp:
            weights = tuple([weight for weight in weights if weight.stack != MTP])
        planned = plan(tuple(map(_path, graph.operators)), tuple(map(_path, weights)))
        layout = layout_of(graph.schedule)
        kept = self._kept.get(layout)
        if kept is None or kept.plan is not planned or kept.weights != weights:
            if len(self._kept) >= _MOST_LAYOUTS:
                self._kept.clear()
            self._kept[layout] = kept = _keep(graph.operators, weights, planned)
        return kept


def _keep(operators: Sequence[Operator], weights: tuple[Weight, ...], planned: Plan) -> _Kept:
    parts, keepers = planned
    by_part = [0] * len(parts)
    rest: dict[str, int] = {}
    run = {op.stack for op in operators}
    for weight, users in zip(weights, keepers, strict=True):
        if len(users) == 1:
            by_part[users[0]] += weight.rank_bytes
        elif users:
            elements = [operators[parts[user].operators[0]].operand_elements for user in users]
            for user, share in zip(users, _shares(weight.rank_bytes, elements), strict=True):
                by_part[user] += share
        else:
            name = REST if weight.stack in run else f"{weight.stack}_weights"
            rest[name] = rest.get(name, 0) + weight.rank_bytes
    return _Kept(weights, planned, by_part, rest)


def _shares(total: int, parts: Sequence[int]) -> list[int]:
    """Return the total in shares as large as the parts, the last one with what is left."""
    shares = [total * part // sum(parts) for part in parts]
    shares[-1] += total - sum(shares)
    return shares


class _Merged:
    """What becomes of operators with equal figures: blocks with them run it `layers` times in all."""

    __slots__ = ("block", "layers", "sized", "weight_bytes")

    def __init__(self, sized: tuple[_Sized, ...], block: str, layers: int, weight_bytes: int) -> None:
        self.sized = sized
        self.block = block
        self.layers = layers
        self.weight_bytes = weight_bytes


def _described(merged: Iterable[_Merged]) -> Iterator[Described]:
    entries = [(sized, found) for found in merged for sized in found.sized]
    names = _unique([(sized[0], found.block) for sized, found in entries])
    for name, (sized, found) in zip(names, entries, strict=True):
        weight_bytes = found.weight_bytes if sized is found.sized[0] else 0
        yield Described._make((name, *sized[1], found.layers, weight_bytes))


def _rest(kept: _Kept) -> Iterator[Described]:
    nothing = (0, 0)
    for name, weight_bytes in kept.rest.items():
        yield Described(name, nothing, nothing, nothing, ("bfloat16",) * 3, 1, 0, 0, 0, False, 1, weight_bytes)


def _unique(entries: Sequence[tuple[str, str]]) -> list[str]:
    """Return a name for each (name, block): with the block's behind it where several have the same."""
    once: dict[str, bool] = {}
    for name, _ in entries:
        once[name] = name not in once
    names: list[str] = []
    taken: set[str] = set()
    for name, block in entries:
        wanted = unique = name if once[name] else f"{name}_{block}"
        count = 1
        while unique in taken:
            count += 1
            unique = f"{wanted}_{count}"
        taken.add(unique)
        names.append(unique)
    return names


def _sized(name: str, together: Sequence[Operator], rope: int) -> Iterator[_Sized]:
    first = together[0]
    if first.kind == "attention":
        sizes = [("qk_nope", first.k - rope), ("qk_rope", rope)] if rope else [(name, first.k)]
        for each, k in sizes:
            yield each, _core(name, first, k)
    elif any(_input(op) != _input(first) for op in together):
        for op in together:
            yield own_name(_path(op)), _product(name, op, op.n, op.operand_elements)
    else:
        n, operand = sum(op.n for op in together), sum(op.operand_elements for op in together)
        yield name, _product(name, first, n, operand)


def _product(name: str, op: Operator, n: int, operand: int) -> tuple[Any, ...]:
    m, k, batch = op.m, op.k, op.batch
    dtypes = _FLOAT32 if name in _IN_FLOAT32 else op.dtypes
    result = m * n * batch
    left = result if op.kind in ("norm", "convolution") else m * k * batch
    flops = FLOPS_PER_MULTIPLY_ADD * result * k
    load, store = bytes_of(left, dtypes[0]) + bytes_of(operand, dtypes[1]), bytes_of(result, dtypes[2])
    if name in ("moe_up", "moe_down") and 0 < n * k <= operand:  # the rows of one expert, of as many as are read
        batch = operand // (n * k)
        m = ceil_div(m, batch)
    inputs, weights = ((m, n), (1, n)) if op.kind == "norm" else ((m, k), (k, n))
    return inputs, weights, (m, n), dtypes, batch, flops, load, store, False


def _core(name: str, op: Operator, k: int) -> tuple[Any, ...]:
    """Return scores, or sums of values, as LLMSim counts them: what is between the two stays on the chip."""
    m, n, batch = op.m, op.n, op.batch
    load = bytes_of(op.operand_elements * k // op.k, op.operand_dtype)
    if name != "qkv":
        load += bytes_of(m * k * batch, op.input_dtype)
    store = 0 if name == "qk" else bytes_of(m * n * batch, op.output_dtype)
    flops = FLOPS_PER_MULTIPLY_ADD * m * n * k * batch
    return (m, k), (k, n), (m, n), op.dtypes, batch, flops, load, store, True


def _transfers(graph: OperatorGraph) -> tuple[DescribedTransfer, ...]:
    found: dict[tuple[str, Shape, str, int], list[Any]] = {}
    for transfer in graph.transfers:
        shape = (transfer.rows, transfer.width)
        key = (name_of(_path(transfer)), shape, transfer.dtype, transfer.copies)
        entry = found.setdefault(key, [transfer.block, transfer.payload, transfer.kind, 0])
        entry[3] += transfer.repeat
    names = _unique([(key[0], entry[0]) for key, entry in found.items()])
    described = []
    for name, (key, (_, payload, kind, layers)) in zip(names, found.items(), strict=True):
        over: Literal["link", "dma"] = "dma" if kind in ("dispatch", "combine") else "link"
        described.append(DescribedTransfer(name, *key[1:], payload, over, layers))
    return tuple(described)
