"""Packed integers: AWQ, GPTQ, AutoRound, HQQ, MLX and bitsandbytes, and the rules that some have for some layers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.quantization import schemes
from llmsim_adapters.dialects.quantization.modules import beside, usual
from llmsim_adapters.dialects.quantization.schemes import BITS, MADE, RUNTIME, Stored, group_size, undecided, whole
from llmsim_adapters.dialects.reading.limits import LONGEST
from llmsim_adapters.spec.quantization import Scheme, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llmsim_adapters.dialects.quantization.schemes import Groups
    from llmsim_adapters.dialects.reading.reader import Reader

_BITS: Final = (2, 3, 4, 8)
_HALF: Final = 16
_PACKED_IN_TENS: Final = 3
_NF4_BLOCK: Final = 64
_NF4_NESTED: Final = 256
_FLOATS: Final = {
    ("mx_fp", 4, 32): schemes.mxfp4(inputs=True),
    ("mx_fp", 8, 32): schemes.mxfp8(),
    ("nv_fp", 4, 16): schemes.nvfp4(inputs=True),
}
"""AutoRound's floats, by their word, bits and group."""
_LAYERS: Final = "model.layers"
_UNUSED: Final = "not used with this number of bits"


def awq(q: Reader, r: Reader) -> Stored | None:
    """Read AutoAWQ's GEMM layout: packed weights and zero points, scales in the model's format.

    AutoAWQ's own file has other names for the numbers.
    """
    del r
    if (q.text("version") or "gemm").lower() != "gemm":
        undecided(q, "version")
    if q.has("zero_point") and not q.flag("zero_point"):
        undecided(q, "zero_point")
    bits = _bits(q, "w_bit" if q.has("w_bit") else "bits")
    size = group_size(q, "q_group_size" if q.has("q_group_size") else "group_size", default=128)
    return None if bits is None or size is None else Stored(_awq(bits, size))


def gptq(q: Reader, r: Reader) -> Stored | None:
    """Read GPTQModel's layout: packed weights and zero points, scales in the model's format, each input's group."""
    del r
    bits, size = _bits(q, "bits"), group_size(q, default=128)
    if bits is None or size is None:
        return None
    if q.has("is_marlin_format") and q.flag("is_marlin_format"):
        undecided(q, "is_marlin_format")
    if (q.text("checkpoint_format") or "gptq") not in ("gptq", "gptq_v2"):
        undecided(q, "checkpoint_format")
    reordered, symmetric = q.flag("desc_act"), q.flag("sym")

    def of(bits: int, size: int) -> Scheme:
        return replace(_gptq(bits, size), reordered=reordered, symmetric=symmetric)

    groups, kept = _dynamic(q, bits, size, of)
    scheme = of(bits, size)
    only = _modules_in_block(q)
    if only is not None:
        return Stored(None, (*groups, (scheme, only)), kept)
    return Stored(scheme, groups, kept)


def auto_round(q: Reader, r: Reader) -> Stored | None:
    """Read AutoRound's own format: GPTQ's layout without the groups of inputs, or AWQ's, in some blocks."""
    del r
    bits, size = _bits(q, "bits"), group_size(q, default=128)
    if bits is None or size is None:
        return None
    towers, mtp = _blocks(q)
    floats = _FLOATS.get((q.text("data_type") or "int", bits, size))
    if floats is not None:
        q.no_effect(("sym",), "floats have no zero point")
        q.no_effect(("packing_format",), "floats have one form")
        groups, kept = _by_name(q, "extra_config", bits, size, lambda bits, _: schemes.of_bits(bits))
        if groups:
            undecided(q, "extra_config")
        return Stored(floats, (), kept, towers=towers, mtp=mtp)
    if (q.text("data_type") or "int") not in ("int", "int_sym", "int_asym"):
        undecided(q, "data_type")
    layout = q.text("packing_format") or "auto_round:auto_gptq"
    if layout not in ("auto_round:auto_gptq", "auto_round:auto_awq", "auto_round"):
        undecided(q, "packing_format")

    symmetric = q.flag("sym")

    def of(bits: int, size: int) -> Scheme:
        scheme = _awq(bits, size) if layout.endswith("awq") else _gptq(bits, size, indexed=False)
        return replace(scheme, symmetric=symmetric)

    groups, kept = _by_name(q, "extra_config", bits, size, of)
    return Stored(of(bits, size), groups, kept, towers=towers, mtp=mtp)


def _blocks(q: Reader) -> tuple[bool | None, bool]:
    """Read which lists of blocks are quantized: whether those of encoders are, and those of multi-token prediction.

    None: nobody says which of an encoder's are.
    """
    said = [q.raw.get(key) for key in ("block_name_to_quantize", "to_quant_block_names")]
    q.mark("block_name_to_quantize", "to_quant_block_names")
    names: list[Any] = []
    for each in said:
        names += each.split(",") if isinstance(each, str) else _flat(each) if isinstance(each, list) else []
    parts = [name.strip() for name in names if isinstance(name, str)]
    mtp = [name for name in parts if name.startswith("mtp")]
    towers = [name for name in parts if name not in mtp and beside(name, 0)]
    layers = [name for name in parts if name not in (*mtp, *towers)]
    if any(usual(name) != _LAYERS for name in layers) or (parts and not layers):
        q.not_modelled("quantization_block_name_to_quantize")
    return None if towers or not parts else False, bool(mtp)


def hqq(q: Reader, r: Reader) -> Stored | None:
    """Read HQQ's: packed weights, a scale and a zero point in the model's format for each group.

    The words of each matrix's state, less than a hundred bytes, are not counted. Numbers of 3 bits are ten to a word of
    32, of which this counts no remainder.
    """
    del r
    inner = q.nested("quant_config")
    weights = None if inner is None else inner.nested("weight_quant_params")
    if inner is None or weights is None:
        return None
    for name in inner.raw:
        if name not in ("weight_quant_params", "scale_quant_params", "zero_quant_params", "offload_meta"):
            undecided(inner, name)
    inner.no_effect(("scale_quant_params", "zero_quant_params", "offload_meta"), RUNTIME)
    bits, size = _bits(weights, "nbits"), group_size(weights)
    weights.no_effect(("axis", "channel_wise", "optimize", "round_zero", "view_as_float"), MADE)
    if bits is None or size is None:
        return None
    if bits == _PACKED_IN_TENS:
        undecided(weights, "nbits")
    return Stored(Scheme("grouped_int", f"int{bits}", (Side("scale", "", 1, size), Side("zero_point", "", 1, size))))


def mlx(q: Reader, r: Reader) -> Stored | None:
    """Read MLX's: everything that is looked up or multiplied with in groups of inputs, some modules by rules."""
    del r
    size, bits = whole(q, "group_size"), _bits(q, "bits", BITS)
    mode = q.text("mode") or "affine"
    if bits is None or size is None:
        return None
    forms = {"mxfp4": schemes.mxfp4(), "mxfp8": schemes.mxfp8(), "nvfp4": schemes.nvfp4(inputs=False)}
    if mode != "affine" and mode not in forms:
        undecided(q, "mode")

    def of(bits: int, size: int) -> Scheme:
        sides = (Side("scale", "", 1, size), Side("bias", "", 1, size))
        return forms.get(mode) or Scheme("grouped_int", f"int{bits}", sides)

    rules = {name: said for name, said in q.raw.items() if isinstance(said, (dict, bool))}
    q.mark(*rules)
    groups, kept = _rules(q, rules, bits, size, of)
    return Stored(of(bits, size), groups, kept)


def bitsandbytes(q: Reader, r: Reader) -> Stored:
    """Read bitsandbytes' 8-bit integers, a scale for each output (arXiv:2208.07339), or 4-bit floats (2305.14314).

    Of the latter, each 64 numbers have a scale, which is quantized in turn, in groups of 256, where that is said; the
    words of each matrix's state, less than two hundred bytes, are not counted. Every linear layer of the whole model
    has it, those of encoders too, but for what the list names (transformers, integrations/bitsandbytes.py).
    """
    del r
    q.no_effect(("llm_int8_enable_fp32_cpu_offload", "llm_int8_has_fp16_weight", "llm_int8_threshold"), RUNTIME)
    q.no_effect(("bnb_4bit_compute_dtype",), RUNTIME)
    q.no_effect(("_load_in_4bit", "_load_in_8bit"), "says the same as the key without an underscore")
    if not q.flag("load_in_4bit"):
        q.no_effect(("load_in_8bit",), "8-bit, as load_in_4bit is not set")
        q.no_effect(("bnb_4bit_quant_storage", "bnb_4bit_quant_type", "bnb_4bit_use_double_quant"), _UNUSED)
        sides = (Side("scale", "float32", rows=1), Side("format", "uint8"))
        return Stored(Scheme("int8_channel", "int8", sides, inputs="int8"), towers=True)
    q.no_effect(("load_in_8bit", "bnb_4bit_quant_storage"), "the bytes are those of 4-bit floats")
    q.no_effect(("bnb_4bit_quant_type",), "16 values in either case")
    table = Side("values", "float32", numbers=16)
    if q.flag("bnb_4bit_use_double_quant"):
        scales = (
            Side("scale", "uint8", elements=_NF4_BLOCK),
            Side("scale_scale", "float32", elements=_NF4_BLOCK * _NF4_NESTED),
            Side("scale_values", "float32", numbers=_NF4_NESTED),
        )
        return Stored(Scheme("bnb_4bit", "float4_e2m1fn", (*scales, table)), towers=True)
    sides = (Side("scale", "float32", elements=_NF4_BLOCK), table)
    return Stored(Scheme("bnb_4bit", "float4_e2m1fn", sides), towers=True)


def _bits(q: Reader, name: str, widths: tuple[int, ...] = _BITS) -> int | None:
    bits = whole(q, name)
    if bits is None:
        return 4
    if bits not in widths:
        q.refuse(name, bits, f"{', '.join(map(str, widths[:-1]))} or {widths[-1]}")
        return None
    return bits


def _awq(bits: int, size: int) -> Scheme:
    return Scheme("awq", f"int{bits}", (Side("scale", "", 1, size), Side("zero_point", f"int{bits}", 1, size)))


def _gptq(bits: int, size: int, *, indexed: bool = True) -> Scheme:
    sides = (Side("scale", "", 1, size), Side("zero_point", f"int{bits}", 1, size))
    indices = (Side("group_index", "int32", 0, 1),) if indexed else ()
    return Scheme("gptq", f"int{bits}", (*sides, *indices))


def _dynamic(q: Reader, bits: int, size: int, of: Callable[[int, int], Scheme]) -> tuple[Groups, tuple[str, ...]]:
    """Read GPTQModel's rules: a regular expression each, behind `-:` for what is left as it is."""
    said = q.raw.get("dynamic")
    if not isinstance(said, dict):
        q.no_effect(("dynamic",), "null: no module has another form")
        return (), ()
    if _too_many(q, "dynamic", said):
        return (), ()
    if not said:
        q.no_effect(("dynamic",), "empty: no module has another form")
    rules: dict[str, Any] = {}
    for pattern, rule in said.items():
        name = f"re:{pattern.removeprefix('-:').removeprefix('+:')}"
        rules[name] = False if pattern.startswith("-:") else rule
    q.mark("dynamic")
    return _rules(q, rules, bits, size, of)


def _by_name(
    q: Reader, key: str, bits: int, size: int, of: Callable[[int, int], Scheme]
) -> tuple[Groups, tuple[str, ...]]:
    said = q.raw.get(key)
    if not isinstance(said, dict):
        q.no_effect((key,), "null: no module has another form")
        return (), ()
    q.mark(key)
    if _too_many(q, key, said):
        return (), ()
    return _rules(q, {_as_pattern(name): rule for name, rule in said.items()}, bits, size, of)


def _too_many(q: Reader, key: str, said: dict[str, Any]) -> bool:
    if len(said) > LONGEST:
        q.refuse(key, f"an object of {len(said)}", f"at most {LONGEST} rules")
    return len(said) > LONGEST


def _as_pattern(name: str) -> str:
    return f"re:{name}$" if any(c in name for c in "*+?^$()[]{}|\\") else name


def _rules(
    q: Reader, rules: dict[str, Any], bits: int, size: int, of: Callable[[int, int], Scheme]
) -> tuple[Groups, tuple[str, ...]]:
    """Return the groups of modules that rules give other sizes, and the patterns of those that are left as they are."""
    kept: list[str] = []
    groups: dict[Scheme, list[str]] = {}
    for pattern, rule in rules.items():
        if rule is False or (isinstance(rule, dict) and rule.get("bits") == _HALF):
            kept.append(pattern)
        elif isinstance(rule, dict):
            its_bits, its_size = rule.get("bits", bits), rule.get("group_size", size)
            if its_bits not in BITS or its_size.__class__ is not int or its_size < -1:
                q.not_modelled(f"quantization_rule_{pattern[:40]}")
                continue
            groups.setdefault(of(its_bits, max(its_size, 0)), []).append(pattern)
    return tuple((scheme, tuple(patterns)) for scheme, patterns in groups.items()), tuple(kept)


def _modules_in_block(q: Reader) -> tuple[str, ...] | None:
    """Read the modules of each block that are quantized; None: all."""
    said = q.sequence("modules_in_block_to_quantize")
    if not said:
        q.no_effect(("modules_in_block_to_quantize",), "null: all modules of the blocks")
        return None
    names = list(_flat(said))
    if not all(isinstance(name, str) for name in names):
        q.refuse("modules_in_block_to_quantize", said, "lists of names")
        return None
    return tuple(f"model.layers.*.{name}" for name in names)


def _flat(said: Iterable[Any]) -> Iterable[Any]:
    for each in said:
        if isinstance(each, list):
            yield from each
        else:
            yield each
