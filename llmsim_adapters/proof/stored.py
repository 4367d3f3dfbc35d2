"""The tensors that a checkpoint's files hold, as their headers say."""

from __future__ import annotations

import re
from math import prod
from typing import Final, NamedTuple

from llmsim_adapters.spec.dtypes import BITS

FORMATS: Final = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
    "F8_E8M0": "float8_e8m0fnu",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
    "F4": "float4_e2m1fn",
}
"""Formats of safetensors, by torch's names. https://github.com/huggingface/safetensors, `Dtype`."""

_OTHERS: Final = {"int16": 16, "uint64": 64, "uint32": 32, "uint16": 16, "bool": 8}
_NUMBER: Final = re.compile(r"\d+")


def bits_of(dtype: str) -> int:
    """Return the bits of one element of a format."""
    return BITS.get(dtype) or _OTHERS[dtype]


class Stored(NamedTuple):
    """A tensor in a file: its name, format and shape."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    file: str = ""

    @property
    def elements(self) -> int:
        return prod(self.shape)

    @property
    def bytes(self) -> int:
        """Bytes in the file, in which formats of less than a byte are packed."""
        return (self.elements * bits_of(self.dtype) + 7) // 8

    @property
    def split(self) -> tuple[str, int, str] | None:
        """What stands before the first number of the name, the number and what follows; None where there is none."""
        parts = self.name.split(".")
        for at, part in enumerate(parts):
            if _NUMBER.fullmatch(part) and len(part) < 10:
                return ".".join(parts[:at]), int(part), ".".join(parts[at + 1 :])
        return None


def pattern(name: str) -> tuple[str, tuple[int, ...]]:
    """Return a name with `*` for its numbers, and these."""
    parts = name.split(".")
    numbers = tuple(int(part) for part in parts if _NUMBER.fullmatch(part) and len(part) < 10)
    return ".".join("*" if _NUMBER.fullmatch(part) and len(part) < 10 else part for part in parts), numbers


def filled(pattern: str, numbers: tuple[int, ...]) -> str:
    """Return the name that a pattern and its numbers are."""
    rest = iter(numbers)
    return ".".join(str(next(rest)) if part == "*" else part for part in pattern.split("."))
