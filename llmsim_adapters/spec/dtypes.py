"""Number formats."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.traced import ceil_div

BITS: Final = {
    "float64": 64,
    "float32": 32,
    "bfloat16": 16,
    "float16": 16,
    "float8_e4m3fn": 8,
    "float8_e5m2": 8,
    "float8_e8m0fnu": 8,
    "int64": 64,
    "int32": 32,
    "int8": 8,
    "uint8": 8,
    "int6": 6,
    "int5": 5,
    "int4": 4,
    "int3": 3,
    "int2": 2,
    "float4_e2m1fn": 4,
}
"""Bits of one element, by torch's name of the format."""


def bytes_of(elements: int, dtype: str) -> int:
    """Return the bytes that `elements` numbers of a format take, packed."""
    bits = BITS[dtype]
    return elements * (bits // 8) if bits >= 8 else ceil_div(elements * bits, 8)
