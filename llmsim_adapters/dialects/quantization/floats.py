"""Floats of 8 or 4 bits as transformers, FBGEMM and their kin write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.quantization import schemes
from llmsim_adapters.dialects.quantization.modelopt import mixed
from llmsim_adapters.dialects.quantization.schemes import FP8, Stored, pair, undecided
from llmsim_adapters.spec.quantization import Scheme, Side

if TYPE_CHECKING:
    from llmsim_adapters.dialects.quantization.schemes import Groups
    from llmsim_adapters.dialects.reading.reader import Reader

_FORMATS: Final = {
    "e4m3": "float8_e4m3fn",
    "e5m2": "float8_e5m2",
    "float8_e4m3fn": "float8_e4m3fn",
    "float8_e5m2": "float8_e5m2",
    "float8_e4m3": "float8_e4m3fn",
}
_EXPERTS: Final = ("mlp.experts", "ffn.experts")
_AS_BEFORE: Final = "Model Optimizer leaves these modules as the checkpoint had them, quantized by its first method"


def fp8(q: Reader, r: Reader) -> Stored | None:
    """Read transformers' FineGrainedFP8Config: scales for blocks of each matrix, or one for all of it.

    DeepSeek-V4 says beside it in which format its experts are, and so does Model Optimizer where it has changed them.
    """
    fmt = q.text("fmt") or "e4m3"
    if fmt not in _FORMATS:
        q.refuse("fmt", fmt, " or ".join(_FORMATS))
    dtype = _FORMATS.get(fmt, FP8)
    activations = q.text("activation_scheme") or "dynamic"
    if activations not in ("dynamic", "static"):
        q.refuse("activation_scheme", activations, "dynamic or static")
    block = pair(q, "weight_block_size")
    if block is None and q.has("weight_block_size"):
        return None
    static = activations == "static"
    if block is None:
        scheme = schemes.fp8_tensor(static=static, dtype=dtype)
    else:
        scheme = schemes.fp8_block(*block, dtype=dtype, scale=_scale(r))
        if static:
            scheme = Scheme(scheme.name, dtype, (*scheme.sides, Side("input_scale", "float32")), inputs=dtype)
    q.no_effect(("weight_per_tensor",), "follows from weight_block_size")
    groups = _experts(q, r)
    return Stored(scheme, groups)


def _scale(r: Reader) -> str:
    """Return the format of scales: DeepSeek-V4's are exponents, those of all before float32."""
    return "float8_e8m0fnu" if r.has("expert_dtype") else "float32"


def _experts(q: Reader, r: Reader) -> Groups:
    """Read what experts have in place of 8-bit floats."""
    if q.has("quantized_layers"):
        q.no_effect(("quant_algo", "moe_quant_algo", "group_size", "producer"), "follows from quantized_layers")
        q.no_effect(("ignore",), _AS_BEFORE)
        further = q.nested("config_groups")
        if further is not None:
            further.set_aside("follows from quantized_layers")
        r.no_effect(("expert_dtype",), "quantized_layers says what experts are stored in")
        return mixed(q) or ()
    if not r.has("expert_dtype"):
        return ()
    said = r.text("expert_dtype")
    if said == "fp4":
        block = q.constant("mxfp4_block", 32, "the format's own (OCP MX, 2023)")
        return ((Scheme("mxfp4", schemes.FP4, (Side("scale", "float8_e8m0fnu", 1, block),)), _EXPERTS),)
    if said not in ("fp8", None):
        undecided(r, "expert_dtype")
    return ()


def mxfp8(q: Reader, r: Reader) -> Stored:
    """Read OCP's 8-bit floats, an exponent for each 32 inputs."""
    del r
    q.no_effect(("activation_scheme", "weight_block_size", "fmt"), "the format has exponents for 32 inputs")
    return Stored(schemes.mxfp8())


def mxfp4(q: Reader, r: Reader) -> Stored:
    """Read gpt-oss' experts in OCP's 4-bit floats."""
    del r
    block = q.constant("mxfp4_block", 32, "the format's own (OCP MX, 2023)")
    return Stored(schemes.mxfp4(block, fused=True), only=("mixture_of_experts.experts",))


def fbgemm(q: Reader, r: Reader) -> Stored:
    """Read rows of 8-bit floats, each with its scale in float32 (FBGEMM; SGLang's `w8a8_fp8` has the same)."""
    del q, r
    return Stored(schemes.fp8_channel())


def int8_channel(q: Reader, r: Reader) -> Stored:
    """Read rows of 8-bit integers, each with its scale in float32 (SGLang's `w8a8_int8`)."""
    del q, r
    return Stored(Scheme("int8_channel", "int8", (Side("scale", "float32", rows=1),), inputs="int8"))


def int8_block(q: Reader, r: Reader) -> Stored | None:
    """Read 8-bit integers, a scale in float32 for each block (SGLang's `blockwise_int8`)."""
    del r
    q.no_effect(("activation_scheme",), schemes.ONLINE)
    block = pair(q, "weight_block_size")
    if block is None:
        return None
    return Stored(Scheme("int8_block", "int8", (Side("scale", "float32", *block),), inputs="int8"))
