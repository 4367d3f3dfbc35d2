"""Which layers of encoders SGLang's classes quantize, where a checkpoint doesn't say that they are left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.engines.sglang.architectures import names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.spec.model import ModelSpec, Stack
    from llmsim_adapters.spec.quantization import Place, Quantization

_BLOCKS: Final = "blocks"

TAKES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        names("Gemma3ForConditionalGeneration GlmImageForConditionalGeneration Mistral3ForConditionalGeneration"),
        (_BLOCKS,),
    ),
    **dict.fromkeys(
        names("""
            Cosmos3EdgeForConditionalGeneration Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration
            Idefics3ForConditionalGeneration Lfm2VlForConditionalGeneration MllamaForConditionalGeneration
            Qwen2VLForConditionalGeneration Qwen2_5_VLForConditionalGeneration
            TransformersMultiModalEmbeddingModel TransformersMultiModalForCausalLM
            TransformersMultiModalForSequenceClassification TransformersMultiModalMoEEmbeddingModel
            TransformersMultiModalMoEForCausalLM TransformersMultiModalMoEForSequenceClassification
        """),
        (_BLOCKS, "after"),
    ),
    "DeepseekVL2ForCausalLM": ("after",),
    "PaddleOCRVLForConditionalGeneration": ("blocks.attention",),
    "VoxtralForConditionalGeneration": ("blocks.attention",),
}
"""By architecture: the parts of its encoders to whose layers the class hands the quantization, or a kind in them.

Of others it is none, or not known.
"""


_PREFIXES: Final[Mapping[str, str]] = {
    **dict.fromkeys(names("Gemma3ForConditionalGeneration Lfm2VlForConditionalGeneration"), "vision_tower."),
    "MllamaForConditionalGeneration": "vision_model.",
    **dict.fromkeys(
        names("""
            Cosmos3EdgeForConditionalGeneration Glm4vForConditionalGeneration Glm4vMoeForConditionalGeneration
            Qwen2VLForConditionalGeneration Qwen2_5_VLForConditionalGeneration
        """),
        "visual.",
    ),
}
"""What the modules of an encoder begin with in the class, whatever they do in files (models/: add_prefix)."""


def _leaves(spec: ModelSpec, declared: Quantization) -> bool:
    """Whether a list leaves encoders as they are, as the class reads it.

    Model Optimizer's patterns are held against the class's own names (modelopt_quant.py, is_layer_excluded).
    """
    prefix = _PREFIXES.get(spec.architecture)
    if not declared.leaves_towers or declared.method != "modelopt" or not declared.tower_patterns or prefix is None:
        return declared.leaves_towers
    heads = [pattern.partition("*")[0] for pattern in declared.tower_patterns]
    return any(head.startswith(prefix) or prefix.startswith(head) for head in heads)


def with_towers(spec: ModelSpec, declared: Quantization) -> Quantization:
    """Return a declaration by which those parts of encoders are quantized that no list leaves as they are."""
    if declared.scheme is None or not spec.towers or _leaves(spec, declared):
        return declared
    taken = TAKES.get(spec.architecture, ())
    beside = {stack.name for stack in spec.towers}
    bare = {place for place in declared.excluded if place[0] in beside and place[2]}
    excluded = {place for place in declared.excluded if place[0] not in beside} | bare
    for stack in spec.towers:
        excluded |= _left(stack, taken, projectors=declared.leaves_projectors)
    found = frozenset(excluded)
    return declared if found == declared.excluded else replace(declared, excluded=found)


def _left(stack: Stack, taken: tuple[str, ...], *, projectors: bool) -> set[Place]:
    """Return the places of an encoder that are not quantized."""
    left: set[Place] = set()
    for part in ("before", "after"):
        if part not in taken or (projectors and part == "after"):
            left.add((stack.name, part, ""))
    for block in stack.blocks:
        kinds = {mixer.kind for mixer in block.mixers()}
        if _BLOCKS not in taken:
            kept = {kind for kind in kinds if f"{_BLOCKS}.{kind}" not in taken}
            left.update((stack.name, block.name, kind) for kind in ({""} if kept == kinds else kept))
    return left
