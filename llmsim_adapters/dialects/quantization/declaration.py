"""Where a checkpoint says that it is quantized: one thing, whatever place and words it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.sources.sidecars import QUANTIZATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader

KEYS: Final = ("quantization_config", "quantization")
"""The keys that hold a declaration: transformers' (compressed-tensors' `compression_config` is another spelling of it),
and MLX's."""

FILES: Final = dict(zip(QUANTIZATIONS, ("modelopt", "gptq", "awq"), strict=True))
"""The files beside a config that hold one, and the method of those that don't name it: Model Optimizer's, AutoGPTQ's,
AutoAWQ's."""

_WORDS: Final = {
    "compressed_tensors": "compressed-tensors",
    "auto_round": "auto-round",
    "intel/auto-round": "auto-round",
    "modelopt_fp8": "modelopt",
    "modelopt_fp4": "modelopt",
    "modelopt_mixed": "modelopt",
    "nvfp4": "modelopt",
    "petit_nvfp4": "modelopt",
    "awq_marlin": "awq",
    "gptq_marlin": "gptq",
    "gptqmodel": "gptq",
    "bnb": "bitsandbytes",
    "deepseek_fp8": "fp8",
    "quark_mxfp4": "quark",
    "auto-round-int8": "w8a8_int8",
}
"""Other words for a method."""


class Declaration(NamedTuple):
    """What is said of quantization in one place, a key or a file, and the method that it is of."""

    place: str
    q: Reader
    method: str


def declarations(r: Reader) -> Iterator[Declaration]:
    """Yield what a level of a config, and the files beside it, say about quantization."""
    for key in KEYS:
        if r.has(key):
            q = r.nested(key)
            if q is not None:
                yield _declared(f"{r.prefix}{key}", q, "")
        else:
            r.no_effect((key,), "null: the weights are not quantized")
    for name, method in FILES.items():
        file = r.file(name)
        if file is not None:
            yield _declared(name, file, method)


def _declared(place: str, q: Reader, method: str) -> Declaration:
    inner = q.nested("quantization") if isinstance(q.raw.get("quantization"), dict) else None
    if inner is not None:  # Model Optimizer's own file, word for word
        q.no_effect(("producer", "quant_method"), "names the software")
        q = inner
    return Declaration(place, q, _method(q) or method or "unknown")


def _method(q: Reader) -> str:
    """Return the word for a method; one that is not said follows from the keys that it alone has."""
    said = q.text("quant_method")
    if said is not None:
        name = said.lower()
        return _WORDS.get(name, name)
    if q.has("quant_algo"):
        return "modelopt"
    if q.has("weight_block_size") or q.has("activation_scheme"):
        return "fp8"
    if q.has("config_groups"):
        return "compressed-tensors"
    if q.has("bits") and q.has("group_size"):
        return "gptq" if q.has("desc_act") else "mlx"
    return ""
