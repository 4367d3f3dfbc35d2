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

WORDS: Final = {
    "fp32": "float32",
    "float": "float32",
    "bf16": "bfloat16",
    "fp16": "float16",
    "half": "float16",
    "fp8": "float8_e4m3fn",
    "fp8_e4m3": "float8_e4m3fn",
    "float8_e4m3": "float8_e4m3fn",
    "fp8_e5m2": "float8_e5m2",
    "fp4": "float4_e2m1fn",
    "fp4_e2m1": "float4_e2m1fn",
}
"""Words of SGLang's and vLLM's users for a format, of those with one meaning the usual one first."""

_SHORT: Final = {name: word for word, name in reversed(WORDS.items())}


def short(formats: str) -> str:
    """Return formats, one or two of an operator, in the words of users: bf16, fp8 × bf16."""
    return " × ".join([_SHORT.get(name, name.removesuffix("fnu")) for name in formats.split(" × ")])


def bytes_of(elements: int, dtype: str) -> int:
    """Return the bytes that `elements` numbers of a format take, packed."""
    bits = BITS[dtype]
    return elements * (bits // 8) if bits >= 8 else ceil_div(elements * bits, 8)
