"""Which rule says what stands beside which quantized matrices, before kernels repack anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Scales, Store
from llmsim_adapters.engines.sglang import beside_matrices
from llmsim_adapters.engines.sglang.architectures import DSA, FUSES_ANY, names
from llmsim_adapters.engines.sglang.conditions import forbids_fusion, mixtures, quantized_by

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked

_HALVES: Final = (
    *("attention.k_proj", "attention.v_proj", "attention.gate_proj", "mlp.up_proj", "shared_experts.up_proj"),
    *(f"gated_delta_net.{name}_proj" for name in "kvga"),
)
"""Matrices that are one with another one here, and share what goes by inputs with it."""

_MERGED: Final = frozenset(
    {
        *(f"attention.{name}" for name in ("q_proj", "k_proj", "v_proj")),
        *(f"{network}.{name}" for network in ("mlp", "shared_experts") for name in ("gate_proj", "up_proj")),
        *(f"gated_delta_net.{name}_proj" for name in "qkvgab"),
        "mixture_of_experts.experts.gate_up_proj",
    }
)
"""Matrices that are one with others here, or checked like those."""

_JOINED: Final = {
    **{f"gated_delta_net.{name}_proj": (place, 2) for place, name in enumerate("ba")},
    **{f"mlp.{name}_proj": (place, 2) for place, name in enumerate(("gate", "up"))},
    **{f"shared_experts.{name}_proj": (place, 2) for place, name in enumerate(("gate", "up"))},
}
"""Matrices that are one with another one as large as they are."""

_ONCE: Final = ("shape", "group_index", "group_order", "pre_quant_scale")
"""What goes by inputs, or is of the whole matrix."""

_FUSABLE: Final = 256


def _modelopt(layout: Asked) -> bool:
    return quantized_by(layout, "modelopt")


def _fused_as_expert(layout: Asked) -> bool:
    """Whether a shared expert is stored as one more routed expert, which kernels for those then read."""
    if not _modelopt(layout) or forbids_fusion(layout) or layout.schedule.ep_size != 1:
        return False
    return all(m.num_experts == _FUSABLE and m.shared is not None for m in mixtures(layout.spec))


def _static_integers(layout: Asked) -> bool:
    """Whether linear layers have 8-bit integers, and inputs with a scale that the checkpoint has."""
    quantization = layout.quantization
    if quantization is None or quantization.method != "compressed-tensors" or quantization.scheme is None:
        return False
    return quantization.scheme.name == "int8_channel"


def _interleaved(layout: Asked) -> bool:
    """Whether the indexer's rotary pairs are interleaved, so that its keys are projected together with its weights."""
    return any(part.kind == "indexer" and getattr(part, "interleaved", False) for part in layout.spec.components())


def _without_biases(layout: Asked) -> bool:
    """Whether compressed-tensors' experts are stored by a method that is for experts with biases."""
    if not quantized_by(layout, "compressed-tensors"):
        return False
    return not any(mixture.expert_bias for mixture in mixtures(layout.spec))


_MAMBA_PARTS: Final = {"mamba2.in_proj": 5, "short_convolution.in_proj": 3}
"""Gate, input, B, C and time steps of a state space, or what goes into and around a convolution: one matrix of the
checkpoint."""

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
        merged=_MERGED,
    ),
    Scales(
        name="scales of experts that are layers of their own",
        source="models/mixtral_quant.py, MixtralMLP: ReplicatedLinear",
        schemes=("fp8_tensor",),
        of="experts",
        architectures=names("QuantMixtralForCausalLM"),
        beside=beside_matrices.fp8_tensor_layers,
    ),
    Scales(
        name="scales of experts' inputs",
        source="layers/quantization/fp8.py, modelopt_quant.py: w13_input_scale",
        schemes=("fp8_tensor",),
        of="experts",
        beside=beside_matrices.fp8_tensor_experts,
    ),
    Scales(
        name="no scales before weights are loaded, 8-bit",
        source="layers/quantization/bitsandbytes.py: the states of matrices come with the checkpoint's weights",
        schemes=("int8_channel",),
        when=lambda layout: quantized_by(layout, "bitsandbytes"),
        beside=beside_matrices.none,
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
        name="packed integers of a shared expert among the routed ones",
        source="models/glm4_moe.py, shared_experts_fusion_disable_reason",
        schemes=("packed_int",),
        of="shared_experts",
        architectures=FUSES_ANY,
        when=lambda layout: layout.schedule.ep_size == 1 and not forbids_fusion(layout),
        beside=beside_matrices.packed_int_fused,
    ),
    Scales(
        name="packed integers of linear layers",
        source="layers/quantization/compressed_tensors/schemes/compressed_tensors_wNa16.py, create_weights",
        schemes=("packed_int",),
        of="linear",
        whole_blocks=True,
        joined=_JOINED,
        beside=beside_matrices.packed_int,
    ),
    Scales(
        name="packed integers of experts",
        source="layers/quantization/compressed_tensors/schemes/compressed_tensors_wNa16_moe.py, create_weights",
        schemes=("packed_int",),
        of="experts",
        beside=beside_matrices.packed_int_experts,
        note="packed experts have the orders of their inputs too, two numbers for each",
    ),
    Scales(
        name="AWQ of linear layers",
        source="layers/quantization/marlin_utils.py, verify_marlin_supports_shape; awq_linear.py, create_weights",
        schemes=("awq",),
        of="linear",
        whole_blocks=True,
        joined=_JOINED,
        whole_words=True,
    ),
    Scales(
        name="AutoRound of experts in AWQ's layout",
        source="layers/quantization/auto_round.py, apply_awq_quant_layer; moe_wna16.py: has_zp",
        schemes=("awq",),
        of="experts",
        when=lambda layout: quantized_by(layout, "auto-round"),
        beside=beside_matrices.auto_round_awq_experts,
    ),
    Scales(
        name="AWQ of experts",
        source="layers/quantization/awq/schemes/awq_moe.py; moe_wna16.py: group_size_div_factor",
        schemes=("awq",),
        of="experts",
        beside=beside_matrices.awq_experts,
    ),
    Scales(
        name="GPTQ of linear layers",
        source="layers/quantization/gptq/schemes/gptq_marlin.py, create_weights",
        schemes=("gptq",),
        of="linear",
        joined=_JOINED,
        beside=beside_matrices.gptq,
    ),
    Scales(
        name="AutoRound of experts",
        source="layers/quantization/auto_round.py, apply_gptq_quant_layer; moe_wna16.py",
        schemes=("gptq",),
        of="experts",
        when=lambda layout: quantized_by(layout, "auto-round"),
        beside=beside_matrices.auto_round_experts,
    ),
    Scales(
        name="GPTQ of experts",
        source="layers/quantization/gptq/schemes/gptq_moe.py, create_weights",
        schemes=("gptq",),
        of="experts",
        beside=beside_matrices.gptq_experts,
        note="experts in GPTQ's format have the scales of all groups on every rank, and the orders of their inputs",
    ),
    Scales(
        name="NVFP4 of experts that are layers of their own",
        source="models/mixtral_quant.py, MixtralMLP: ReplicatedLinear",
        schemes=("nvfp4",),
        of="experts",
        architectures=names("QuantMixtralForCausalLM"),
        beside=beside_matrices.nvfp4,
    ),
    Scales(
        name="NVFP4 of experts",
        source="layers/quantization/modelopt_quant.py: w13_blockscale_swizzled",
        schemes=("nvfp4",),
        of="experts",
        when=_modelopt,
        beside=beside_matrices.nvfp4_experts,
        note="experts in NVFP4 have their scales twice, the second time as kernels read them",
    ),
    Scales(
        name="NVFP4 of a shared expert among the routed ones",
        source="models/deepseek_v2.py, shared_experts_fusion_disable_reason",
        schemes=("nvfp4",),
        of="shared_experts",
        architectures=names("DeepseekV3ForCausalLM GlmMoeDsaForCausalLM"),
        when=_fused_as_expert,
        beside=beside_matrices.nvfp4_experts,
    ),
    Scales(
        name="MXFP4 of experts",
        source="layers/quantization/mxfp4.py, Mxfp4MoEMethod: w13_weight_bias, w2_weight_bias",
        schemes=("mxfp4",),
        of="experts",
        when=_without_biases,
        beside=beside_matrices.mxfp4_experts,
        note="experts in MXFP4 have biases too, unused",
    ),
    Scales(
        name="NVFP4 of linear layers",
        source="layers/quantization/modelopt_quant.py: input_scale, output_partition_sizes",
        schemes=("nvfp4",),
        of="linear",
        when=_modelopt,
        beside=beside_matrices.nvfp4,
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
        beside=beside_matrices.none,
        note="the scales of bitsandbytes' 4-bit matrices are not counted: they are made as weights are loaded",
    ),
    Store(
        name="one for all that is fused",
        source="layers/linear.py: QKVParallelLinear, MergedColumnParallelLinear",
        tensors=tuple(f"{matrix}_{side}" for matrix in _HALVES for side in _ONCE),
        absent=True,
    ),
    Store(
        name="one scale of the inputs of 8-bit integers",
        source="layers/quantization/compressed_tensors/schemes/compressed_tensors_w8a8_int8.py: input_scale",
        tensors=tuple(f"{matrix}_input_scale" for matrix in _HALVES),
        when=_static_integers,
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
