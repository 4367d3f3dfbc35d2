"""What classes allocate beside a quantized matrix where it is not the rank's part of what the checkpoint has."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Held
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.engines.rules import Matrix
    from llmsim_adapters.spec.quantization import Side

_WORD: Final = 32
_MARLIN: Final = 64
_SMALLEST_GROUP: Final = 32
_NVFP4: Final = 16
_TILE: Final = (128, 4)


def _size(matrix: Matrix) -> int:
    """Return how many inputs share a scale; 0: all."""
    return next(side.columns for side in matrix.scheme.sides if side.name == "scale")


def _width(matrix: Matrix) -> int:
    """Return what a rank has of the width of each expert."""
    return matrix.shape[-1] if matrix.across else matrix.shape[-2] // matrix.parts


def _is_marlins(matrix: Matrix) -> bool:
    """Whether Marlin's kernel can have a rank's part of the width."""
    return _width(matrix) % max(_MARLIN, _size(matrix)) == 0


def _halved_groups(matrix: Matrix) -> int:
    """Return how many groups there are whose size is halved until a rank's part of the width is whole ones."""
    size, width = _size(matrix) or matrix.shape[-1], _width(matrix)
    while size > _SMALLEST_GROUP and width % size:
        size //= 2
    return matrix.shape[-1] // size


def _groups(matrix: Matrix, *, whole: bool = False) -> int:
    """Return how many whole groups of inputs a rank has, or the `whole` matrix."""
    columns = (matrix.whole if whole else matrix.shape)[-1]
    size = _size(matrix)
    return columns // size if size else 1


def _beside(matrix: Matrix, side: Side, parts: int) -> Held:
    """Return what the checkpoint has beside a matrix, for so many parts of it."""
    return Held(side.name, side.shape(matrix.shape, parts), side.dtype)


def _packed(matrix: Matrix) -> int:
    """Return how many elements are in one integer of 32 bits."""
    return _WORD // BITS[matrix.scheme.dtype]


def _by_group(matrix: Matrix, groups: int, *, zeros: bool) -> Iterator[Held]:
    """Scales of groups of inputs, and zero points in the format of the integers, as many of these as fill words."""
    *stacked, rows, _ = matrix.shape
    yield Held("scale", (*stacked, rows, groups))
    if zeros:
        yield Held("zero_point", (*stacked, _in_words(matrix, rows), groups), matrix.scheme.dtype)


def _in_words(matrix: Matrix, rows: int) -> int:
    """Return how many of its rows are in whole integers of 32 bits, of those of all matrices that are one with it."""
    packed, (place, count) = _packed(matrix), matrix.place
    if rows % packed == 0:
        return rows
    before = place * rows // packed * packed
    return (place + 1) * rows // packed * packed - before if count > 1 else rows // packed * packed


def _packed_groups(matrix: Matrix) -> Iterator[Held]:
    """What groups of compressed-tensors' packed integers have; ranks have all groups where inputs are reordered."""
    zeros = any(side.name == "zero_point" for side in matrix.scheme.sides)
    return _by_group(matrix, _groups(matrix, whole=matrix.scheme.reordered), zeros=zeros)


def packed_int(matrix: Matrix) -> Iterator[Held]:
    """Rows of compressed-tensors' packed integers."""
    yield from _packed_groups(matrix)
    yield Held("shape", (2,), "int64")
    if matrix.scheme.reordered:
        yield Held("group_index", matrix.shape[-1:], "int32")


def packed_int_experts(matrix: Matrix) -> Iterator[Held]:
    """The same of experts, with the orders of their inputs."""
    yield from _packed_groups(matrix)
    yield Held("shape", (matrix.shape[0], 2))
    yield from _orders(matrix)


def packed_int_fused(matrix: Matrix) -> Iterator[Held]:
    """The same of one more expert, whose gate and up are one matrix there."""
    yield from _packed_groups(matrix)
    yield Held("shape", (2,))
    yield Held("group_index", matrix.shape[-1:], "int32")
    yield Held("group_order", matrix.shape[-1:], "int32")


def gptq(matrix: Matrix) -> Iterator[Held]:
    """GPTQ's, each input's group too; ranks have all groups where inputs are reordered."""
    yield from _by_group(matrix, _groups(matrix, whole=matrix.scheme.reordered), zeros=True)
    yield Held("group_index", matrix.shape[-1:], "int32")


def gptq_experts(matrix: Matrix) -> Iterator[Held]:
    """Scales of all groups of inputs, but where those are reordered; zero points in the format of unquantized ones."""
    experts, rows, _ = matrix.shape
    groups = _groups(matrix, whole=not matrix.scheme.reordered)
    yield Held("scale", (experts, rows, groups), "float16")
    yield Held("zero_point", (experts, rows // _packed(matrix), groups))
    yield from _orders(matrix)


def auto_round_experts(matrix: Matrix) -> Iterator[Held]:
    """GPTQ's, or no zero points and no orders where Marlin's kernel can't have a rank's part of the width."""
    if _is_marlins(matrix):
        yield from gptq_experts(matrix)
    else:
        yield from _by_group(matrix, _halved_groups(matrix), zeros=False)


def _orders(matrix: Matrix) -> Iterator[Held]:
    """The group of each input of each expert, and the order of inputs."""
    experts, _, columns = matrix.shape
    yield Held("group_index", (experts, columns), "int32")
    yield Held("group_order", (experts, columns), "int32")


def awq_experts(matrix: Matrix) -> Iterator[Held]:
    """Groups that are halved until a rank's part of the width is whole ones, where Marlin's kernel can't have it."""
    return _awq_experts(matrix, zeros=True)


def auto_round_awq_experts(matrix: Matrix) -> Iterator[Held]:
    """The same, without zero points where they say nothing."""
    return _awq_experts(matrix, zeros=not matrix.scheme.symmetric)


def _awq_experts(matrix: Matrix, *, zeros: bool) -> Iterator[Held]:
    groups = _groups(matrix) if _is_marlins(matrix) else _halved_groups(matrix)
    return _by_group(matrix, groups, zeros=zeros)


def nvfp4(matrix: Matrix) -> Iterator[Held]:
    """A scale of the inputs, whether they are quantized or not; of fused matrices, for each part."""
    for side in matrix.scheme.sides:
        yield _beside(matrix, side, 1 if side.rows or side.columns else matrix.parts)
    names = [side.name for side in matrix.scheme.sides]
    if "global_scale" in names and "input_scale" not in names:
        yield Held("input_scale", (matrix.parts, 1), "float32")


def nvfp4_experts(matrix: Matrix) -> Iterator[Held]:
    """Scales of the inputs of all experts, and those of groups a second time, in whole tiles as kernels read them."""
    *stacked, rows, columns = matrix.shape
    for side in matrix.scheme.sides:
        if side.name == "scale":
            yield Held(side.name, (*stacked, rows, columns // side.columns), side.dtype)
        elif side.name != "input_scale":
            yield _beside(matrix, side, matrix.parts)
    yield Held("input_scale", (*matrix.whole[:-2], matrix.parts, 1), "float32")
    tall, wide = _TILE
    tiled = (*stacked, ceil_div(rows, tall) * tall, ceil_div(ceil_div(columns, _NVFP4), wide) * wide)
    yield Held("scale_tiled", tiled, "float8_e4m3fn")


def mxfp4_experts(matrix: Matrix) -> Iterator[Held]:
    """Biases, whether the model has any or not."""
    for side in matrix.scheme.sides:
        yield _beside(matrix, side, matrix.parts)
    yield Held("bias", matrix.shape[:-1])


def fp8_tensor_experts(matrix: Matrix) -> Iterator[Held]:
    """One scale of the inputs of gate and up together."""
    for side in matrix.scheme.sides:
        yield _beside(matrix, side, 1 if side.name == "input_scale" else matrix.parts)._replace(dtype="float32")


def fp8_tensor_layers(matrix: Matrix) -> Iterator[Held]:
    """Those of each matrix of the experts that a rank has whole, in place of a part of each."""
    experts = matrix.whole[0] * prod(matrix.shape) // prod(matrix.whole)
    for side in matrix.scheme.sides:
        yield Held(side.name, (experts, matrix.parts), "float32")


def none(matrix: Matrix) -> Iterator[Held]:
    """Nothing."""
    del matrix
    yield from ()
