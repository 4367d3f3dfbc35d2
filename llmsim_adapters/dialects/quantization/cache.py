"""The number format of cached keys and values that a quantized checkpoint was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

_FORMATS: Final = {("float", 8): "float8_e4m3fn", ("int", 8): "int8"}
_WORDS: Final = {"FP8": "float8_e4m3fn", "INT8": "int8"}
_NONE: Final = ("", "AUTO", "NONE")


def cache_dtype(q: Reader) -> tuple[str, str]:
    """Read the format of cached keys and values and the key that says it, empty where a checkpoint says none.

    Of two keys, Model Optimizer's word and compressed-tensors' object, the object is asked first, as servers do. A
    format that is not modelled is noted as left out.
    """
    if isinstance(q.raw.get("kv_cache_scheme"), dict):
        q.no_effect(("kv_cache_quant_algo",), "follows from kv_cache_scheme")
        scheme = q.nested("kv_cache_scheme")
        return ("" if scheme is None else _of(scheme)), "kv_cache_scheme:object"
    words = [key for key in ("kv_cache_quant_algo", "kv_cache_scheme") if q.has(key)]
    said = [key for key in words if str(q.raw.get(key)).upper() in _WORDS]
    key = next(iter((*said, *reversed(words))), "kv_cache_quant_algo")
    word = (q.text(key) or "").upper()
    q.mark("kv_cache_scheme", "kv_cache_quant_algo")
    if word not in _WORDS and word not in _NONE:
        q.not_modelled(f"quantization_{key}_{printable(word, 20)}")
    return _WORDS.get(word, ""), key


def _of(scheme: Reader) -> str:
    kind, bits = scheme.text("type") or "float", scheme.number("num_bits")
    strategy = scheme.text("strategy") or "tensor"
    if scheme.flag("dynamic"):
        scheme.set_aside("a scale for each token is computed; no server stores its cache so unasked")
        return ""
    made = ("actorder", "block_structure", "group_size", "observer", "observer_kwargs", "symmetric")
    scheme.no_effect(made, "how the scales were found")
    scheme.no_effect(("scale_dtype", "zp_dtype"), "a scale for each layer")
    dtype = _FORMATS.get((kind, 0 if bits is None else int(bits)))
    if dtype is None or strategy != "tensor":
        shown = f"{printable(kind, 20)}_{bits or 0:g}_{printable(strategy, 20)}"
        scheme.not_modelled(f"quantization_kv_cache_scheme_{shown}")
        return ""
    return dtype
