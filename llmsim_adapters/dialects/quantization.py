"""How a config says that its checkpoint's weights are quantized."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.dtypes import Quantization
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reader import Reader

_FP8: Final = {"e4m3": "float8_e4m3fn", "e5m2": "float8_e5m2"}


def quantization(r: Reader) -> Quantization | None:
    """Read `quantization_config`; a method that is not modelled yet is noted as a part left out."""
    if not r.has("quantization_config"):
        r.no_effect(("quantization_config",), "null: the weights are not quantized")
        return None
    q = r.nested("quantization_config")
    if q is None:
        return None
    method = q.text("quant_method") or "unknown"
    if method != "fp8" or q.has("modules_to_not_convert"):
        r.not_modelled(f"quantization_{printable(method, 40)}")
        for key in q.raw:
            q.no_effect((key,), f"quantization method {printable(method, 40)} is not modelled, a gap by itself")
        return None
    q.no_effect(("activation_scheme",), "activations are quantized as they are computed; weights keep their size")
    q.no_effect(("modules_to_not_convert",), "null: every linear layer of the blocks is quantized")
    fmt = q.text("fmt") or "e4m3"
    if fmt not in _FP8:
        q.refuse("fmt", fmt, " or ".join(_FP8))
    block = q.sequence("weight_block_size", 2)
    if block is not None and not all(size.__class__ is int and 0 < size <= 2**20 for size in block):
        q.refuse("weight_block_size", block, "two positive integers")
        return None
    return Quantization("fp8", _FP8.get(fmt, "float8_e4m3fn"), block=None if block is None else (block[0], block[1]))
