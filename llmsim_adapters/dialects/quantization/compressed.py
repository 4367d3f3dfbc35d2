"""compressed-tensors' config groups: how the weights of each group of linear layers are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.quantization import schemes
from llmsim_adapters.dialects.quantization.schemes import (
    FP8,
    MADE,
    NAMES,
    ONLINE,
    Stored,
    group_size,
    pair,
    undecided,
    whole,
)
from llmsim_adapters.spec.quantization import Scheme, Side
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

_IMPLIED: Final = "follows from the format"
_SCALES: Final = {
    "nvfp4-pack-quantized": "torch.float8_e4m3fn",
    "mxfp4-pack-quantized": "torch.uint8",
    "mxfp8-quantized": "torch.uint8",
}
_OF_INPUTS: Final = (
    *("actorder", "block_structure", "dynamic", "group_size", "num_bits", "observer", "observer_kwargs"),
    *("scale_dtype", "strategy", "symmetric", "type", "zp_dtype"),
)
_IMPLYING: Final = ("nvfp4-pack-quantized", "mxfp4-pack-quantized", "mxfp8-quantized")
"""The formats that say how inputs are quantized too."""
_REORDERED: Final = ("group", "dynamic")
_EVERY: Final = ["Linear"]


def compressed_tensors(q: Reader, r: Reader) -> Stored | None:
    """Read groups of linear layers: one of all, others of those that patterns name, which come before it."""
    del r
    for key in ("transform_config", "sparsity_config"):
        further = q.nested(key)
        if further is not None and further.raw:
            if further.text("format") != "dense":
                undecided(q, key)
            further.no_effect([name for name in further.raw if name != "format"], "dense: every weight is stored")
    q.no_effect(("quantization_status", "global_compression_ratio", "version"), NAMES)
    groups = q.nested("config_groups")
    if groups is None or not groups.raw:
        return None
    outer = q.text("format") or ""
    every: Scheme | None = None
    some: list[tuple[Scheme, tuple[str, ...]]] = []
    for name in groups.raw:
        group = groups.nested(name)
        scheme = None if group is None else _scheme_of(group, outer, q)
        if group is None or scheme is None:
            if len(groups.raw) == 1:
                return None
            q.not_modelled(f"quantization_config_groups_{printable(name, 40)}")
            continue
        targets = group.sequence("targets") or _EVERY
        if not all(isinstance(target, str) for target in targets):
            group.refuse("targets", targets, "a list of names")
            continue
        if _EVERY[0] in targets:
            every = every or scheme
        named = tuple(target for target in targets if target != _EVERY[0])
        if named:
            some.append((scheme, named))
    if every is None and not some:
        return None
    return Stored(every, tuple(some))


def _scheme_of(group: Reader, outer: str, q: Reader) -> Scheme | None:
    """Read one group's format: its own, or that of all."""
    group.no_effect(("output_activations",), ONLINE)
    form = group.text("format") or outer
    if group.has("format"):
        q.no_effect(("format",), "the group says its own")
    weights, inputs = group.nested("weights"), group.nested("input_activations")
    return None if weights is None else _stored(form, weights, inputs)


def _stored(form: str, weights: Reader, inputs: Reader | None) -> Scheme | None:
    kind, strategy = weights.text("type") or "int", "group"
    if form in _IMPLYING:
        weights.no_effect(("strategy",), _IMPLIED)
    else:
        strategy = weights.text("strategy") or "tensor"
    bits, size = whole(weights, "num_bits"), group_size(weights)
    if inputs is not None and form in _IMPLYING:
        inputs.no_effect(_OF_INPUTS, _IMPLIED)
    weights.no_effect(("dynamic", "observer", "observer_kwargs"), MADE)
    stored = () if form in _IMPLYING else _stored_inputs(inputs)
    if size is None or stored is None:
        return None
    symmetric = not weights.has("symmetric") or weights.flag("symmetric")
    order = weights.text("actorder")
    if order not in (None, "static", "weight", "group", "dynamic"):
        undecided(weights, "actorder")
    weights.no_effect(("block_structure",), _IMPLIED) if strategy != "block" else None
    if weights.text("scale_dtype") not in (None, _SCALES.get(form)) or (kind == "float" and not symmetric):
        return None
    weights.no_effect(("zp_dtype",), _IMPLIED)
    rows = 1 if strategy == "channel" else 0
    taken = "" if inputs is None else "inputs"
    online = "" if inputs is None else FP8 if inputs.raw.get("type") == "float" else "int8"
    match form, kind, bits, strategy:
        case "float-quantized", "float", 8, "tensor" | "channel":
            return Scheme(f"fp8_{strategy}", FP8, (Side("scale", rows=rows), *stored), inputs=taken and FP8)
        case "float-quantized", "float", 8, "block":
            block = pair(weights, "block_structure")
            if block is None:
                return None
            return Scheme("fp8_block", FP8, (Side("scale", "", *block), *stored), inputs=taken and FP8)
        case "int-quantized" | "naive-quantized", "int", 8, "channel" if symmetric:
            return Scheme("int8_channel", "int8", (Side("scale", rows=1), *stored), inputs=taken and "int8")
        case "pack-quantized", "int", 4 | 8, "group" | "channel":
            sides = [Side("scale", "", 1, size), Side("shape", "int64", numbers=2)]
            if not symmetric:
                sides.append(Side("zero_point", f"int{bits}", 1, size))
            if order in _REORDERED:
                sides.append(Side("group_index", "int32", 0, 1))
            reordered = order in _REORDERED and bool(size)
            return Scheme("packed_int", f"int{bits}", tuple(sides), inputs=online, reordered=reordered)
        case "nvfp4-pack-quantized", "float", 4, _ if size == 16:
            return schemes.nvfp4(inputs=inputs is not None)
        case "mxfp4-pack-quantized", "float", 4, _ if size == 32:
            return schemes.mxfp4(inputs=inputs is not None)
        case "mxfp8-quantized", "float", 8, _ if size == 32:
            return schemes.mxfp8()
    if bits in schemes.BITS:
        weights.not_modelled(f"quantization_format_{printable(form, 30)}_{printable(kind, 10)}{bits}")
        return schemes.of_bits(bits, size)
    return None


def _stored_inputs(inputs: Reader | None) -> tuple[Side, ...] | None:
    """Return what is stored for the inputs of a matrix: a scale where it is not computed; None: something else."""
    if inputs is None:
        return ()
    dynamic = inputs.text("dynamic") if inputs.raw.get("dynamic").__class__ is str else inputs.flag("dynamic")
    if dynamic:
        inputs.no_effect([name for name in inputs.raw if name != "dynamic"], ONLINE)
        return ()
    inputs.no_effect([name for name in inputs.raw if name not in ("dynamic", "strategy", "symmetric")], MADE)
    one_scale = inputs.text("strategy") == "tensor" and inputs.flag("symmetric")
    return (Side("input_scale"),) if one_scale else None
