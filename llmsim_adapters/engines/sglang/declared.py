"""What SGLang takes a checkpoint's declared quantization for, where that is not what the checkpoint holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.sglang.architectures import names
from llmsim_adapters.spec.quantization import Assigned
from llmsim_adapters.spec.quick import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.spec.model import ModelSpec
    from llmsim_adapters.spec.quantization import Place, Quantization

DECLARED: Final = frozenset({"", "quantization_config", "hf_quant_config.json"})
"""Where it looks for what declares a quantization (configs/model_config.py, _parse_quant_hf_config)."""

_ASKED: Final = {
    **dict.fromkeys(("gptq", "gptq_marlin", "moe_wna16"), ("quantize_config.json",)),
    "awq": ("quant_config.json", "quantize_config.json"),
    "awq_marlin": ("quantize_config.json",),
}
"""The files in which it looks for what a method needs once it is asked for the method (`get_config_filenames` of the
classes in layers/quantization/)."""

_BY_MAPPING: Final = frozenset({"compressed-tensors", "w8a8_int8"})
"""The methods whose exceptions find parts of a fused matrix by the class's own mapping alone."""

_MIXED: Final = "modelopt"
"""That whose algorithms, module by module, do too."""

_NAMES_PARTS: Final = names("""
    BeamForCausalLM Cohere2MoeForCausalLM Cohere2VisionForConditionalGeneration DeciLMForCausalLM
    DiffusionGemmaForBlockDiffusion EmbeddingGemmaModel Ernie4_5_ForCausalLM Ernie4_5_MoeForCausalLM
    Exaone4ForCausalLM Gemma2ForCausalLM Gemma3ForCausalLM Gemma3ForConditionalGeneration Gemma3nForCausalLM
    Gemma3nForConditionalGeneration Gemma4AssistantForCausalLM Gemma4ForCausalLM Gemma4ForConditionalGeneration
    Gemma4UnifiedAssistantForCausalLM Gemma4UnifiedForConditionalGeneration GemmaForCausalLM
    Glm5NextForConditionalGeneration Glm5NextForConditionalGenerationNextN HunYuanDenseV1ForCausalLM
    HunYuanMoEV1ForCausalLM InternS2MobiusForConditionalGeneration InternS2PreviewForConditionalGeneration
    K2HorizonForCausalLM KimiK3ForConditionalGeneration LagunaForCausalLM Llama4ForCausalLM
    Llama4ForConditionalGeneration MellumForCausalLM MiniCPMV MiniCPMV4_6ForConditionalGeneration
    MiniCPMV4_7ForConditionalGeneration MiniMaxM2ForCausalLM MiniMaxM3SparseForCausalLM
    MiniMaxM3SparseForConditionalGeneration MuseGlimmerForCausalLM MuseGlimmerForConditionalGeneration
    MuseSparkForConditionalGeneration Phi4MMForCausalLM Qwen3MoeForCausalLM Qwen3MoeForCausalLMMTP
    Qwen3NextForCausalLM Qwen3NextForCausalLMMTP Qwen3_5ForCausalLM Qwen3_5ForCausalLMMTP
    Qwen3_5ForConditionalGeneration Qwen3_5MoeForCausalLM Qwen3_5MoeForConditionalGeneration Qwen4ExpForCausalLMMTP
    Qwen4ExpForConditionalGeneration SolarForCausalLM XllmForCausalLM
""")
"""Whose class says of which parts its fused matrices of queries, keys and values, and of gate and up, are."""

_NAMES: Final = {
    "attention.qkv_proj": _NAMES_PARTS
    | names("""
        GraniteMoeHybridForCausalLM NemotronHForCausalLM NemotronHForCausalLMMTP NemotronHPuzzleForCausalLM
        NemotronH_Omni_Reasoning_V3 PhiForCausalLM
    """),
    "mlp.gate_up_proj": _NAMES_PARTS
    | names("""
        BaichuanForCausalLM BailingMoeForCausalLMNextN BailingMoeV2_5ForCausalLM HYV4ForCausalLM HYV4ForCausalLMNextN
        PaddleOCRVLForConditionalGeneration Qwen2_5_VLForConditionalGeneration
    """),
}
"""The same, by the fused matrix: some say it of one alone (`packed_modules_mapping` of the classes in models/)."""

_FUSED: Final = {
    **dict.fromkeys(("attention.q_proj", "attention.k_proj", "attention.v_proj"), "attention.qkv_proj"),
    **dict.fromkeys(("mlp.gate_proj", "mlp.up_proj"), "mlp.gate_up_proj"),
}
"""By module of a checkpoint: the fused matrix that it is a part of there."""


def read(spec: ModelSpec, declared: Quantization, options: Mapping[str, bool | int | str]) -> Quantization | None:
    """Return what the classes are built by: None where nothing reads the declaration.

    Files beside the config, but for Model Optimizer's, are read where the option `quantization` asks for their method.
    GPTQ's list of the modules that are quantized is not read: all are (layers/quantization/gptq/). Where a class
    doesn't say which matrices it fuses, what is said of parts is not found: exceptions, so that they are quantized
    (compressed_tensors/utils.py, should_ignore_layer), or algorithms, so that they are not (modelopt_quant.py,
    ModelOptMixedPrecisionConfig), unless the fused matrix itself is named.
    """
    if declared.place not in DECLARED and declared.place not in _ASKED.get(str(options["quantization"]), ()):
        return None
    if declared.method == "gptq" and declared.scheme is None and declared.others:
        *others, rest = declared.others
        return replace(declared, scheme=rest.scheme, others=tuple(others))
    if declared.method in _BY_MAPPING:
        kept = _found(spec, declared.excluded)
        return declared if kept == declared.excluded else replace(declared, excluded=kept)
    if declared.method == _MIXED and declared.scheme is None:
        found = tuple(Assigned(scheme, _found(spec, places)) for scheme, places in declared.others)
        return declared if found == declared.others else replace(declared, others=found)
    return declared


def _found(spec: ModelSpec, places: frozenset[Place]) -> frozenset[Place]:
    """Return the places that a class finds: not parts of a fused matrix that neither it nor the checkpoint names."""
    unnamed = {part for part, fused in _FUSED.items() if spec.architecture not in _NAMES[fused]}
    return frozenset([place for place in places if place[2] not in unnamed or (*place[:2], _FUSED[place[2]]) in places])


def differs(spec: ModelSpec, taken: Quantization | None) -> bool:
    """Whether other modules are quantized than the checkpoint says."""
    return taken is not None and taken != spec.quantization
