"""Number formats: what SGLang takes for a checkpoint's, where nobody asks for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Format, Note
from llmsim_adapters.engines.sglang.declared import differs

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked
    from llmsim_adapters.spec.quantization import Quantization


def _half_of_single(layout: Asked, dtype: str) -> str:
    if dtype != "float32":
        return dtype
    return "bfloat16" if layout.spec.model_type.startswith("gemma") else "float16"


def reads_cache(quantization: Quantization) -> bool:
    """Whether it reads what is said of the cache's format (layers/quantization/modelopt_quant.py, from_config).

    It looks for that in the one declaration that it takes; a word under `kv_cache_scheme` counts for NVFP4 alone, and
    the whole key not for transformers' FP8 (fp8.py, from_config).
    """
    place, key = quantization.place, quantization.cache_key
    if quantization.method == "fp8":
        return key == f"{place}.kv_cache_quant_algo"
    if key == f"{place}.kv_cache_scheme":
        return quantization.scheme is not None and quantization.scheme.name == "nvfp4"
    return key in (f"{place}.kv_cache_scheme:object", f"{place}.kv_cache_quant_algo")


FORMATS: Final = (
    Note(
        name="a format of the cache that is not read",
        source="layers/quantization/modelopt_quant.py, from_config: kv_cache_scheme, kv_cache_quant_algo",
        when=lambda layout: (
            layout.quantization is not None
            and bool(layout.quantization.cache_dtype)
            and not reads_cache(layout.quantization)
            and layout.schedule.kv_cache_dtype is None
        ),
        note="the checkpoint declares a format of the cache where SGLang doesn't look for it: the cache has that of "
        "activations",
    ),
    Format(
        name="float32 is halved",
        source="configs/model_config.py, _get_and_verify_dtype",
        of=_half_of_single,
        note="weights and activations are stored in 16 bits: the config says float32, or no format",
    ),
    Note(
        name="a declaration that is not read",
        source="configs/model_config.py, _parse_quant_hf_config",
        when=lambda layout: layout.spec.quantization is not None and layout.quantization is None,
        note="SGLang reads no such declaration of a quantization: the weights are stored as if they had none",
    ),
    Note(
        name="other modules are quantized than the checkpoint says",
        source="layers/quantization/compressed_tensors/utils.py, should_ignore_layer; layers/quantization/gptq/",
        when=lambda layout: differs(layout.spec, layout.quantization),
        note="SGLang's class doesn't quantize the modules that the checkpoint says, whose weights don't fit there",
    ),
)
