"""AMD Quark's checkpoints: one format for all linear layers, others for some by pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.quantization import schemes
from llmsim_adapters.dialects.quantization.schemes import MADE, NAMES, ONLINE, Stored, undecided
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.quantization import Scheme

_MX: Final = 32


def quark(q: Reader, r: Reader) -> Stored | None:
    """Read the format of all linear layers, and of those that `layer_quant_config` names."""
    del r
    q.no_effect(("algo_config", "export", "quant_mode", "softmax_quant_spec", "log_severity_level"), MADE)
    q.no_effect(("version",), NAMES)
    for key in ("layer_type_quant_config", "kv_cache_quant_config"):
        if q.raw.get(key):
            undecided(q, key)
        q.no_effect((key,), "empty: nothing has another format")
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
    said.no_effect(("output_tensors", "bias", "target_device"), ONLINE)
    weight, inputs = said.nested("weight"), said.nested("input_tensors")
    if weight is None:
        return None
    dtype, scheme = weight.text("dtype"), weight.text("qscheme")
    group = schemes.group_size(weight)
    rest = ("ch_axis", "is_dynamic", "observer_cls", "round_method", "scale_type", "symmetric", "is_scale_quant")
    weight.no_effect((*rest, "scale_format", "scale_calculation_mode", "mx_element_dtype", "zero_point_type"), MADE)
    static = inputs is not None and not inputs.flag("is_dynamic")
    if inputs is not None:
        inputs.no_effect([name for name in inputs.raw if name != "is_dynamic"], ONLINE)
    if dtype == "fp8_e4m3" and scheme == "per_tensor":
        return schemes.fp8_tensor(static=static)
    if dtype == "fp8_e4m3" and scheme == "per_channel":
        return schemes.fp8_channel()
    if dtype in ("fp4", "mxfp4") and scheme == "per_group" and group == _MX:
        return schemes.mxfp4(inputs=inputs is not None)
    return None
