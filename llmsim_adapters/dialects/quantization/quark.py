"""AMD Quark's checkpoints: one format for all linear layers, others for some by pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.dialects.quantization import schemes
from llmsim_adapters.dialects.quantization.schemes import FP8, MADE, NAMES, ONLINE, RUNTIME, Stored, undecided
from llmsim_adapters.spec.quantization import Scheme, Side
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

_MX: Final = 32


def quark(q: Reader, r: Reader) -> Stored | None:
    """Read the format of all linear layers, and of those that `layer_quant_config` names."""
    del r
    q.no_effect(
        ("algo_config", "export", "kv_cache_post_rope", "quant_mode", "softmax_quant_spec", "log_severity_level"), MADE
    )
    q.no_effect(("version",), NAMES)
    for key in ("layer_type_quant_config", "kv_cache_quant_config"):
        q.mark(key)  # empty: nothing has another format
        if q.raw.get(key):
            undecided(q, key)
    every = q.nested("global_quant_config")
    scheme = None if every is None else _scheme(every)
    if scheme is None:
        return None
    groups = []
    further = q.nested("layer_quant_config")
    for pattern in () if further is None else tuple(further.raw):
        said = further.nested(pattern) if further is not None else None
        other = None if said is None else _scheme(said)
        if other is None:
            q.not_modelled(f"quantization_layer_quant_config_{printable(pattern, 40)}")
        else:
            groups.append((other, (pattern,)))
    return Stored(scheme, tuple(groups))


def _scheme(said: Reader) -> Scheme | None:
    """Read one format; of one that is not modelled, what comes nearest to it, and a gap."""
    said.no_effect(("output_tensors", "bias", "target_device"), ONLINE)
    weight, inputs = said.nested("weight"), said.nested("input_tensors")
    if weight is None:
        return None
    dtype, way = weight.text("dtype") or "", weight.text("qscheme") or "per_tensor"
    group = schemes.group_size(weight)
    if weight.raw.get("block_size"):
        undecided(weight, "block_size")
    weight.no_effect(("block_size",), "null: no blocks of rows")
    rest = ("ch_axis", "is_dynamic", "observer_cls", "round_method", "scale_type", "symmetric", "is_scale_quant")
    weight.no_effect((*rest, "scale_format", "scale_calculation_mode", "mx_element_dtype", "zero_point_type"), MADE)
    weight.no_effect(("enable_buffer_reuse", "max_input_numel"), RUNTIME)
    static = inputs is not None and not inputs.flag("is_dynamic")
    taken = ""
    if inputs is not None:
        taken = inputs.text("dtype") or ""
        inputs.no_effect([name for name in inputs.raw if name not in ("is_dynamic", "dtype")], ONLINE)
    if dtype == "fp8_e4m3" and way == "per_tensor":
        return replace(schemes.fp8_tensor(static=static, scale=""), inputs=FP8 if taken else "")
    if dtype == "fp8_e4m3" and way == "per_channel":
        scheme = schemes.fp8_channel(scale="")
        sides = (*scheme.sides, Side("input_scale")) if static else scheme.sides
        return replace(scheme, sides=sides, inputs=FP8 if taken else "")
    if dtype in ("fp4", "mxfp4") and way == "per_group" and group == _MX:
        if inputs is not None:
            inputs.no_effect(("is_dynamic",), ONLINE)
        return schemes.mxfp4(inputs=taken in ("fp4", "mxfp4"))
    if inputs is not None and taken:
        if static:
            undecided(inputs, "is_dynamic")
        inputs.no_effect(("is_dynamic",), ONLINE)
    return _integers(weight, dtype, way, group)


def _integers(weight: Reader, dtype: str, way: str, group: int | None) -> Scheme | None:
    """Return how integers are stored, with zero points of their own format, whether they say something or not."""
    kind = dtype.removeprefix("u")
    if kind in ("int8", "int4", "int2") and way in ("per_group", "per_channel"):
        rows, columns = 1, (group or 0) if way == "per_group" else 0
        name = "grouped_int" if columns else "int8_channel"
        return Scheme(name, kind, (Side("scale", "", rows, columns), Side("zero_point", kind, rows, columns)))
    weight.not_modelled(f"quantization_dtype_{printable(dtype, 20)}_{printable(way, 20)}")
    bits = schemes.said_bits(weight.raw)
    return None if bits is None else schemes.of_bits(bits, group or 0)
