"""How a checkpoint says that its weights are quantized."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def quantized(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with what a level of a config, or a file beside it, says about how the weights are stored."""
    if not (r.files or r.has("quantization_config") or r.has("quantization")):
        r.no_effect(("quantization_config", "quantization"), "null: the weights are not quantized")
        return spec
    from llmsim_adapters.dialects.quantization.stored import declared  # most configs need none of it

    return declared(r, spec)
