"""torchao's checkpoints: one configuration of all linear layers, as it is written to safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.quantization import schemes
from llmsim_adapters.dialects.quantization.schemes import FP8, RUNTIME, Stored, undecided
from llmsim_adapters.spec.quantization import Scheme, Side
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

_VERSION: Final = 2
"""That of configurations whose tensors are written to safetensors; earlier ones are pickled."""

_INT8: Final = Scheme("int8_channel", "int8", (Side("scale", "float32", rows=1), Side("zero_point", "int8", rows=1)))
_FP8_ROWS: Final = Scheme("fp8_channel", FP8, (Side("scale", "float32", rows=1),))
_FP8_WHOLE: Final = Scheme("fp8_tensor", FP8, (Side("scale", "float32"),))


def torchao(q: Reader, r: Reader) -> Stored | None:
    """Read torchao's: 8-bit integers or floats, or 4-bit integers in groups, by the name of its configuration."""
    del r
    if q.has("include_input_output_embeddings") and q.flag("include_input_output_embeddings"):
        undecided(q, "include_input_output_embeddings")
    q.no_effect(("include_input_output_embeddings", "untie_embedding_weights"), "false: tables are left as they are")
    said = q.raw.get("quant_type")
    q.mark("quant_type")
    every = said.get("default") if isinstance(said, dict) and len(said) == 1 else None
    if not isinstance(every, dict):
        return _nearest(q)
    name, data = str(every.get("_type")), every.get("_data")
    scheme = _scheme(name, data if isinstance(data, dict) else {})
    if scheme is None:
        return _nearest(q)
    if every.get("_version") != _VERSION:
        q.not_modelled("quantization_quant_type_version")
    return Stored(scheme)


def _scheme(name: str, data: dict[str, Any]) -> Scheme | None:
    granularity = data.get("granularity")
    said = granularity.get("_type") if isinstance(granularity, dict) else None
    if name in ("Int8WeightOnlyConfig", "Int8DynamicActivationInt8WeightConfig"):
        return _INT8 if said in (None, "PerRow") and not data.get("group_size") else None
    if name in ("Float8WeightOnlyConfig", "Float8DynamicActivationFloat8WeightConfig"):
        return _FP8_ROWS if said == "PerRow" else _FP8_WHOLE if said == "PerTensor" else None
    if name == "Int4WeightOnlyConfig":
        size = data.get("group_size", 128)
        return _grouped("int4", size) if size.__class__ is int and size > 0 else None
    return None


def _grouped(dtype: str, size: int) -> Scheme:
    return Scheme("grouped_int", dtype, (Side("scale", "", 1, size), Side("zero_point", "", 1, size)))


def _nearest(q: Reader) -> Stored | None:
    """Return what comes nearest to a configuration that is not modelled, by the bits in its name."""
    said = q.raw.get("quant_type")
    every = said.get("default") if isinstance(said, dict) else None
    name = every.get("_type") if isinstance(every, dict) else said
    q.not_modelled(f"quantization_quant_type_{printable(name, 40) if isinstance(name, str) else 'of_modules'}")
    q.no_effect(("quant_type_kwargs",), RUNTIME)
    bits = schemes.said_bits(q.raw)
    return None if bits is None else Stored(schemes.of_bits(bits))
