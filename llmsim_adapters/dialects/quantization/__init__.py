"""How a config says that its checkpoint's weights are quantized."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def quantized(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with what a level of a config says about how its checkpoint's weights are stored."""
    if not (r.has("quantization_config") or r.has("quantization")):
        r.no_effect(("quantization_config", "quantization"), "null: the weights are not quantized")
        return spec
    from llmsim_adapters.dialects.quantization.declaration import declared  # most configs need none of it
    from llmsim_adapters.dialects.quantization.methods import stored

    q = declared(r)
    return spec if q is None else stored(q, r, spec)
