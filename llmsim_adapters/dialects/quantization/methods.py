"""How a config says that its checkpoint's weights are quantized: one reader for each method.

A method that is not modelled, or a part of one, is noted as left out. What each method stores is what its own
software writes: transformers (fp8, fbgemm_fp8, mxfp4), AutoAWQ, GPTQModel, compressed-tensors, Model Optimizer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.quantization.compressed import compressed_tensors, group_size, modelopt, whole
from llmsim_adapters.dialects.quantization.assignment import assign
from llmsim_adapters.spec.quantization import HEAD, Quantization, Scheme, Side
from llmsim_adapters.spec.quick import replace
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_SHOWN: Final = 8
_FP8: Final = {
    "e4m3": "float8_e4m3fn",
    "e5m2": "float8_e5m2",
    "float8_e4m3fn": "float8_e4m3fn",
    "float8_e5m2": "float8_e5m2",
}
_RUNTIME: Final = "how kernels run; the weights are stored the same"
_MADE: Final = "how the checkpoint was made; what it stores is the same"


class Method(NamedTuple):
    """How a method is read, and what it leaves as it is.

    `excluding` is the key of its list of modules, `formerly` other names of it. The head is quantized only where
    `head`: then the list says whether it is, and without a list nobody knows. `substrings`: entries of the list match
    inside names. `only`: the modules that it is for, if not all.
    """

    read: Callable[[Reader], Scheme | None]
    excluding: str
    formerly: tuple[str, ...] = ()
    head: bool = False
    substrings: bool = False
    only: tuple[str, ...] = ()
    without_effect: Mapping[str, str] = {}


def stored(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return a spec with what a `quantization_config` that is there says about how its weights are stored."""
    q = r.nested("quantization_config")
    if q is None:
        return spec
    name = q.text("quant_method") or "unknown"
    method = _METHODS.get(name)
    scheme = None if method is None else method.read(q)
    if method is None or scheme is None:
        r.not_modelled(f"quantization_{printable(name, 40)}")
        q.set_aside(f"quantization method {printable(name, 40)} is not modelled, a gap by itself")
        return spec
    for key, reason in {**_EVERY_METHOD, **method.without_effect}.items():
        q.no_effect((key,), reason)
    key = next((name for name in (method.excluding, *method.formerly) if name in q.raw), method.excluding)
    if method.head and key not in q.raw:
        r.not_modelled("quantization_without_a_list_of_exceptions")
    patterns = q.sequence(key) or ()
    if not all(pattern.__class__ is str for pattern in patterns):
        q.refuse(key, patterns, "a list of names")
        return spec
    found = assign(spec, (patterns,), substrings=method.substrings)
    for pattern in found.undecided[:_SHOWN]:
        r.not_modelled(f"quantization_except_{printable(pattern, 60)}")
    if len(found.undecided) > _SHOWN:
        r.not_modelled(f"quantization_except_{len(found.undecided) - _SHOWN}_more")
    head = method.head or (name == "gptq" and q.flag("lm_head"))
    (places,) = found.places
    excluded = places if head else places | {HEAD}
    return replace(found.spec, quantization=Quantization(name, scheme, excluded, method.only))


def _fp8(q: Reader) -> Scheme | None:
    """transformers' FineGrainedFP8Config: scales in float32 for blocks of each matrix, or one for all of it."""
    fmt = q.text("fmt") or "e4m3"
    if fmt not in _FP8:
        q.refuse("fmt", fmt, " or ".join(_FP8))
    activations = q.text("activation_scheme") or "dynamic"
    if activations not in ("dynamic", "static"):
        q.refuse("activation_scheme", activations, "dynamic or static")
    block = q.sequence("weight_block_size", 2)
    if block is not None and not all(size.__class__ is int and 0 < size <= 2**20 for size in block):
        q.refuse("weight_block_size", block, "two positive integers")
        return None
    sides = [Side("scale", "float32", *(block or (0, 0)))]
    if activations == "static":
        sides.append(Side("input_scale", "float32"))
    name = "fp8_tensor" if block is None else "fp8_block"
    dtype = _FP8.get(fmt, "float8_e4m3fn")
    return Scheme(name, dtype, tuple(sides), inputs=dtype)


def _fbgemm(q: Reader) -> Scheme:
    """Rows of 8-bit floats, each with its scale in float32."""
    del q
    return Scheme("fp8_channel", "float8_e4m3fn", (Side("scale", "float32", rows=1),), inputs="float8_e4m3fn")


def _mxfp4(q: Reader) -> Scheme:
    """The experts' matrices in blocks of 32 4-bit floats, each with an exponent of 8 bits (OCP MX, 2023)."""
    del q
    return Scheme("mxfp4", "float4_e2m1fn", (Side("scale", "uint8", rows=1, columns=32),), fused=True)


def _awq(q: Reader) -> Scheme | None:
    """AutoAWQ's GEMM layout: packed weights and zero points, scales in the model's format."""
    version = (q.text("version") or "gemm").lower()
    if version != "gemm" or (q.has("zero_point") and not q.flag("zero_point")):
        return None
    bits, size = whole(q, "bits"), group_size(q, default=128)
    if bits not in (None, 4) or size is None:
        return None
    return Scheme("awq", "int4", (Side("scale", "", 1, size), Side("zero_point", "int4", 1, size)))


def _gptq(q: Reader) -> Scheme | None:
    """GPTQModel's layout: packed weights and zero points, scales in the model's format, each input's group."""
    for key in ("dynamic", "modules_in_block_to_quantize"):
        if q.has(key) and q.raw[key]:
            return None
    marlin = q.has("is_marlin_format") and q.flag("is_marlin_format")
    if marlin or (q.text("checkpoint_format") or "gptq") not in ("gptq", "gptq_v2"):
        return None
    bits, size = whole(q, "bits"), group_size(q, default=128)
    if bits not in (4, 8) or size is None:
        return None
    sides = (Side("scale", "", 1, size), Side("zero_point", f"int{bits}", 1, size), Side("group_index", "int32", 0, 1))
    return Scheme("gptq", f"int{bits}", sides)


_EVERY_METHOD: Final = {
    "dequantize": "whether one library takes the weights apart as it loads them",
    "scale_fmt": "which values scales may take; they are stored in float32",
    "kv_cache_scheme": "how a server stores its cache is the schedule's `kv_cache_dtype`",
}
_ACTIVATIONS: Final = dict.fromkeys(
    ("activation_scale_ub", "act_per_tensor"), "activations are quantized as they are computed"
)

_METHODS: Final[dict[str, Method]] = {
    "fp8": Method(
        _fp8,
        "modules_to_not_convert",
        without_effect={**_ACTIVATIONS, "weight_per_tensor": "follows from weight_block_size"},
    ),
    "fbgemm_fp8": Method(_fbgemm, "modules_to_not_convert", without_effect=_ACTIVATIONS),
    "mxfp4": Method(_mxfp4, "modules_to_not_convert", only=("mixture_of_experts.experts",)),
    "awq": Method(
        _awq,
        "modules_to_not_convert",
        substrings=True,
        without_effect={
            **dict.fromkeys(("backend", "do_fuse", "exllama_config", "fuse_max_seq_len", "modules_to_fuse"), _RUNTIME),
        },
    ),
    "gptq": Method(
        _gptq,
        "modules_to_not_convert",
        without_effect={
            "dynamic": "empty: no module has another form",
            "modules_in_block_to_quantize": "null: all modules of the blocks",
            **dict.fromkeys(("backend", "cache_block_outputs", "disable_exllama", "exllama_config"), _RUNTIME),
            **dict.fromkeys(("max_input_length", "use_cuda_fp16", "use_exllama"), _RUNTIME),
            **dict.fromkeys(("batch_size", "block_name_to_quantize", "damp_percent", "dataset"), _MADE),
            **dict.fromkeys(("damp_auto_increment", "desc_act", "meta", "model_file_base_name"), _MADE),
            **dict.fromkeys(("model_name_or_path", "module_name_preceding_first_block", "pad_token_id"), _MADE),
            **dict.fromkeys(("pack_dtype", "quantizer", "static_groups", "sym", "tokenizer"), _MADE),
            **dict.fromkeys(("model_seqlen", "mse", "true_sequential"), _MADE),
        },
    ),
    "compressed-tensors": Method(compressed_tensors, "ignore", head=True),
    "modelopt": Method(modelopt, "ignore", ("exclude_modules",), head=True),
}
