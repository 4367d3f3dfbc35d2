"""Where a config says that its checkpoint is quantized: one thing, whatever place and words it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

KEYS: Final = ("quantization_config", "quantization")
"""The keys that hold a declaration: transformers' (compressed-tensors' `compression_config` is another spelling of it),
and that of MLX and of Model Optimizer's own file."""

_SAME: Final = "says the same as `quantization_config`"

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


def declared(r: Reader) -> Reader | None:
    """Return a reader of what a level of a config says about quantization, or None where it says nothing.

    Two places that say different things are a gap; the first one is taken.
    """
    found: Reader | None = None
    said: Any = None
    for key in KEYS:
        if not r.has(key):
            r.no_effect((key,), "null: the weights are not quantized")
            continue
        value = r.raw.get(key)
        if found is not None and isinstance(value, dict):
            if value == said:
                r.no_effect((key,), _SAME)
            else:
                _conflict(r, key)
            continue
        q = r.nested(key)
        if q is None:
            continue
        inner = q.nested("quantization") if isinstance(q.raw.get("quantization"), dict) else None
        if inner is not None:  # Model Optimizer's own file, word for word
            q.no_effect(("producer", "quant_method"), "names the software")
        found, said = inner or q, value
    return found


def method_of(q: Reader) -> str:
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
    return "unknown"


def _conflict(r: Reader, key: str) -> None:
    r.mark(key)
    shown = printable(r.prefix + key)
    detail = f"`{shown}` and `{r.prefix}quantization_config` say different things; the latter is taken"
    r.gaps.append(Gap(GapKind.CONFLICTING_KEYS, shown, detail))
