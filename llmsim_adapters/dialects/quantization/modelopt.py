"""Model Optimizer's checkpoints: one algorithm for all linear layers, or one for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.quantization.schemes import (
    BITS,
    FP4,
    FP8,
    NAMES,
    ONLINE,
    Stored,
    fp8_block,
    fp8_channel,
    fp8_tensor,
    mxfp8,
    nvfp4,
    of_bits,
)
from llmsim_adapters.spec.quantization import Scheme, Side
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.quantization.schemes import Groups
    from llmsim_adapters.dialects.reading.reader import Reader

_BLOCK: Final = 128
_EIGHT: Final = 8
_BITS: Final = re.compile(r"[0-9]+")
_MIXED: Final = "MIXED_PRECISION"

ALGORITHMS: Final[Mapping[str, Scheme]] = {
    "FP8": fp8_tensor(static=True),
    "FP8_PB_WO": fp8_block(_BLOCK, _BLOCK),
    "FP8_BLOCK_SCALES": fp8_block(_BLOCK, _BLOCK),
    "FP8_PER_CHANNEL_PER_TOKEN": fp8_channel(),
    "MXFP8": mxfp8(),
    "NVFP4": nvfp4(inputs=True),
    "NVFP4_AWQ": Scheme("nvfp4", FP4, (*nvfp4(inputs=True).sides, Side("pre_quant_scale", "", 0, 1)), inputs=FP4),
    "W4A16_NVFP4": nvfp4(inputs=False),
}
"""What each algorithm stores (Model Optimizer's `quant_algo`, and `export/quant_utils.py` for what it writes)."""

_W4AFP8: Final = Stored(
    fp8_block(_BLOCK, _BLOCK),
    (
        (
            Scheme("w4afp8", "int4", (Side("scale", "float32", 1, _BLOCK), Side("input_scale", "")), inputs=FP8),
            ("mlp.experts",),
        ),
    ),
    kept=("lm_head",),
)
"""What a mixture without a list of layers is: experts in 4-bit integers, their inputs and the rest in 8-bit floats."""


def modelopt(q: Reader, r: Reader) -> Stored | None:
    """Read the algorithm of all linear layers, or of each where they are mixed."""
    del r
    algorithm = (q.text("quant_algo") or "").upper()
    q.no_effect(("producer", "quant_library", "version"), NAMES)
    q.no_effect(("group_size", "moe_quant_algo"), "follows from the algorithms")
    _groups_follow(q)
    if algorithm == _MIXED and not q.raw.get("quantized_layers"):
        return _W4AFP8
    if algorithm == _MIXED:
        groups = mixed(q)
        return None if groups is None else Stored(None, groups)
    scheme = ALGORITHMS.get(algorithm)
    if scheme is not None:
        return Stored(scheme)
    q.not_modelled(f"quantization_quant_algo_{printable(algorithm, 40) or 'none'}")
    nearest = _nearest(algorithm)
    return None if nearest is None else Stored(nearest)


def w4afp8(q: Reader, r: Reader) -> Stored:
    """Read SGLang's W4AFP8: experts in packed 4-bit integers, their inputs and all else in 8-bit floats.

    Model Optimizer says the same as a mixture without a list of layers.
    """
    del r
    q.no_effect(("activation_scheme", "moe_activation_scheme", "linear_activation_scheme"), ONLINE)
    q.no_effect(("weight_block_size", "group_size", "fmt", "quant_algo"), "the method has one form")
    return _W4AFP8


def _nearest(algorithm: str) -> Scheme | None:
    """Return what comes nearest to an algorithm that is not modelled, by the first number in its name: the bits."""
    found = _BITS.search(algorithm)
    if found is None:
        return None
    bits = int(found[0])
    if bits == _EIGHT:
        return ALGORITHMS["FP8"]
    return of_bits(bits) if bits in BITS else None


def mixed(q: Reader) -> Groups | None:
    """Read the algorithm of each module that `quantized_layers` names; an unknown one is a gap."""
    layers = q.raw.get("quantized_layers")
    if not isinstance(layers, dict) or not layers:
        q.refuse("quantized_layers", layers, "an object with the algorithm of each quantized module")
        return None
    q.mark("quantized_layers")
    named: dict[str, list[str]] = {}
    for name, said in layers.items():
        algorithm = said.get("quant_algo") if isinstance(said, dict) else None
        named.setdefault(algorithm.upper() if isinstance(algorithm, str) else "", []).append(name)
    for algorithm in named.keys() - ALGORITHMS.keys():
        q.not_modelled(f"quantization_quant_algo_{printable(algorithm, 40) or 'unknown'}")
    return tuple((ALGORITHMS[each], tuple(names)) for each, names in named.items() if each in ALGORITHMS)


def _groups_follow(q: Reader) -> None:
    """Set aside what repeats the algorithm in compressed-tensors' words."""
    groups = q.nested("config_groups")
    if groups is not None:
        groups.set_aside("follows from quant_algo")
    elif "config_groups" in q.raw:
        q.no_effect(("config_groups",), "null: no groups")
