"""The family of an architecture, by how its name begins."""

from __future__ import annotations

import re
from typing import Final

_FAMILIES: Final = {
    "afmoe": "AFMoE", "apertus": "Apertus", "arcee": "Arcee", "baichuan": "Baichuan", "bailing": "Bailing",
    "beam": "Beam", "bert": "BERT", "chatglm": "GLM", "clip": "CLIP", "cohere": "Cohere", "cosmos": "Cosmos",
    "dbrx": "DBRX", "deepseek": "DeepSeek", "dflash": "DFlash", "dots": "Dots", "dspark": "DSpark",
    "embeddinggemma": "Gemma", "ernie": "ERNIE", "exaone": "EXAONE", "falcon": "Falcon", "gemma": "Gemma",
    "gigachat": "GigaChat", "glm": "GLM", "gpt": "GPT", "granite": "Granite", "grok": "Grok", "hrm": "HRM",
    "hunyuan": "Hunyuan", "inkling": "Inkling", "intern": "Intern", "iquest": "IQuest", "jet": "Jet",
    "kimi": "Kimi", "laguna": "Laguna", "lfm": "LFM", "lighton": "LightOn", "lilicorr": "LiLiCorr",
    "ling": "Bailing", "llada": "LLaDA", "llama": "Llama", "llava": "LLaVA",
    "locateanything": "LocateAnything", "longcat": "LongCat", "mamba": "Mamba", "mellum": "Mellum",
    "midasheng": "MiDashengLM", "mimo": "MiMo", "mindspore": "MindSpore", "minicpm": "MiniCPM",
    "minimax": "MiniMax", "ministral": "Mistral", "mistral": "Mistral", "mixtral": "Mixtral",
    "mllama": "Llama", "moss": "MOSS", "muse": "Muse", "nanbeige": "Nanbeige", "nemotron": "Nemotron",
    "nvila": "NVILA", "olmo": "OLMo", "opt": "OPT", "orion": "Orion", "paddleocr": "PaddleOCR",
    "persimmon": "Persimmon", "phi": "Phi", "pixtral": "Mistral", "points": "POINTS", "qwen": "Qwen",
    "roberta": "BERT", "sarashina": "Sarashina", "sarvam": "Sarvam", "sdar": "SDAR", "solar": "Solar",
    "spark": "Spark", "stablelm": "StableLM", "starcoder": "StarCoder", "step": "Step", "teleflm": "Tele-FLM",
    "torchnative": "TorchNative", "transformers": "Transformers", "unlimitedocr": "UnlimitedOCR",
    "voxtral": "Mistral", "whisper": "Whisper", "xllm": "xLLM", "xverse": "XVERSE", "yivl": "Yi",
    "zaya": "ZAYA",
}  # fmt: skip
"""The start of an architecture's name, or failing that of its module's, in lower case, and its family."""


def family(architecture: str, module: str) -> str:
    """Return the family of an architecture; that of a name that nobody knows is its module."""
    own = module.rpartition(".")[2]
    for name in (architecture, own):
        plain = re.sub(r"[^a-z0-9]", "", name.lower())
        for start in sorted(_FAMILIES, key=len, reverse=True):
            if plain.startswith(start):
                return _FAMILIES[start]
    return own
