"""How matrices are stored: the schemes that several methods share, and the sizes that say which one it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.spec.quantization import Scheme, Side

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

FP8: Final = "float8_e4m3fn"
FP4: Final = "float4_e2m1fn"

ONLINE: Final = "activations are quantized as they are computed"
MADE: Final = "how the checkpoint was made; what it stores is the same"
NAMES: Final = "names the software or a step of it"
RUNTIME: Final = "how kernels run; the weights are stored the same"

BITS: Final = (2, 3, 4, 5, 6, 8)
"""The widths of packed integers that some method has."""
_WIDTHS: Final = ("bits", "num_bits", "w_bit", "weight_bits", "nbits", "nbits_per_codebook")
"""What methods that are not modelled call the bits of a weight."""
_WORDS: Final = ("quant_type", "weights", "weight_dtype", "dtype", "quant_algo", "data_type", "_type", "_data")
_IN_WORDS: Final = re.compile(r"(?:int|uint|float|fp|nf|w)([0-9]{1,2})")
"""What they call its format."""
_OF_INPUTS: Final = ("input", "output", "activation", "act_", "kv_cache", "bias")
_DEEPEST: Final = 6
_LARGEST_GROUP: Final = 2**20
_PACKED: Final = 8
"""Numbers of 4 bits in a word of 32: no format has words of two groups."""
_INPUT_SCALE: Final = Side("input_scale", "float32")


Groups = tuple[tuple[Scheme, tuple[str, ...]], ...]
"""How modules are stored that patterns name, one scheme for each group of them."""


class Stored(NamedTuple):
    """How a checkpoint stores its matrices: by default, in `groups` of modules by their patterns, and what is `kept`.

    `scheme` None: what is in no group is not quantized. `only` are the modules that `scheme` is for, if not all.
    `towers`: whether encoders of pictures and sound are quantized too, but for those that a list names; None: nobody
    says. `mtp`: whether layers of multi-token prediction are.
    """

    scheme: Scheme | None
    groups: Groups = ()
    kept: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    towers: bool | None = None
    mtp: bool = True


def fp8_block(rows: int, columns: int, *, dtype: str = FP8, scale: str = "float32") -> Scheme:
    """8-bit floats, a scale for each block of rows and columns; inputs are quantized as they are computed."""
    return Scheme("fp8_block", dtype, (Side("scale", scale, rows, columns),), inputs=dtype)


def fp8_tensor(*, static: bool, dtype: str = FP8, scale: str = "float32") -> Scheme:
    """8-bit floats, a scale for each matrix, and one for its inputs where they are `static`."""
    sides = (Side("scale", scale), *((Side("input_scale", scale),) if static else ()))
    return Scheme("fp8_tensor", dtype, sides, inputs=dtype)


def fp8_channel(*, scale: str = "float32") -> Scheme:
    """8-bit floats, a scale for each row; inputs are quantized as they are computed."""
    return Scheme("fp8_channel", FP8, (Side("scale", scale, rows=1),), inputs=FP8)


def nvfp4(*, inputs: bool) -> Scheme:
    """4-bit floats, an 8-bit scale for each 16 inputs, one for the matrix, and one for its inputs if they are too."""
    sides = (Side("scale", FP8, 1, 16), Side("global_scale", "float32"), *((_INPUT_SCALE,) if inputs else ()))
    return Scheme("nvfp4", FP4, sides, inputs=FP4 if inputs else "")


def mxfp4(block: int = 32, *, fused: bool = False, inputs: bool = False) -> Scheme:
    """4-bit floats, an exponent of 8 bits for each 32 inputs (OCP MX, 2023)."""
    return Scheme("mxfp4", FP4, (Side("scale", "uint8", 1, block),), fused=fused, inputs=FP4 if inputs else "")


def mxfp8() -> Scheme:
    """8-bit floats, an exponent of 8 bits for each 32 inputs (OCP MX, 2023)."""
    return Scheme("mxfp8", FP8, (Side("scale", "uint8", 1, 32),), inputs=FP8)


def whole(q: Reader, name: str) -> int | None:
    """Read an integer, or None where it is absent or null."""
    number = q.number(name)
    if number is not None and number != int(number):
        q.refuse(name, number, "an integer")
        return None
    return None if number is None else int(number)


def group_size(q: Reader, name: str = "group_size", *, default: int = 0) -> int | None:
    """Read how many inputs share a scale; 0: all of them. None: what is there is no size, which is noted."""
    size = whole(q, name)
    if size is None:
        return default
    if size == -1:
        return 0
    if not 0 < size <= _LARGEST_GROUP or size % _PACKED:
        q.refuse(name, size, f"a multiple of {_PACKED}, or -1 for all inputs")
        return None
    return size


def pair(q: Reader, name: str) -> tuple[int, int] | None:
    """Read the rows and columns of a block, or None where they are absent, null or none, which is noted."""
    block = q.sequence(name, 2)
    if block is None:
        return None
    if not all(size.__class__ is int and 0 < size <= _LARGEST_GROUP for size in block):
        q.refuse(name, block, "two positive integers")
        return None
    rows, columns = block
    return rows, columns


def of_bits(bits: int, size: int = 128) -> Scheme:
    """Packed integers of so many bits, a scale for each group of inputs: what comes nearest to what is not modelled."""
    return Scheme("grouped_int", f"int{bits}", (Side("scale", "", 1, size),))


def said_bits(said: object, depth: int = 0) -> int | None:
    """Return how many bits a weight has by what a method that is not modelled says, at any level of it.

    A number, or one in a word, such as torchao's `int4_weight_only`; what is said of inputs is none of weights.
    """
    if not isinstance(said, dict) or depth > _DEEPEST:
        return None
    for key in _WIDTHS:
        if said.get(key).__class__ is int and said[key] in BITS:
            return int(said[key])
    for key in _WORDS:
        word = said.get(key)
        found = _IN_WORDS.search(word.lower()) if isinstance(word, str) else None
        if found is not None and int(found[1]) in BITS:
            return int(found[1])
    inner = [value for key, value in said.items() if not any(each in key for each in _OF_INPUTS)]
    return next((bits for value in inner if (bits := said_bits(value, depth + 1)) is not None), None)


def undecided(q: Reader, name: str) -> None:
    """Note an option of a method that is not modelled; what the method stores without it is computed."""
    q.mark(name)
    q.not_modelled(f"quantization_{name}")
