"""Config groups, as compressed-tensors and Model Optimizer write them: how the weights of a group are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.quantization import Scheme, Side

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader

_NAMES: Final = "names the software or a step of it"
_MADE: Final = "how the checkpoint was made; what it stores is the same"
_ONLINE: Final = "activations are quantized as they are computed"
_IMPLIED: Final = "follows from the format"
_FP8: Final = "float8_e4m3fn"
_FP4: Final = "float4_e2m1fn"
_NVFP4: Final = (Side("scale", "float8_e4m3fn", 1, 16), Side("global_scale", "float32"))
_SCALES: Final = {"nvfp4-pack-quantized": "torch.float8_e4m3fn", "mxfp4-pack-quantized": "torch.uint8"}
_LARGEST_GROUP: Final = 2**20
_PACKED: Final = 8
"""Numbers of 4 bits in a word of 32: no format has words of two groups."""


def compressed_tensors(q: Reader) -> Scheme | None:
    """One group of linear layers in one of compressed-tensors' formats; anything else is left out."""
    for key in ("transform_config", "sparsity_config"):
        further = q.nested(key)
        if further is not None and further.raw:
            if further.text("format") != "dense":
                return None
            further.no_effect([name for name in further.raw if name != "format"], "dense: every weight is stored")
    q.no_effect(("quantization_status", "global_compression_ratio", "version"), _NAMES)
    group = _only_group(q)
    if group is None:
        return None
    outer = q.text("format")
    form = group.text("format") or outer or ""
    if group.has("format"):
        q.no_effect(("format",), "the group says its own")
    weights, inputs = group.nested("weights"), group.nested("input_activations")
    return None if weights is None else _stored(form, weights, inputs)


def modelopt(q: Reader) -> Scheme | None:
    """Model Optimizer's FP8 (a scale for each matrix and its input) and NVFP4; mixed algorithms are left out."""
    algorithm = (q.text("quant_algo") or "").upper()
    q.no_effect(("producer", "quant_library", "version"), _NAMES)
    if q.has("config_groups"):
        group = _only_group(q)
        if group is None:
            return None
        group.no_effect(("input_activations", "weights"), "follows from quant_algo")
    if algorithm == "NVFP4":
        return Scheme("nvfp4", _FP4, (*_NVFP4, Side("input_scale", "float32")), inputs=_FP4)
    if algorithm == "FP8":
        return Scheme("fp8_tensor", _FP8, (Side("scale", "float32"), Side("input_scale", "float32")), inputs=_FP8)
    return None


def whole(q: Reader, name: str) -> int | None:
    """Read an integer, or None where it is absent or null."""
    number = q.number(name)
    if number is not None and number != int(number):
        q.refuse(name, number, "an integer")
        return None
    return None if number is None else int(number)


def group_size(q: Reader, default: int = 0) -> int | None:
    """Read how many inputs share a scale; 0: all of them. None: what is there is no size, which is noted."""
    size = whole(q, "group_size")
    if size is None:
        return default
    if size == -1:
        return 0
    if not 0 < size <= _LARGEST_GROUP or size % _PACKED:
        q.refuse("group_size", size, f"a multiple of {_PACKED}, or -1 for all inputs")
        return None
    return size


def _only_group(q: Reader) -> Reader | None:
    """Return the one group, if it is for all linear layers."""
    groups = q.nested("config_groups")
    if groups is None or len(groups.raw) != 1:
        return None
    group = groups.nested(next(iter(groups.raw)))
    if group is None or group.raw.get("targets", ["Linear"]) != ["Linear"]:
        return None
    group.no_effect(("targets",), "all linear layers")
    group.no_effect(("output_activations",), _ONLINE)
    return group


def _stored(form: str, weights: Reader, inputs: Reader | None) -> Scheme | None:
    kind, strategy = weights.text("type") or "int", weights.text("strategy") or "tensor"
    bits, size = whole(weights, "num_bits"), group_size(weights)
    block = weights.sequence("block_structure")
    weights.no_effect(("dynamic", "observer", "observer_kwargs"), _MADE)
    stored = _stored_inputs(inputs)
    if size is None or stored is None:
        return None
    symmetric = not weights.has("symmetric") or weights.flag("symmetric")
    order = weights.text("actorder")
    if order not in (None, "static", "weight", "group", "dynamic"):
        return None
    if weights.text("scale_dtype") not in (None, _SCALES.get(form)) or (kind == "float" and not symmetric):
        return None
    weights.no_effect(("zp_dtype",), _IMPLIED)
    rows = 1 if strategy == "channel" else 0
    taken = "" if inputs is None else "inputs"
    match form, kind, bits, strategy:
        case "float-quantized", "float", 8, "tensor" | "channel":
            return Scheme(f"fp8_{strategy}", _FP8, (Side("scale", rows=rows), *stored), inputs=taken and _FP8)
        case "float-quantized", "float", 8, "block":
            if block is None or len(block) != 2 or not all(n.__class__ is int and 0 < n <= 2**20 for n in block):
                weights.refuse("block_structure", block, "two positive integers")
                return None
            return Scheme("fp8_block", _FP8, (Side("scale", "", *block), *stored), inputs=taken and _FP8)
        case "int-quantized" | "naive-quantized", "int", 8, "channel" if symmetric:
            return Scheme("int8_channel", "int8", (Side("scale", rows=1), *stored), inputs=taken and "int8")
        case "pack-quantized", "int", 4 | 8, "group" | "channel":
            sides = [Side("scale", "", 1, size), Side("shape", "int64", numbers=2)]
            if not symmetric:
                sides.append(Side("zero_point", f"int{bits}", 1, size))
            if order == "group":
                sides.append(Side("group_index", "int32", 0, 1))
            return Scheme("packed_int", f"int{bits}", tuple(sides))
        case "nvfp4-pack-quantized", "float", 4, _ if size == 16:
            scale = () if inputs is None else (Side("input_scale", "float32"),)
            return Scheme("nvfp4", _FP4, (*_NVFP4, *scale), inputs=taken and _FP4)
        case "mxfp4-pack-quantized", "float", 4, _ if size == 32:
            return Scheme("mxfp4", _FP4, (Side("scale", "uint8", 1, 32),), inputs=taken and _FP4)
    return None


def _stored_inputs(inputs: Reader | None) -> tuple[Side, ...] | None:
    """Return what is stored for the inputs of a matrix: a scale where it is not computed; None: something else."""
    if inputs is None:
        return ()
    dynamic = inputs.text("dynamic") if inputs.raw.get("dynamic").__class__ is str else inputs.flag("dynamic")
    if dynamic:
        inputs.no_effect([name for name in inputs.raw if name != "dynamic"], _ONLINE)
        return ()
    inputs.no_effect([name for name in inputs.raw if name not in ("dynamic", "strategy", "symmetric")], _MADE)
    one_scale = inputs.text("strategy") == "tensor" and inputs.flag("symmetric")
    return (Side("input_scale"),) if one_scale else None
