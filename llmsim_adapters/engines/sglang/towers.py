"""Towers: which ranks split encoders of pictures and sound.

SGLang's attention for pictures is that of a data-parallel group whatever the language model's is; networks and what
projects are split over all ranks, unless a model's file says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Note, Split
from llmsim_adapters.engines.sglang.architectures import (
    GLM4V,
    MUSE_SPARK,
    PLAIN_LINEAR,
    QWEN3_OMNI,
    QWEN3_VL,
    TRANSFORMERS,
    names,
)
from llmsim_adapters.engines.sglang.conditions import has_groups
from llmsim_adapters.engines.sglang.projectors import PROJECTORS
from llmsim_adapters.engines.sglang.tower_tensors import TOWER_TENSORS

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Rule

_OF_TRANSFORMERS: Final = TRANSFORMERS | names("""
    Cohere2VisionForConditionalGeneration JetVLMForConditionalGeneration LlavaLlamaForCausalLM
    LlavaMistralForCausalLM LlavaQwenForCausalLM LlavaVidForCausalLM NVILAForConditionalGeneration
    NVILALiteForConditionalGeneration Qwen2AudioForConditionalGeneration YiVLForCausalLM
""")
"""Whose towers are Transformers' own classes."""

_PLAIN_MODULES: Final = names("""
    DeepseekOCR2ForCausalLM DeepseekOCRForCausalLM DeepseekVL2ForCausalLM KimiK3ForConditionalGeneration
    PixtralForConditionalGeneration UnlimitedOCRForCausalLM
""")
"""Whose towers are made of torch's own modules, which no rank splits."""

_PADDED_HEADS: Final = names("""
    Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration GlmOcrForConditionalGeneration
    InternS1ForConditionalGeneration InternVLChatModel
""")
"""Whose towers get heads that they don't have, so that all ranks have equal numbers of them."""

_PARAKEET: Final = names("""
    NemotronH_Nano_Omni_Reasoning_V3 NemotronH_Nano_VL_V2 NemotronH_Omni_Reasoning_V3
""")
"""Whose encoder of sound is that of transformers, beside an encoder of pictures that ranks split."""

_SPLITS: Final = (
    Note(
        name="encoders on request",
        source="configs/model_config.py, mm_disabled_models; models/inkling.py: build_multimodal",
        architectures=names("InklingForConditionalGeneration"),
        when=lambda layout: bool(layout.spec.towers),
        note="the encoders of pictures and sound are there only with --enable-multimodal; the figures have them",
    ),
    Split(
        name="tower of each rank",
        source="models/cohere2_vision.py, llava.py, nvila.py, qwen2_audio.py, yivl.py: transformers'; transformers.py",
        part="tower",
        over="alone",
        architectures=_OF_TRANSFORMERS,
        note="encoders of pictures and sound are whole on every rank",
    ),
    Split(
        name="towers of each rank",
        source="models/deepseek_vl2.py: timm's; deepseek_ocr.py, unlimited_ocr.py, kimi_k3_vl.py, pixtral.py: torch's",
        part="tower",
        over="alone",
        architectures=_PLAIN_MODULES,
        note="the encoders of pictures are whole on every rank",
    ),
    Split(
        name="encoder of sound of each rank",
        source="models/parakeet.py: the encoder of transformers",
        part="tower",
        over="alone",
        axis="frames",
        architectures=_PARAKEET,
        note="the encoder of sound is whole on every rank",
    ),
    Split(
        name="tower of each rank, with DP attention",
        source="arg_groups/overrides.py, _muse_spark_overrides: mm_enable_dp_encoder",
        part="tower",
        over="alone",
        architectures=MUSE_SPARK,
        when=has_groups,
        note="with DP attention, encoders of pictures and sound are whole on every rank",
    ),
    Split(
        name="tower of all ranks",
        source="models/gemma3n_audio.py, gemma4_vision.py, gemma4_audio.py, voxtral.py, whisper.py: QKVParallelLinear",
        part="tower",
        over="all_apart",
        uneven="refused",
        architectures=PLAIN_LINEAR,
    ),
    Split(
        name="tower of each group, heads padded",
        source="layers/attention/vision_utils.py, update_vit_attn_dummy_heads_config",
        part="tower",
        over="tokens",
        uneven="padded",
        architectures=_PADDED_HEADS,
        note="heads of the encoder of pictures are padded to a multiple of the ranks of a group",
    ),
    Split(
        name="tower of each group, heads padded for all ranks",
        source="models/dots_vlm_vit.py, _update_vision_config: tp_size",
        part="tower",
        over="tokens",
        uneven="padded_for_all",
        architectures=names("DotsOCRForCausalLM DotsVLMForCausalLM"),
        note="heads of the encoder of pictures are padded to a multiple of all ranks",
    ),
    Split(
        name="tower of each group",
        source="layers/attention/vision.py, VisionAttention: attn_tp_size",
        part="tower",
        over="tokens",
        uneven="refused",
    ),
    Split(
        name="networks of the tower of each rank",
        source="models/qwen2_audio.py, transformers.py: its classes; deepseek_ocr.py, dots_vlm_vit.py: torch's",
        part="tower_mlp",
        over="alone",
        architectures=_PLAIN_MODULES
        | _OF_TRANSFORMERS
        | names("DotsOCRForCausalLM DotsVLMForCausalLM KimiK25ForConditionalGeneration MultiModalityCausalLM"),
    ),
    Split(
        name="networks of the encoder of sound of each rank",
        source="models/parakeet.py: the encoder of transformers",
        part="tower_mlp",
        over="alone",
        axis="frames",
        architectures=_PARAKEET,
    ),
    Split(
        name="networks of the tower of each rank, with DP attention",
        source="arg_groups/overrides.py, _muse_spark_overrides: mm_enable_dp_encoder",
        part="tower_mlp",
        over="alone",
        architectures=MUSE_SPARK,
        when=has_groups,
    ),
    Split(
        name="networks of the tower of each group",
        source="models/qwen3_vl.py, _resolve_vision_parallel_group; glm4v.py, minimax_vl_common.py, step3_vl.py",
        part="tower_mlp",
        over="tokens",
        architectures=QWEN3_VL
        | QWEN3_OMNI
        | GLM4V
        | names("KimiVLForConditionalGeneration LocateAnythingForConditionalGeneration")
        | names("MiniMaxM3SparseForConditionalGeneration Step3VLForConditionalGeneration"),
    ),
    Split(
        name="networks of the tower",
        source="layers/linear.py: parallel_group is that of all ranks",
        part="tower_mlp",
        over="all_apart",
    ),
    Split(
        name="attention of each group",
        source="models/clip.py, CLIPEncoderLayer; layers/attention/vision.py, VisionAttention: attn_tp_size",
        part="attention",
        over="tokens",
        architectures=names("CLIPModel"),
    ),
    Split(
        name="embedding of each rank",
        source="models/clip.py, CLIPTextEmbeddings",
        part="embedding",
        over="alone",
        architectures=names("CLIPModel"),
        note="the embedding is whole on every rank",
    ),
)

TOWERS: Final[tuple[Rule, ...]] = (*_SPLITS, *PROJECTORS, *TOWER_TENSORS)
