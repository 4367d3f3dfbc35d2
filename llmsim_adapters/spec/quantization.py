"""How a checkpoint stores the weights of its linear layers, as data: schemes, and the modules they apply to."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from typing import Final, NamedTuple

from llmsim_adapters.dataclass import dataclass
from llmsim_adapters.traced import ceil_div


@dataclass(frozen=True, slots=True)
class Side:
    """Numbers that are stored beside a quantized matrix: `numbers` for each block of `rows` x `columns` of it.

    0 stands for all rows, or all columns. With `elements`, a block is so many of a matrix's numbers, row after row. An
    empty `dtype` is the format of the model's other weights. A matrix that stands for several of the checkpoint has
    those of each, where they don't go by rows.
    """

    name: str
    dtype: str = ""
    rows: int = 0
    columns: int = 0
    numbers: int = 1
    elements: int = 0

    def shape(self, shape: tuple[int, ...], parts: int) -> tuple[int, ...]:
        """Return the shape for a matrix of a shape, whose rows are those of `parts` matrices of the checkpoint."""
        height, width = shape[-2:]
        if self.elements:
            return (*shape[:-2], parts, ceil_div(height // parts * width, self.elements) * self.numbers)
        rows, columns = self.rows, self.columns
        down = ceil_div(height // parts, rows) * parts if rows else parts
        across = ceil_div(width, columns) if columns else 1
        return (*shape[:-2], down, across * self.numbers if self.numbers > 1 else across)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one matrix is stored: the format of its elements, packed, and what stands beside it.

    `name` tells schemes apart in features and reports. With `fused`, matrices that a lowering has as one are one in
    the checkpoint too. `inputs` is the format to which kernels bring what is multiplied with the matrix; empty: none.
    `reordered` inputs are grouped in an order of their own (act-order), in which any rank's may be of any group.
    `symmetric` numbers have no zero point that says something.
    """

    name: str
    dtype: str
    sides: tuple[Side, ...] = ()
    fused: bool = False
    inputs: str = ""
    reordered: bool = False
    symmetric: bool = True


Place = tuple[str, str, str]
"""A stack, a block of it and a module in it, each dotted as lowerings name it; an empty module is the whole block."""

HEAD: Final[Place] = ("model", "outputs", "head")


class Assigned(NamedTuple):
    """The modules that a checkpoint stores by a scheme of their own."""

    scheme: Scheme
    places: frozenset[Place]


@dataclass(frozen=True, slots=True)
class Quantization:
    """How a checkpoint stores the weights of its linear layers; parameters are counted as if it did not.

    A matrix is at a place where it, or a module that it is in, is named. It is not quantized where it is `excluded`;
    else it has the scheme of the first of the `others` that it is at; else `scheme`, if there is one, and the matrix is
    under the modules of `only`, if there are any.

    Attributes:
        method: the checkpoint's word for it.
        scheme: that of all matrices with no other one; None: they are not quantized.
        excluded: what is left as it is.
        only: the modules that `scheme` is for, dotted as lowerings name them; empty: all.
        others: what has a scheme of its own, in the order in which they are asked.
        cache_dtype: the format of keys and values that the checkpoint was made for; empty: it says none.
        cache_key: the key that says so, with the place that it is in; `:object` behind it where it says more than a
            word.
        everything: whether tables that are looked up, and the layers that methods for linear layers leave as they are,
            routers above all, are quantized too.
        place: the key of the config, or the file beside it, that says so.
        unsaid: keys that the method's software writes and that the declaration leaves out: some engines ask for them.
        by_pattern: of what is `excluded`, what is named by patterns alone, where some engine reads names alone.
        excepting: the key of the list of what is left as it is; empty: there is none.
        form: the word for how all groups of modules are stored together, where the method has one.
        leaves_towers: whether it is said that encoders of pictures or sound are left as they are.
        leaves_projectors: whether it is said that what projects from such an encoder is.
        tower_patterns: the patterns that say so, as they are written: an engine has names of its own.
        quantizes_towers: whether it is said that they are quantized, as the language model is.
    """

    method: str
    scheme: Scheme | None
    excluded: frozenset[Place] = field(default_factory=frozenset)
    only: tuple[str, ...] = ()
    others: tuple[Assigned, ...] = ()
    cache_dtype: str = ""
    cache_key: str = ""
    everything: bool = False
    place: str = ""
    leaves_towers: bool = False
    leaves_projectors: bool = False
    quantizes_towers: bool = False
    by_pattern: frozenset[Place] = field(default_factory=frozenset, compare=False)
    excepting: str = field(default="", compare=False)
    tower_patterns: tuple[str, ...] = field(default=(), compare=False)
    form: str = field(default="", compare=False)
    unsaid: tuple[str, ...] = field(default=(), compare=False)
    _blocks: frozenset[tuple[str, str]] = field(init=False, repr=False, compare=False)
    """The stack and block of what is told apart: few blocks have any of it, and every matrix is asked about."""
    schemes: tuple[Scheme, ...] = field(init=False, repr=False, compare=False)
    """Every scheme that some matrix may have."""

    def __post_init__(self) -> None:
        first = () if self.scheme is None else (self.scheme,)
        object.__setattr__(self, "schemes", (*first, *(other.scheme for other in self.others)))
        places = self.excluded.union(*(other.places for other in self.others))
        object.__setattr__(self, "_blocks", frozenset([(stack, block) for stack, block, _ in places]))

    def scheme_of_all(self, stack: str, block: str) -> Scheme | None:
        """Return how every matrix of a block is stored, or None where they may differ."""
        return None if self.only or (stack, block) in self._blocks else self.scheme

    def mentions(self, stack: str, block: str, matrix: str) -> bool:
        """Return whether a matrix is at a place that is excluded, or has a scheme of its own."""
        places = self.excluded.union(*(other.places for other in self.others))
        return any((stack, block, module) in places for module in _ancestry(matrix))

    def scheme_of(self, stack: str, block: str, matrix: str) -> Scheme | None:
        """Return how a matrix is stored, or None where it is not quantized."""
        modules = _ancestry(matrix)
        if (stack, block) in self._blocks:
            if any((stack, block, module) in self.excluded for module in modules):
                return None
            for scheme, places in self.others:
                if any((stack, block, module) in places for module in modules):
                    return scheme
        if self.only and not any(module in self.only for module in modules):
            return None
        return self.scheme


@lru_cache(maxsize=4096)
def _ancestry(matrix: str) -> tuple[str, ...]:
    """Return the dotted names of a matrix and of every module that it is in, and the empty one of the block.

    The second component of a kind in a block (`attention_2`) is in the same module as the first.
    """
    first, *rest = matrix.split(".")
    kind, _, number = first.rpartition("_")
    names = [kind if kind and number.isdecimal() else first, *rest]
    return ("", *(".".join(names[:length]) for length in range(1, len(names) + 1)))


SCHEMES: Final = {
    "fp8_block": "8-bit floats, a scale for each block of rows and columns",
    "fp8_channel": "8-bit floats, a scale for each output",
    "fp8_tensor": "8-bit floats, a scale for each matrix",
    "int8_channel": "8-bit integers, a scale for each output",
    "int8_block": "8-bit integers, a scale for each block of rows and columns",
    "packed_int": "packed integers, a scale for each group of inputs (compressed-tensors)",
    "awq": "packed integers, a scale and a zero point for each group of inputs (AWQ)",
    "gptq": "packed integers, a scale and a zero point for each group of inputs, and their order (GPTQ)",
    "nvfp4": "4-bit floats, an 8-bit scale for each 16 inputs and one for each matrix (NVFP4)",
    "mxfp4": "4-bit floats, an 8-bit exponent for each 32 inputs (MXFP4)",
    "mxfp8": "8-bit floats, an 8-bit exponent for each 32 inputs (MXFP8)",
    "w4afp8": "packed 4-bit integers, a scale for each group of inputs and one for each matrix's inputs (W4AFP8)",
    "grouped_int": "packed integers, a scale and a zero point or bias for each group of inputs (MLX, HQQ)",
    "bnb_4bit": "4-bit floats, a scale for each 64 numbers (bitsandbytes)",
}
"""Every scheme that dialects read, by name, and what it stores."""
