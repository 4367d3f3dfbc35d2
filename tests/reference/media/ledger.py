"""Who runs what: each product that torch's counter counts, told by the weight that it reads or the module that asks.

A product with a weight costs 2 x the weight's elements x rows; rows are the tokens, patches or output positions of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry, shape_wrapper
from torch.utils.module_tracker import ModuleTracker

from ..measure import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Piece = tuple[int, int, int, int]
"""Of a product of two activations: its batch (heads included), its rows, what it sums over, its columns."""


SEEN: Final = {packet: shape_wrapper(formula) for packet, formula in UNSEEN.items()}


class Ledger(TorchDispatchMode):
    """Notes each counted product of a forward of `model`: with `weights` by name, without by the module."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.total = 0
        self.rows: dict[str, int] = {}
        self.pieces: dict[str, dict[Piece, int]] = {}
        self._names = {w.data_ptr(): (name, w.numel()) for name, w in model.named_parameters()}
        self._made: list[Any] = []  # weights that are made of others, which keep their places
        self.tracker = ModuleTracker()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        packet = func._overloadpacket
        formula = SEEN.get(packet) or flop_registry.get(packet)
        if formula is None and func is not torch.ops.prim.device.default:
            with self:
                decomposed = func.decompose(*args, **kwargs)
            if decomposed is not NotImplemented:
                return decomposed
        out = func(*args, **kwargs)
        if packet is torch.ops.aten._weight_norm_interface and args[0].data_ptr() in self._names:
            self._made.append(out[0])
            self._names[out[0].data_ptr()] = self._names[args[0].data_ptr()]
        if formula is not None:
            self._note(packet, formula(*args, **kwargs, out_val=out), args)
        return out

    def _note(self, packet: Any, flops: int, args: Any) -> None:
        self.total += flops
        tensors = [a for a in args if isinstance(a, torch.Tensor)]
        for name, elements in (self._names[t.data_ptr()] for t in tensors if t.data_ptr() in self._names):
            if flops % (2 * elements) == 0 and "bias" not in name.rpartition(".")[2]:
                self.rows[name] = self.rows.get(name, 0) + flops // (2 * elements)
                return
        module = max(self.tracker.parents, key=len).split(".", 1)[-1]
        found = self.pieces.setdefault(module, {})
        for piece in _pieces(packet, tensors):
            found[piece] = found.get(piece, 0) + 1


def _pieces(packet: Any, tensors: list[torch.Tensor]) -> Iterator[Piece]:
    """Yield the products of a call that reads no weight; the two of a fused attention."""
    aten = torch.ops.aten
    if packet in (aten.bmm, aten.baddbmm):
        left, right = tensors[-2:]
        yield left.shape[0], left.shape[1], left.shape[2], right.shape[2]
    elif packet in (aten.mm, aten.addmm):
        left, right = tensors[-2:]
        yield 1, left.shape[0], left.shape[1], right.shape[1]
    elif "attention" in str(packet):
        query, key, value = tensors[:3]
        heads = query.shape[0] * query.shape[1]
        yield heads, query.shape[2], query.shape[3], key.shape[2]
        yield heads, query.shape[2], key.shape[2], value.shape[3]
    else:
        inputs, kernel = tensors[:2]
        raise NotImplementedError(f"{packet} of {tuple(inputs.shape)} by {tuple(kernel.shape)}, which is no weight")


def starred(name: str) -> str:
    """A name with its layers' numbers as `*`."""
    return re.sub(r"\.\d+(?=\.|$)", ".*", name)


def run(model: torch.nn.Module, forward: Callable[[], Any]) -> tuple[Any, Ledger]:
    """Return what a forward gives, and its ledger; recurrences run step by step, which fused kernels hide."""
    with torch.no_grad(), torch.backends.mkldnn.flags(enabled=False), Ledger(model) as book, book.tracker:
        return forward(), book


def lines(model: torch.nn.Module, books: list[Ledger]) -> dict[str, Any]:
    """Return the lines of the ledgers of one model's runs, with one entry a run.

    `weights`: `[[rows of each run], [[name, shape, how many], …]]`, rows of all weights of a name together;
    `products`: `[module, how many, [pieces of each run]]`; `flops` of each run.
    """
    weights: dict[tuple[str, tuple[int, ...]], list[Any]] = {}
    for name, weight in model.named_parameters():
        if any(name in book.rows for book in books):
            line = weights.setdefault((starred(name), tuple(weight.shape)), [0, [0] * len(books)])
            line[0] += 1
            line[1] = [sum(pair) for pair in zip(line[1], (book.rows.get(name, 0) for book in books), strict=True)]
    grouped: dict[tuple[int, ...], list[Any]] = {}
    for (name, shape), (count, rows) in weights.items():
        grouped.setdefault(tuple(rows), []).append([name, list(shape), count])
    products: dict[str, list[Any]] = {}
    for number, book in enumerate(books):
        for module, found in book.pieces.items():
            line = products.setdefault(starred(module), [set(), [{} for _ in books]])
            line[0].add(module)
            for piece, times in found.items():
                line[1][number][piece] = line[1][number].get(piece, 0) + times
    return {
        "weights": [[list(rows), found] for rows, found in grouped.items()],
        "products": [
            [name, len(modules), [paired(found) for found in each]] for name, (modules, each) in products.items()
        ],
        "flops": [book.total for book in books],
    }


def paired(found: dict[Piece, int]) -> list[list[int]]:
    """Return pieces with how often they came: an attention as `[batch, queries, keys, width, width of values, times]`.

    Any other product is `[batch, rows, summed over, columns, times]`.
    """
    left = dict(found)
    rows: list[list[int]] = []
    for (batch, queries, width, keys), times in found.items():
        second = next((p for p in left if p[:3] == (batch, queries, keys) and left[p] == times), None)
        if (batch, queries, width, keys) in left and second and second != (batch, queries, width, keys):
            rows.append([batch, queries, keys, width, second[3], times])
            del left[batch, queries, width, keys], left[second]
    return rows + [[*piece, times] for piece, times in left.items()]
