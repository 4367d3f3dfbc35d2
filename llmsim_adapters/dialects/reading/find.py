"""Which dialect reads a config: by its `model_type`, without importing any other."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect

TYPE_OF_ARCHITECTURE: Final = {"MiniCPM3ForCausalLM": "minicpm3"}
"""The model type of architectures whose published configs have none."""

ARCHITECTURE_OF_TYPE: Final = {
    "deepseek_vl_v2": "DeepseekVL2ForCausalLM",
    "gemma4_assistant": "Gemma4AssistantForCausalLM",
    "gemma4_unified_assistant": "Gemma4UnifiedAssistantForCausalLM",
    "multi_modality": "MultiModalityCausalLM",
}
"""The architecture of model types whose published configs name none, or whose language model's type is another's."""

DIALECT_OF_ARCHITECTURE: Final = {
    "BailingMoeV2_5ForCausalLM": "bailing_moe_v2_5",
    "BailingMoeV3ForCausalLM": "bailing_moe_v3",
    "BailingMoeV3VLForConditionalGeneration": "bailing_moe_v3",
    "DSparkMiniMaxDraftModel": "minimax_m3_dspark",
    "DeepseekV4ForCausalLMDSpark": "deepseek_v4_dspark",
    "Gemma4AssistantForCausalLM": "gemma4_assistant",
    "Gemma4UnifiedAssistantForCausalLM": "gemma4_unified_assistant",
    "Eagle3DeepseekV2ForCausalLM": "deepseek_eagle3",
    "Eagle3Speculator": "llama_eagle3",
    "IQuestLoopCoderForCausalLM": "iquestloopcoder",
    "LlamaForCausalLMEagle3": "llama_eagle3",
    "LlavaMistralForCausalLM": "llava_mistral",
    "LlavaQwenForCausalLM": "llava_qwen",
    "MossVLForConditionalGeneration": "moss_vl",
    **dict.fromkeys(("Grok1ForCausalLM", "Grok1ModelForCausalLM"), "grok"),
    "PanguProMoEV2ForCausalLM": "pangu_pro_moe_v2",
    "SDARMoeForCausalLM": "sdar_moe",
    "SolarForCausalLM": "solar",
    **dict.fromkeys(
        (
            *("DFlashDraftModel", "DFlashLagunaForCausalLM"),
            *("DFlash2BeamDraftModel", "DFlash2DraftModel", "MiniMaxDFlash2DraftModel"),
            *("DSparkDraftModel", "Lfm2DSparkDraftModel", "LiLiCorrDraftModel", "LingDSparkModel", "Qwen3DSparkModel"),
        ),
        "dflash",
    ),
}
"""The dialects of architectures that are another model than the type that their configs state."""

WHOLE_OF_ARCHITECTURE: Final = {
    "Mistral3ForConditionalGeneration": "mistral3",
    "PixtralForConditionalGeneration": "pixtral_native",
}
"""The type of a whole model, by its architecture, where published configs state that of the language model."""

_MODULES: Final = {
    "NemotronH_Nano_Omni_Reasoning_V3": "nemotron_h_nano_omni_reasoning_v3",
    "NemotronH_Nano_VL_V2": "nemotron_h_nano_vl_v2",
    "PanguEmbedded": "pangu_embedded",
    "RefinedWeb": "refined_web",
    "kosmos-2.5": "kosmos_2_5",
    "pointsv1.5_chat": "pointsv1_5_chat",
}
"""The modules of model types whose name is none of a module."""

_KEYS_OF_FORMAT: Final = {"mistral_params": frozenset({"dim", "n_layers", "n_heads", "hidden_dim"})}
"""What every file of a format has and no `config.json` all of: such files name no architecture."""

_MODULE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,80}")


_PURPOSE: Final = re.compile(
    r"(NextN|MTP|For[A-Z]\w*|(With)?LMHead(Model)?|DoubleHeadsModel|(Bidirectional|Encoder|Decoder)?Model(LM)?(WithLMHead)?)$"
)
"""What stands behind the name of a type in that of a class: what it is for."""


_WRAPPER: Final = re.compile(r"(Transformers(MultiModal)?(MoE)?|MindSpore)(For[A-Z]\w*|EmbeddingModel)$|TorchNative")
"""The names under which servers run a model of any type by another implementation's class, or begin them."""


_LONGEST_NAME: Final = 256


@lru_cache(maxsize=1024)
def bare(name: str) -> str:
    """Return the name of a class or a type in small letters and numbers alone.

    A class's is without what it is for and what runs it, so that a wrapper's of any type is empty.
    """
    if len(name) > _LONGEST_NAME:
        return name
    stem = _PURPOSE.sub("", _WRAPPER.sub("", name)).lower().removesuffix("_model")
    return "".join(c for c in stem if c.isalnum())


@cache
def declared_types(folder: str = "types") -> frozenset[str]:
    """Return the model types that the package declares, read off the names of their modules."""
    names = os.listdir(os.path.join(os.path.dirname(os.path.dirname(__file__)), folder))
    return frozenset(name[:-3] for name in names if name.endswith(".py") and name[0].isalpha())


@cache
def built_in(model_type: str, folder: str = "types") -> Dialect | None:
    """Return the package's own dialect of a model type, or None; those of `towers` are in a folder of their own."""
    name = _MODULES.get(model_type) or model_type.replace("-", "_")
    if not _MODULE_NAME.fullmatch(name) or name not in declared_types(folder):
        return None
    dialect: Dialect = import_module(f"llmsim_adapters.dialects.{folder}.{name}").DIALECT
    return dialect


def dialect(model_type: str) -> Dialect:
    """Return the package's own dialect of a model type, to make one that is `like` it.

    Raises:
        LookupError: the package declares no such type.
    """
    found = built_in(model_type)
    if found is None:
        message = f"no model type {model_type!r} is declared; docs/model-types.md lists those that are"
        raise LookupError(message)
    return found


def of_format(config: Mapping[str, Any]) -> Dialect | None:
    """Return the dialect of a file other than `config.json`, which its keys give away; None where it is none."""
    if config.get("architectures") is None and config.get("model_type") in (None, "transformer"):
        for name, keys in _KEYS_OF_FORMAT.items():
            if config.keys() >= keys:
                return built_in(name, "formats")
    return None


@cache
def inferring() -> Dialect:
    """Return the dialect of the types that nobody declared, which only their configs import."""
    dialect: Dialect = import_module("llmsim_adapters.dialects.inferring").DIALECT
    return dialect


def find(model_type: str, plugged: Mapping[str, Dialect]) -> Dialect | None:
    """Return the dialect of a model type: one that a plugin brought, else the package's own."""
    return plugged.get(model_type) or built_in(model_type)
