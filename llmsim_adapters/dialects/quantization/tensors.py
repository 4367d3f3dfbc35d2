"""Which tensors files hold for a quantized matrix: what each software calls it and what stands beside it.

The numbers beside a matrix are those of its scheme (`spec/quantization.py`), whose shapes stand there alone; here are
their names in files, and how the matrix itself is packed. Sources: the parameters that SGLang's classes load by these
names (`layers/quantization/`), which are those that the software of each method writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from llmsim_adapters.dialects.quantization.methods import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.spec.quantization import Scheme

_FLOATS: Final = ("fp8_block", "fp8_channel", "fp8_tensor", "mxfp8", "int8_channel", "int8_block")
_SCALE: Final = (".weight_scale_inv", ".weight_scale", ".scale")
_INPUT: Final = (".input_scale", ".activation_scale")


class Layout(NamedTuple):
    """What files hold for a matrix of some methods and schemes.

    Attributes:
        methods: the words of checkpoints for it.
        schemes: which of their schemes.
        matrix: what follows the module's name in that of the matrix.
        sides: by the scheme's name of what stands beside it, what follows the module's name in that of the tensor; the
            first is what most files have.
        words: the format of the file, where several numbers are packed in a word of it.
        packed: the dimension of the file's matrix that is packed; None: with `words`, the whole matrix is one row.
        transposed: whether the file's rows are the matrix's inputs.
        besides: what follows the module's name in those of tensors that say how to read others, and are in no total.
    """

    methods: tuple[str, ...]
    schemes: tuple[str, ...]
    matrix: str
    sides: Mapping[str, tuple[str, ...]]
    words: tuple[str, ...] = ()
    packed: int | None = None
    transposed: bool = False
    besides: tuple[str, ...] = ()


LAYOUTS: Final = (
    Layout(
        ("fp8", "fbgemm_fp8", "w8a8_fp8", "w8a8_int8", "blockwise_int8", "mxfp8", "modelopt", "quark"),
        _FLOATS,
        ".weight",
        {"scale": _SCALE, "input_scale": _INPUT},
    ),
    Layout(("compressed-tensors",), _FLOATS, ".weight", {"scale": (".weight_scale",), "input_scale": _INPUT}),
    Layout(
        ("modelopt", "fp8"),
        ("nvfp4",),
        ".weight",
        {
            "scale": (".weight_scale",),
            "global_scale": (".weight_scale_2",),
            "input_scale": (".input_scale",),
            "pre_quant_scale": (".pre_quant_scale",),
        },
        words=("uint8",),
        packed=-1,
    ),
    Layout(
        ("compressed-tensors",),
        ("nvfp4", "mxfp4"),
        ".weight_packed",
        {
            "scale": (".weight_scale",),
            "global_scale": (".weight_global_scale",),
            "input_scale": (".input_global_scale",),
        },
        words=("uint8",),
        packed=-1,
    ),
    Layout(
        ("quark", "fp8", "modelopt"),
        ("mxfp4",),
        ".weight",
        {"scale": (".weight_scale", ".scale")},
        words=("uint8", "int8"),
        packed=-1,
    ),
    Layout(("mxfp4",), ("mxfp4",), "_blocks", {"scale": ("_scales",)}, words=("uint8",), packed=-1),
    Layout(
        ("compressed-tensors",),
        ("packed_int",),
        ".weight_packed",
        {
            "scale": (".weight_scale",),
            "shape": (".weight_shape",),
            "zero_point": (".weight_zero_point",),
            "group_index": (".weight_g_idx",),
        },
        words=("int32",),
        packed=-1,
    ),
    Layout(
        ("gptq", "auto-round"),
        ("gptq",),
        ".qweight",
        {"scale": (".scales",), "zero_point": (".qzeros",), "group_index": (".g_idx",)},
        words=("int32",),
        packed=0,
        transposed=True,
    ),
    Layout(
        ("awq", "auto-round"),
        ("awq",),
        ".qweight",
        {"scale": (".scales",), "zero_point": (".qzeros",)},
        words=("int32",),
        packed=1,
        transposed=True,
    ),
    Layout(
        ("bitsandbytes",),
        ("int8_channel",),
        ".weight",
        {"scale": (".SCB", ".weight.SCB"), "format": (".weight_format",)},
    ),
    Layout(
        ("bitsandbytes",),
        ("bnb_4bit",),
        ".weight",
        {
            "scale": (".weight.absmax",),
            "scale_scale": (".weight.nested_absmax",),
            "scale_values": (".weight.nested_quant_map",),
            "values": (".weight.quant_map",),
        },
        words=("uint8",),
        besides=(".weight.quant_state.bitsandbytes__nf4", ".weight.quant_state.bitsandbytes__fp4"),
    ),
)
"""What files hold, by method and scheme; a scheme of a method that is not here is not known in files."""

CACHE_SCALES: Final = (".k_scale", ".v_scale", ".kv_scale", ".output_scale")
"""What follows the module's name in the names of scales of cached keys and values, which no total includes."""


def layouts_of(method: str, scheme: Scheme) -> tuple[Layout, ...]:
    """Return what files of a method may hold for a matrix of a scheme; nothing where that is not known."""
    return tuple(each for each in LAYOUTS if method in each.methods and scheme.name in each.schemes)


def is_known(method: str) -> bool:
    """Whether a method is one whose schemes are read."""
    return method in METHODS
