"""What stands behind an encoder's layers (mergers, projectors, poolings), where ranks split it by rules of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Store
from llmsim_adapters.engines.sglang.architectures import GLM4V, MUSE_SPARK, QWEN3_OMNI, QWEN3_VL, names
from llmsim_adapters.engines.sglang.conditions import has_groups
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked

_MERGERS: Final = range(1, 33)
"""The mergers of patches that names are made for, each two projections."""

_DEEPEST: Final = 4
"""How many projections behind mergers rules are made for."""


def _projection(number: int) -> str:
    return "vision/after/projection" if number == 1 else f"vision/after/projection_{number}"


def _merger(number: int) -> tuple[str, ...]:
    """The tensors of a merger that are split: the first projection's rows, and the second one's columns."""
    first = _projection(2 * number - 1)
    return f"{first}.weight", f"{first}.weight.bias", _second_of(number)


def _second_of(number: int) -> str:
    return f"{_projection(2 * number)}.weight"


def _of_second_stack(tensors: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([name.replace("vision/", "vision_2/") for name in tensors])


def _behind(mergers: int) -> Store:
    """Return the rule of what projects the results of so many mergers, each of which has a norm."""

    def has_as_many(layout: Asked) -> bool:
        after = [part for stack in layout.spec.towers if stack.axis == "patches" for part in stack.after]
        return sum(isinstance(part, Norm) for part in after) == mergers

    first = 2 * mergers + 1
    return Store(
        name=f"projections behind {mergers} mergers, of each rank",
        source="models/bailing_mm.py, bailing_mm_v3.py: linear_proj",
        tensors=tuple(f"{_projection(first + i)}.weight{bias}" for i in range(_DEEPEST) for bias in ("", ".bias")),
        architectures=names("BailingMM2NativeForConditionalGeneration BailingMoeV3VLForConditionalGeneration"),
        over="none",
        when=has_as_many,
    )


_EACH_MERGER: Final = tuple(name for number in _MERGERS for name in _merger(number))
_EACH_SECOND: Final = tuple(_second_of(number) for number in _MERGERS)

PROJECTORS: Final = (
    *map(_behind, range(1, 6)),
    Store(
        name="mergers of all ranks",
        source="models/qwen2_vl.py, models/qwen2_5_vl.py, models/moss_vl.py: PatchMerger",
        tensors=_merger(1),
        summed=(_second_of(1),),
        architectures=names(
            "BailingMMNativeForConditionalGeneration MossVLForConditionalGeneration Qwen2VLForConditionalGeneration "
            "Qwen2_5_VLForConditionalGeneration Sarashina2VisionForCausalLM"
        ),
        over="all",
    ),
    Store(
        name="projector of all ranks",
        source="models/lfm2_vl.py, Lfm2VlMultiModalProjector; models/cosmos3_edge.py: projector",
        tensors=_merger(1),
        summed=(_second_of(1),),
        architectures=names("Cosmos3EdgeForConditionalGeneration Lfm2VlForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="mergers of all ranks, several",
        source="models/qwen3_omni_moe.py, Qwen3OmniMoeVisionPatchMerger; models/points_v15_chat.py",
        tensors=_EACH_MERGER,
        summed=_EACH_SECOND,
        architectures=QWEN3_OMNI | names("POINTSV15ChatModel"),
        over="all",
    ),
    Store(
        name="projections of sound of all ranks",
        source="models/midashenglm.py, AudioProjectorSubsample: ColumnParallelLinear, RowParallelLinear",
        tensors=("audio/after/projection.weight", "audio/after/projection_2.weight"),
        summed=("audio/after/projection_2.weight",),
        architectures=names("MiDashengLMModel"),
        over="all",
    ),
    Store(
        name="no pooling of pictures",
        source="models/phi4mm.py: Idefics2VisionTransformer without post_layernorm and head",
        tensors=(
            *(f"vision/after/{part}.weight{bias}" for part in ("norm", "norm_2") for bias in ("", ".bias")),
            "vision/after/learned_tokens.weight",
            *(f"vision/after/attention.{part}_proj{bias}" for part in "qkvo" for bias in ("", ".bias")),
            *(f"vision/after/mlp.{part}_proj{bias}" for part in ("up", "down") for bias in ("", ".bias")),
        ),
        architectures=names("Phi4MMForCausalLM"),
        absent=True,
        note="the head that pools pictures is not loaded, nor is the norm before it",
    ),
    Store(
        name="projection of all ranks",
        source="models/step3_vl_10b.py, vit_large_projector; models/step3p7.py: ColumnParallelLinear",
        tensors=("vision/after/projection.weight",),
        architectures=names("Step3p7ForConditionalGeneration StepVLForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="resampler of all ranks",
        source="models/ernie45_vl.py, VariableResolutionResamplerModel: ColumnParallelLinear",
        tensors=tuple(f"{_projection(number)}.{part}" for number in range(1, 6) for part in ("weight", "weight.bias")),
        architectures=names("Ernie4_5_VLMoeForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="projections of all ranks, the first two",
        source="models/muse_glimmer.py: ColumnParallelLinear, RowParallelLinear",
        tensors=_merger(1),
        architectures=names("MuseGlimmerForConditionalGeneration"),
        over="all",
    ),
    Store(
        name="patches and projections of all ranks",
        source="layers/muse_spark/muse_spark_navit.py, models/muse_spark_omni.py: parallel_group of attn_tp",
        tensors=("vision/before/projection.weight", *_merger(1), f"{_projection(3)}.weight"),
        summed=(_second_of(1), f"{_projection(3)}.weight"),
        architectures=MUSE_SPARK,
        when=lambda layout: not has_groups(layout),
        over="all",
    ),
    Store(
        name="mergers of all ranks, of windows and of patches",
        source="models/minicpmv.py, MiniCPMV4_6: ViTWindowAttentionMerger, DownsampleMLP",
        tensors=(*_EACH_MERGER, *_of_second_stack(_EACH_MERGER)),
        architectures=names("MiniCPMV4_6ForConditionalGeneration MiniCPMV4_7ForConditionalGeneration"),
        summed=(*_EACH_SECOND, *_of_second_stack(_EACH_SECOND)),
        over="all",
    ),
    Store(
        name="pooling of each rank",
        source="models/deepseek_janus_pro.py, AttentionPoolLatent",
        tensors=tuple(
            f"vision/after/attention.{name}{bias}"
            for name in ("q_proj", "k_proj", "v_proj", "o_proj")
            for bias in ("", ".bias")
        ),
        architectures=names("MultiModalityCausalLM"),
        over="none",
    ),
    Store(
        name="mergers of each group",
        source="models/qwen3_vl.py, Qwen3VLMoeVisionPatchMerger; models/minimax_vl_common.py: attn_tp",
        tensors=_EACH_MERGER,
        summed=_EACH_SECOND,
        architectures=QWEN3_VL | names("MiniMaxM3SparseForConditionalGeneration"),
        over="tokens",
    ),
    Store(
        name="norm of the merger in float32",
        source="models/glm4v.py, Glm4vPatchMerger: LayerNorm",
        tensors=("vision/after/norm_2.weight", "vision/after/norm_2.weight.bias"),
        architectures=GLM4V,
        dtype="float32",
    ),
    Store(
        name="results of the conformer of all ranks",
        source="models/gemma4_audio.py: output_proj",
        tensors=("audio/after/projection.weight",),
        summed=("audio/after/projection.weight",),
        architectures=names("Gemma4ForConditionalGeneration"),
        over="all",
    ),
)
