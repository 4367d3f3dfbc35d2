"""Operators and weights: the entries of an operator graph."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from llmsim_adapters.spec.dtypes import bytes_of
from llmsim_adapters.traced import ceil_div, formula

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Sharding = Literal["replicated", "column", "row", "heads", "kv_heads", "experts", "vocabulary"]
"""How a tensor is split over ranks: a property of the tensor, declared by its lowering.

`column` and `row` split a matrix by outputs and by inputs, `heads` and `kv_heads` by whole heads.
"""

FLOPS_PER_MULTIPLY_ADD: Final = 2

OperatorKind = Literal["linear", "attention", "convolution", "recurrence", "lookup", "norm"]
Role = Literal["parameter", "buffer", "scale", "stored"]
"""What a tensor is: trained, stored with the model untrained, of a quantized tensor, or the engine's alone."""


class Operator(NamedTuple):
    """One operator of a block: `batch` products of (m, k) with (k, n), run `repeat` times.

    `operand_elements` are those of all right-hand sides together, each counted once: a weight, or cached keys or
    values that several query heads share. A `lookup` or `norm` has k = 0: it moves bytes and counts no FLOPs.
    A `convolution` multiplies, channel by channel (`batch`), every position with its k latest ones, each read once.
    `pairs` says, for the core of attention, how many of the `full_pairs` (query, key) pairs causality and windows
    leave.
    """

    name: str
    kind: OperatorKind
    stack: str
    block: str
    m: int
    n: int
    k: int
    batch: int
    repeat: int
    operand_elements: int
    input_dtype: str
    operand_dtype: str
    output_dtype: str
    pairs: int | None = None
    full_pairs: int = 1
    tracer: Callable[[], Mapping[str, Operator]] | None = None

    @property
    def flops(self) -> int:
        """FLOPs of all executions: 2 · m · n · k · batch · repeat."""
        return FLOPS_PER_MULTIPLY_ADD * self.m * self.n * self.k * self.batch * self.repeat

    @property
    def flops_executed(self) -> int:
        """FLOPs of all executions for the (query, key) pairs that causality and windows leave."""
        return self.executed(self.flops)

    def executed(self, flops: int) -> int:
        """Return the same, of FLOPs that are known already."""
        if self.pairs is None or not self.full_pairs:
            return flops
        return flops // self.full_pairs * self.pairs

    @property
    def bytes(self) -> int:
        """Bytes read and written by all executions: both operands and the result, each once."""
        result = self.m * self.n * self.batch
        left = result if self.kind in ("norm", "convolution") else self.m * self.k * self.batch
        once = bytes_of(left, self.input_dtype) + bytes_of(self.operand_elements, self.operand_dtype)
        return (once + bytes_of(result, self.output_dtype)) * self.repeat

    @property
    def dtypes(self) -> tuple[str, str, str]:
        """The formats of the input, the right-hand side and the output."""
        return self.input_dtype, self.operand_dtype, self.output_dtype

    @property
    def path(self) -> str:
        """The operator's name, unique in its graph: stack, block and name."""
        return f"{self.stack}.{self.block}.{self.name}"

    def to_dict(self) -> dict[str, Any]:
        """Return the sizes and figures, ready for JSON."""
        return {name: getattr(self, name) for name in _OPERATOR_FIELDS}

    @property
    def trace(self) -> dict[str, str]:
        """The formulas of its sizes and FLOPs in the names of config keys and schedule fields."""
        traced = self if self.tracer is None else self.tracer()[self.path]
        sizes = ("m", "n", "k", "batch", "repeat", "flops", "flops_executed")
        return {size: formula(getattr(traced, size)) for size in sizes}


_OPERATOR_FIELDS: Final = (
    *("name", "kind", "stack", "block", "m", "n", "k", "batch", "repeat"),
    *("input_dtype", "operand_dtype", "output_dtype"),
    *("operand_elements", "flops", "flops_executed", "bytes"),
)


class Weight(NamedTuple):
    """One tensor of a block, `count` sets of it in the model, each in `ways` parts on as many ranks.

    `copied` elements of each set are in no part, and on every rank.
    `role` tells a trainable `parameter` from a persistent `buffer`, from the `scale` of a quantized tensor, and from
    what only the engine has, `stored` beside the model's own tensors.
    `shape` and `dtype` are the checkpoint's. Where a rank's engine stores something else than an even part of that,
    `rank_shape` is the shape of one set on a rank, and `rank_dtype` its format.
    """

    name: str
    shape: tuple[int, ...]
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs of a weight
    dtype: str
    role: Role
    sharding: Sharding
    stack: str
    block: str
    ways: int = 1
    copied: int = 0
    rank_shape: tuple[int, ...] | None = None
    rank_dtype: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the tensor, ready for JSON."""
        return {
            **self._asdict(),
            "shape": list(self.shape),
            "rank_shape": None if self.rank_shape is None else list(self.rank_shape),
            "elements": self.elements,
            "bytes": self.bytes,
            "rank_bytes": self.rank_bytes,
        }

    @property
    def trainable(self) -> bool:
        """Whether this is a parameter."""
        return self.role == "parameter"

    @property
    def elements(self) -> int:
        """Elements of all sets together."""
        return prod(self.shape, start=self.count)

    @property
    def bytes(self) -> int:
        """Bytes of all sets together, as stored."""
        return bytes_of(self.elements, self.dtype)

    @property
    def rank_elements(self) -> int:
        """Elements of all sets that one rank has: its part, rounded up to whole rows of a vocabulary."""
        if self.rank_shape is not None:
            return prod(self.rank_shape, start=self.count)
        if self.ways.__class__ is int and self.ways == 1:
            return self.elements
        if self.copied:
            copied = self.count * self.copied
            return ceil_div(self.elements - copied, self.ways) + copied
        if self.sharding != "vocabulary":
            return ceil_div(self.elements, self.ways)
        return prod(self.shape[1:], start=self.count * ceil_div(self.shape[0], self.ways))

    @property
    def rank_bytes(self) -> int:
        """Bytes of all sets that one rank has."""
        return bytes_of(self.rank_elements, self.rank_dtype or self.dtype)
