"""Number formats: what SGLang takes for a checkpoint's, where nobody asks for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Format

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked


def _half_of_single(layout: Asked, dtype: str) -> str:
    if dtype != "float32":
        return dtype
    return "bfloat16" if layout.spec.model_type.startswith("gemma") else "float16"


FORMATS: Final = (
    Format(
        name="float32 is halved",
        source="configs/model_config.py, _get_and_verify_dtype",
        of=_half_of_single,
        note="weights and activations are stored in 16 bits: the config says float32, or no format",
    ),
)
