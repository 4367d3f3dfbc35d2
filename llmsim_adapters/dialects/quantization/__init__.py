"""How a config says that its checkpoint's weights are quantized."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def quantized(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with what `quantization_config` says about how its weights are stored."""
    if not r.has("quantization_config"):
        r.no_effect(("quantization_config",), "null: the weights are not quantized")
        return spec
    from llmsim_adapters.dialects.quantization.methods import stored  # most configs need none of it

    return stored(r, spec)
