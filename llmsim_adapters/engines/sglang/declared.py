"""What SGLang takes a checkpoint's declared quantization for, where that is not what the checkpoint holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.engines.sglang.architectures import FUSES_ANY, names
from llmsim_adapters.engines.sglang.conditions import forbids_fusion, fuses_shared_expert
from llmsim_adapters.spec.components import MixtureOfExperts
from llmsim_adapters.spec.quantization import HEAD, Assigned, Scheme, Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.engines.rules import Asked
    from llmsim_adapters.spec.model import Block, ModelSpec
    from llmsim_adapters.spec.quantization import Place, Quantization

DECLARED: Final = frozenset({"", "quantization_config", "hf_quant_config.json"})
"""Where it looks for what declares a quantization (configs/model_config.py, _parse_quant_hf_config)."""

_OF_TEXT: Final = names("""
    Glm5NextForConditionalGeneration InklingForConditionalGeneration KimiK25ForConditionalGeneration
    KimiK3ForConditionalGeneration
""")
"""Of which it looks into the language model's own config, too (configs/kimi_k25.py, kimi_k3.py, glm5_next.py)."""

_ASKED: Final = {
    **dict.fromkeys(("gptq", "gptq_marlin", "moe_wna16"), ("quantize_config.json",)),
    "awq": ("quant_config.json", "quantize_config.json"),
    "awq_marlin": ("quantize_config.json",),
}
"""The files in which it looks for what a method needs once it is asked for the method (`get_config_filenames` of the
classes in layers/quantization/)."""

_BY_MAPPING: Final = frozenset({"compressed-tensors", "quark", "w8a8_int8"})
"""The methods whose exceptions find parts of a fused matrix by the class's own mapping alone."""

_BY_PARTS: Final = frozenset({"fp8", "mxfp4", "w4afp8", "blockwise_int8"})
"""Those whose exceptions name the parts of a fused matrix, and not itself (quantization/utils.py, is_layer_skipped)."""

_FUSED_IN_FILES: Final = names("Phi3ForCausalLM Phi3SmallForCausalLM")
"""Whose checkpoints have fused matrices too, so that their lists name those."""

_MIXED: Final = "modelopt"
"""That whose algorithms, module by module, do too."""

_PLAIN_HEADS: Final = frozenset({"bitsandbytes", "compressed-tensors", "quark"})
"""The methods that have no head quantized that is not named (compressed_tensors.py, get_lm_head_scheme), or none at all
(bitsandbytes.py and quark.py have linear layers alone)."""

_WITHOUT_LISTS: Final = frozenset({"w4afp8", "w8a8_fp8"})
"""Formats and methods whose lists of exceptions nothing reads (w4afp8.py and w8a8_fp8.py, from_config)."""

_LISTS: Final = {"awq": "modules_to_not_convert", "blockwise_int8": "ignored_layers", "w8a8_int8": "ignore"}
"""The one key whose list is read, of methods that don't read every one (awq.py, blockwise_int8.py, w8a8_int8.py)."""


def _list_of(declared: Quantization) -> str:
    """Return the key whose list is read: of Model Optimizer's 8-bit floats in a config `ignore` alone.

    Source: modelopt_quant.py, ModelOptFp8Config.from_config.
    """
    floats = declared.scheme is not None and declared.scheme.name == "fp8_tensor"
    if declared.method == _MIXED and declared.place == "quantization_config" and floats:
        return "ignore"
    return _LISTS.get(declared.method, declared.excepting)


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

_PARTS: Final = frozenset({*_FUSED, *(f"gated_delta_net.{name}_proj" for name in "qkvgab")})
"""Parts of fused matrices, of which AutoRound's class finds nothing (auto_round.py, get_layer_config: no mapping)."""


_FP8: Final = "float8_e4m3fn"
_BLOCKS: Final = Scheme("fp8_block", _FP8, (Side("scale", "float32", 128, 128),), inputs=_FP8)
_W4AFP8: Final = Scheme("w4afp8", "int4", (Side("scale", "float32", 1, 128), Side("input_scale", "")), inputs=_FP8)
"""What W4AFP8 stores: all but experts in 8-bit floats (layers/quantization/w4afp8.py)."""

_MIXTRAL: Final = frozenset({"fp8", "compressed-tensors", "gptq", "awq"})
"""The methods that its usual class of Mixtral has (model_loader/utils.py, mixtral_supported)."""

_EXPERTS: Final = "mixture_of_experts.experts"
_SHARED: Final = "mixture_of_experts.shared_experts"


def takes_for(spec: ModelSpec) -> str:
    """Return the architecture whose class it takes: Mixtral has another one for some methods."""
    quantization = spec.quantization
    if spec.architecture != "MixtralForCausalLM" or quantization is None or quantization.place not in DECLARED:
        return spec.architecture
    return spec.architecture if quantization.method in _MIXTRAL else "QuantMixtralForCausalLM"


def read(layout: Asked, declared: Quantization) -> Quantization | None:
    """Return what the classes are built by: None where nothing reads the declaration.

    Files beside the config, but for Model Optimizer's, are read where the option `quantization` asks for their method.
    """
    asked = str(layout.options["quantization"])
    of_text = declared.place.startswith("text_config.") and layout.spec.architecture in _OF_TEXT
    if not of_text and declared.place not in DECLARED and declared.place not in _ASKED.get(asked, ()):
        return None
    taken = _with_towers(layout.spec, _taken(layout.spec, declared))
    fuses = layout.spec.architecture in FUSES_ANY and layout.schedule.ep_size == 1 and not forbids_fusion(layout)
    if fuses or (declared.method == "fp8" and fuses_shared_expert(layout)):
        return _with_shared_experts(layout.spec, taken)
    return taken


def _with_towers(spec: ModelSpec, quantization: Quantization) -> Quantization:
    from llmsim_adapters.engines.sglang.quantized_towers import with_towers  # not for a model that has none

    return with_towers(spec, quantization)


def _taken(spec: ModelSpec, declared: Quantization) -> Quantization:
    """Return what is quantized of a declaration that is read.

    GPTQ's list of the modules that are quantized is not read: all are, and routed experts by the base rule alone
    (layers/quantization/gptq/). Where a class doesn't say which matrices it fuses, what is said of parts is not found:
    exceptions, so that they are quantized (compressed_tensors/utils.py, should_ignore_layer), or algorithms, so that
    they are not (modelopt_quant.py, ModelOptMixedPrecisionConfig), unless the fused matrix itself is named. Where names
    are asked for, patterns name nothing (quantization/utils.py, is_layer_skipped).
    """
    if declared.by_pattern:
        declared = replace(declared, excluded=declared.excluded - (declared.by_pattern - {HEAD}))
    if declared.method in _PLAIN_HEADS:
        declared = _with_a_plain_head(declared)
    unread = declared.excepting not in ("", _list_of(declared))
    if unread and declared.tower_patterns:
        declared = replace(declared, leaves_towers=False, leaves_projectors=False)
    if unread or not _WITHOUT_LISTS.isdisjoint((declared.method, *(scheme.name for scheme in declared.schemes))):
        beside = {stack.name for stack in spec.towers}
        kept = frozenset([place for place in declared.excluded if place == HEAD or place[0] in beside])
        return declared if kept == declared.excluded else replace(declared, excluded=kept)
    if declared.method == "gptq":
        if declared.scheme is None and declared.others:
            *others, rest = declared.others
            declared = replace(declared, scheme=rest.scheme, others=tuple(others))
        return _experts_by_the_base_rule(spec, declared)
    if declared.method == "auto-round":
        found = tuple(Assigned(scheme, places - _parts(places)) for scheme, places in declared.others)
        return replace(declared, excluded=declared.excluded - _parts(declared.excluded), others=found)
    if declared.method == "mxfp4":
        declared = _of_linear_layers(spec, declared)
    if declared.method in _BY_PARTS and spec.architecture in _FUSED_IN_FILES:
        kept = frozenset([place for place in declared.excluded if place[2] not in _FUSED])
        return declared if kept == declared.excluded else replace(declared, excluded=kept)
    if declared.method in _BY_MAPPING:
        kept = _found(spec, declared.excluded)
        return declared if kept == declared.excluded else replace(declared, excluded=kept)
    if declared.method == _MIXED and declared.scheme is None and not any(s.name == "nvfp4" for s in declared.schemes):
        return _as_w4afp8(spec, declared)
    if declared.method == _MIXED and declared.scheme is None:
        found = tuple(Assigned(scheme, _found(spec, places)) for scheme, places in declared.others)
        return declared if found == declared.others else replace(declared, others=found)
    return declared


def _as_w4afp8(spec: ModelSpec, declared: Quantization) -> Quantization:
    """Return what a mixture without NVFP4 is taken for (configs/model_config.py, _parse_modelopt_quant_config)."""
    experts = frozenset([(*at, _EXPERTS) for at in _mixtures(spec)])
    return replace(declared, scheme=_BLOCKS, others=(Assigned(_W4AFP8, experts),), excluded=frozenset({HEAD}))


def _with_a_plain_head(declared: Quantization) -> Quantization:
    """Return a declaration whose head is not quantized, but where compressed-tensors has a group that names it."""
    named = any(HEAD in places for _, places in declared.others)
    if HEAD in declared.excluded or (named and declared.method == "compressed-tensors"):
        return declared
    return replace(declared, excluded=declared.excluded | {HEAD})


def _mixtures(spec: ModelSpec) -> dict[tuple[str, str], Block]:
    """Return the blocks that have routed experts, by stack and name."""
    return {
        (stack.name, block.name): block
        for stack in spec.stacks
        for block in stack.blocks
        if any(isinstance(mixer, MixtureOfExperts) for mixer in block.mixers())
    }


def _of_linear_layers(spec: ModelSpec, declared: Quantization) -> Quantization:
    """Return a declaration whose exceptions are not about routed experts (mxfp4.py, get_quant_method)."""
    kept = frozenset([place for place in declared.excluded if not place[2].startswith(_EXPERTS)])
    whole = {place for place in kept if place[2] in ("", "mixture_of_experts") and place[:2] in _mixtures(spec)}
    return replace(declared, excluded=kept - whole)


def _experts_by_the_base_rule(spec: ModelSpec, declared: Quantization) -> Quantization:
    """Return a declaration of whose rules none is about routed experts."""
    blocks = _mixtures(spec)
    if declared.scheme is None or not any(place[:2] in blocks for place in _said(declared)):
        return declared
    excluded: set[Place] = set()
    for stack, name, module in declared.excluded:
        block = blocks.get((stack, name))
        if block is None or not (_EXPERTS.startswith(module) or module.startswith(_EXPERTS)):
            excluded.add((stack, name, module))
        elif not module.startswith(_EXPERTS):  # what else is in the layer, or in the mixture
            kinds = {mixer.kind for mixer in block.mixers()} if not module else {module}
            inside = {*(kinds - {"mixture_of_experts"}), *((_SHARED,) if "mixture_of_experts" in kinds else ())}
            excluded.update((stack, name, each) for each in inside)
    of_experts = Assigned(declared.scheme, frozenset([(*at, _EXPERTS) for at in blocks]))
    return replace(declared, excluded=frozenset(excluded), others=(of_experts, *declared.others))


def _with_shared_experts(spec: ModelSpec, declared: Quantization) -> Quantization:
    """Return a declaration in which shared experts are stored as the routed ones are, among which they are."""
    others, excluded = list(declared.others), set(declared.excluded)
    for stack, name in _mixtures(spec):
        scheme = declared.scheme_of(stack, name, f"{_EXPERTS}.down_proj")
        if scheme is not None and declared.scheme_of(stack, name, f"{_SHARED}.down_proj") != scheme:
            excluded -= {place for place in excluded if place[:2] == (stack, name) and place[2].startswith(_SHARED)}
            others.insert(0, Assigned(scheme, frozenset({(stack, name, _SHARED)})))
    return replace(declared, others=tuple(others), excluded=frozenset(excluded))


def _said(declared: Quantization) -> Iterator[Place]:
    yield from declared.excluded
    for _, places in declared.others:
        yield from places


def _parts(places: frozenset[Place]) -> set[Place]:
    return {place for place in places if place[2] in _PARTS}


def _found(spec: ModelSpec, places: frozenset[Place]) -> frozenset[Place]:
    """Return the places that a class finds: not parts of a fused matrix that neither it nor the checkpoint names."""
    unnamed = {part for part, fused in _FUSED.items() if spec.architecture not in _NAMES[fused]}
    return frozenset([place for place in places if place[2] not in unnamed or (*place[:2], _FUSED[place[2]]) in places])


def differs(spec: ModelSpec, taken: Quantization | None) -> bool:
    """Whether other modules are quantized than the checkpoint says; of encoders it may say nothing."""
    said = spec.quantization
    if taken is None or said is None:
        return False
    return taken != (said if said.quantizes_towers else _with_towers(spec, said))
