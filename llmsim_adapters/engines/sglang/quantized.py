"""What stands beside quantized matrices, as the classes allocate it before kernels repack anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Held, Scales, Store
from llmsim_adapters.engines.sglang.architectures import DSA, names
from llmsim_adapters.engines.sglang.conditions import quantized_by
from llmsim_adapters.spec.components import MixtureOfExperts
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.engines.rules import Asked, Matrix

_HALVES: Final = ("attention.k_proj", "attention.v_proj", "mlp.up_proj", "shared_experts.up_proj")
"""Matrices that are one with another one here, and share what goes by inputs with it."""

_WORD: Final = 32
_MARLIN: Final = 64
_SMALLEST_GROUP: Final = 32
_NVFP4: Final = 16
_TILE: Final = (128, 4)
_FUSABLE: Final = 256


def _size(matrix: Matrix) -> int:
    """Return how many inputs share a scale; 0: all."""
    return next(side.columns for side in matrix.scheme.sides if side.name == "scale")


def _width(matrix: Matrix) -> int:
    """Return what a rank has of the width of each expert."""
    return matrix.shape[-1] if matrix.across else matrix.shape[-2] // matrix.parts


def _halved(size: int, width: int) -> int:
    """Return the size of groups that a width consists of, halved as often as need be."""
    while size > _SMALLEST_GROUP and width % size:
        size //= 2
    return size


def _groups(matrix: Matrix, *, whole: bool = False) -> int:
    """Return how many whole groups of inputs a rank has, or the `whole` matrix."""
    columns = (matrix.whole if whole else matrix.shape)[-1]
    size = _size(matrix)
    return columns // size if size else 1


def _packed(matrix: Matrix) -> int:
    """Return how many elements are in one integer of 32 bits."""
    return _WORD // BITS[matrix.scheme.dtype]


def _packed_int(matrix: Matrix) -> Iterator[Held]:
    """Rows of compressed-tensors' packed integers; ranks have the scales of all groups where inputs are reordered."""
    *_, rows, columns = matrix.shape
    groups = _groups(matrix, whole=matrix.scheme.reordered)
    yield Held("scale", (rows, groups))
    if any(side.name == "zero_point" for side in matrix.scheme.sides):
        yield Held("zero_point", (rows, groups), matrix.scheme.dtype)
    yield Held("shape", (2,), "int64")
    if matrix.scheme.reordered:
        yield Held("group_index", (columns,), "int32")


def _packed_int_experts(matrix: Matrix) -> Iterator[Held]:
    experts, rows, columns = matrix.shape
    groups = _groups(matrix, whole=matrix.scheme.reordered)
    yield Held("scale", (experts, rows, groups))
    if any(side.name == "zero_point" for side in matrix.scheme.sides):
        yield Held("zero_point", (experts, rows, groups), matrix.scheme.dtype)
    yield Held("shape", (experts, 2))
    yield from _orders(experts, columns)


def _gptq(matrix: Matrix) -> Iterator[Held]:
    *_, rows, columns = matrix.shape
    groups = _groups(matrix, whole=matrix.scheme.reordered)
    yield Held("scale", (rows, groups))
    yield Held("zero_point", (rows, groups), matrix.scheme.dtype)
    yield Held("group_index", (columns,), "int32")


def _gptq_experts(matrix: Matrix) -> Iterator[Held]:
    """Scales of all groups of inputs, but where those are reordered; zero points in the format of unquantized ones."""
    experts, rows, columns = matrix.shape
    groups = _groups(matrix, whole=not matrix.scheme.reordered)
    yield Held("scale", (experts, rows, groups), "float16")
    yield Held("zero_point", (experts, rows // _packed(matrix), groups))
    yield from _orders(experts, columns)


def _auto_round_experts(matrix: Matrix) -> Iterator[Held]:
    """GPTQ's, or no zero points and no orders where Marlin's kernel can't have a rank's part of the width."""
    *stacked, rows, columns = matrix.shape
    size, width = _size(matrix), _width(matrix)
    if width % max(_MARLIN, size):
        yield Held("scale", (*stacked, rows, columns // _halved(size, width)))
    else:
        yield from _gptq_experts(matrix)


def _orders(experts: int, columns: int) -> Iterator[Held]:
    yield Held("group_index", (experts, columns), "int32")
    yield Held("group_order", (experts, columns), "int32")


def _awq_experts(matrix: Matrix) -> Iterator[Held]:
    """Groups that are halved until a rank's part of the width is whole ones, where Marlin's kernel can't have it."""
    experts, rows, columns = matrix.shape
    size, width = _size(matrix), _width(matrix)
    groups = columns // (_halved(size, width) if width % max(_MARLIN, size) else size)
    yield Held("scale", (experts, rows, groups))
    yield Held("zero_point", (experts, rows, groups), matrix.scheme.dtype)


def _nvfp4(matrix: Matrix) -> Iterator[Held]:
    """A scale of the inputs, whether they are quantized or not; of fused matrices, for each part."""
    for side in matrix.scheme.sides:
        parts = 1 if side.rows or side.columns else matrix.parts
        yield Held(side.name, side.shape(matrix.shape, parts), side.dtype)
    names = [side.name for side in matrix.scheme.sides]
    if "global_scale" in names and "input_scale" not in names:
        yield Held("input_scale", (matrix.parts, 1), "float32")


def _nvfp4_experts(matrix: Matrix) -> Iterator[Held]:
    """Scales of the inputs of all experts, and those of groups a second time, in whole tiles as kernels read them."""
    *stacked, rows, columns = matrix.shape
    for side in matrix.scheme.sides:
        if side.name == "scale":
            yield Held(side.name, (*stacked, rows, columns // side.columns), side.dtype)
        elif side.name != "input_scale":
            yield Held(side.name, side.shape(matrix.shape, matrix.parts), side.dtype)
    yield Held("input_scale", (*matrix.whole[:-2], matrix.parts, 1), "float32")
    tall, wide = _TILE
    tiled = (*stacked, ceil_div(rows, tall) * tall, ceil_div(ceil_div(columns, _NVFP4), wide) * wide)
    yield Held("scale_tiled", tiled, "float8_e4m3fn")


def _mxfp4_experts(matrix: Matrix) -> Iterator[Held]:
    """Biases, whether the model has any or not."""
    for side in matrix.scheme.sides:
        yield Held(side.name, side.shape(matrix.shape, matrix.parts), side.dtype)
    yield Held("bias", matrix.shape[:-1])


def _fp8_tensor_experts(matrix: Matrix) -> Iterator[Held]:
    """One scale of the inputs of gate and up together."""
    for side in matrix.scheme.sides:
        parts = 1 if side.name == "input_scale" else matrix.parts
        yield Held(side.name, side.shape(matrix.shape, parts), side.dtype)


def _none(matrix: Matrix) -> Iterator[Held]:
    del matrix
    yield from ()


def _modelopt(layout: Asked) -> bool:
    return quantized_by(layout, "modelopt")


def _fused_as_expert(layout: Asked) -> bool:
    """Whether a shared expert is stored as one more routed expert, which kernels for those then read."""
    schedule = layout.schedule
    if not _modelopt(layout) or layout.options["disable_shared_experts_fusion"] or schedule.deepep:
        return False
    mixtures = [part for part in layout.spec.components() if isinstance(part, MixtureOfExperts)]
    one = all(m.num_experts == _FUSABLE and m.shared is not None for m in mixtures)
    return one and schedule.ep_size == 1


def _interleaved(layout: Asked) -> bool:
    """Whether the indexer's rotary pairs are interleaved, so that its keys are projected together with its weights."""
    return any(part.kind == "indexer" and getattr(part, "interleaved", False) for part in layout.spec.components())


def _without_biases(layout: Asked) -> bool:
    """Whether compressed-tensors' experts are stored by a method that is for experts with biases."""
    if not quantized_by(layout, "compressed-tensors"):
        return False
    return not any(isinstance(part, MixtureOfExperts) and part.expert_bias for part in layout.spec.components())


_MAMBA_PARTS: Final = {"mamba2.in_proj": 5}
"""Gate, input, B, C and time steps of a state space, which are one matrix of the checkpoint."""

QUANTIZED: Final = (
    Scales(
        name="blocks of 128 of fused heads",
        source="models/mimo_v2.py: skip_block_quant_check",
        schemes=("fp8_block",),
        of="linear",
        architectures=names("MiMoV2FlashForCausalLM MiMoV2ForCausalLM"),
        dtype="float32",
    ),
    Scales(
        name="blocks of 128 are whole",
        source="layers/quantization/fp8.py, validate_block_quant_shapes",
        schemes=("fp8_block", "int8_block"),
        dtype="float32",
        whole_blocks=True,
    ),
    Scales(
        name="scales of experts' inputs",
        source="layers/quantization/fp8.py, modelopt_quant.py: w13_input_scale",
        schemes=("fp8_tensor",),
        of="experts",
        beside=_fp8_tensor_experts,
    ),
    Scales(
        name="no scales before weights are loaded, 8-bit",
        source="layers/quantization/bitsandbytes.py: the states of matrices come with the checkpoint's weights",
        schemes=("int8_channel",),
        when=lambda layout: quantized_by(layout, "bitsandbytes"),
        beside=_none,
        note="the scales of bitsandbytes' matrices are not counted: they are made as weights are loaded",
    ),
    Scales(
        name="float32 scales of a rank's part",
        source="layers/quantization/compressed_tensors/schemes/: weight_scale; modelopt_quant.py, create_weights",
        schemes=("fp8_channel", "fp8_tensor", "int8_channel"),
        dtype="float32",
        parts=_MAMBA_PARTS,
    ),
    Scales(
        name="packed integers of linear layers",
        source="layers/quantization/compressed_tensors/schemes/compressed_tensors_wNa16.py, create_weights",
        schemes=("packed_int",),
        of="linear",
        whole_blocks=True,
        beside=_packed_int,
    ),
    Scales(
        name="packed integers of experts",
        source="layers/quantization/compressed_tensors/schemes/compressed_tensors_wNa16_moe.py, create_weights",
        schemes=("packed_int",),
        of="experts",
        beside=_packed_int_experts,
        note="packed experts have the orders of their inputs too, two numbers for each",
    ),
    Scales(
        name="AWQ of linear layers",
        source="layers/quantization/marlin_utils.py, verify_marlin_supports_shape",
        schemes=("awq",),
        of="linear",
        whole_blocks=True,
    ),
    Scales(
        name="AWQ of experts",
        source="layers/quantization/awq/schemes/awq_moe.py; moe_wna16.py: group_size_div_factor",
        schemes=("awq",),
        of="experts",
        beside=_awq_experts,
    ),
    Scales(
        name="GPTQ of linear layers",
        source="layers/quantization/gptq/schemes/gptq_marlin.py, create_weights",
        schemes=("gptq",),
        of="linear",
        beside=_gptq,
    ),
    Scales(
        name="AutoRound of experts",
        source="layers/quantization/auto_round.py, apply_gptq_quant_layer; moe_wna16.py",
        schemes=("gptq",),
        of="experts",
        when=lambda layout: quantized_by(layout, "auto-round"),
        beside=_auto_round_experts,
    ),
    Scales(
        name="GPTQ of experts",
        source="layers/quantization/gptq/schemes/gptq_moe.py, create_weights",
        schemes=("gptq",),
        of="experts",
        beside=_gptq_experts,
        note="experts in GPTQ's format have the scales of all groups on every rank, and the orders of their inputs",
    ),
    Scales(
        name="NVFP4 of experts",
        source="layers/quantization/modelopt_quant.py: w13_blockscale_swizzled",
        schemes=("nvfp4",),
        of="experts",
        when=_modelopt,
        beside=_nvfp4_experts,
        note="experts in NVFP4 have their scales twice, the second time as kernels read them",
    ),
    Scales(
        name="NVFP4 of a shared expert among the routed ones",
        source="models/deepseek_v2.py, shared_experts_fusion_disable_reason",
        schemes=("nvfp4",),
        of="shared_experts",
        architectures=names("DeepseekV3ForCausalLM GlmMoeDsaForCausalLM"),
        when=_fused_as_expert,
        beside=_nvfp4_experts,
    ),
    Scales(
        name="MXFP4 of experts",
        source="layers/quantization/mxfp4.py, Mxfp4MoEMethod: w13_weight_bias, w2_weight_bias",
        schemes=("mxfp4",),
        of="experts",
        when=_without_biases,
        beside=_mxfp4_experts,
        note="experts in MXFP4 have biases too, unused",
    ),
    Scales(
        name="NVFP4 of linear layers",
        source="layers/quantization/modelopt_quant.py: input_scale, output_partition_sizes",
        schemes=("nvfp4",),
        of="linear",
        when=_modelopt,
        beside=_nvfp4,
        parts=_MAMBA_PARTS,
    ),
    Scales(
        name="scales of a rank's part",
        source="layers/quantization/",
        schemes=("nvfp4", "mxfp4", "mxfp8", "w4afp8"),
    ),
    Scales(
        name="no scales before weights are loaded",
        source="layers/quantization/bitsandbytes.py: the states of matrices come with the checkpoint's weights",
        schemes=("bnb_4bit",),
        beside=_none,
        note="the scales of bitsandbytes' 4-bit matrices are not counted: they are made as weights are loaded",
    ),
    Store(
        name="one for all that is fused",
        source="layers/linear.py: QKVParallelLinear, MergedColumnParallelLinear",
        tensors=tuple(f"{matrix}_{side}" for matrix in _HALVES for side in ("shape", "group_index", "pre_quant_scale")),
        absent=True,
    ),
    Store(
        name="the indexer's keys beside its weights",
        source="layers/attention/dsa/dsa_indexer.py: use_dsa_indexer_fusion, wk_weights_proj",
        tensors=("indexer.k_proj",),
        architectures=DSA,
        when=_interleaved,
        dtype="usual",
        note="the indexer's projection of keys is stored unquantized",
    ),
    Store(
        name="no scales of the indexer's keys",
        source="layers/attention/dsa/dsa_indexer.py: wk_weights_proj",
        tensors=("indexer.k_proj_scale",),
        architectures=DSA,
        when=_interleaved,
        absent=True,
    ),
)
"""What stands beside quantized matrices."""
