"""Sounds through transformers' own processors: what is heard of noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

RATE = 16000
"""Samples a second, where a processor doesn't say."""


def noise(seconds: float, rate: int) -> Any:
    """Return samples of noise, the same each time."""
    return np.random.default_rng(20260501).standard_normal(round(seconds * rate)).astype(np.float32) * 0.1


def inputs(processor: Any, seconds: list[float], spec: dict[str, Any]) -> dict[str, Any]:
    """Return what a processor makes of sounds and a text that has a place for each."""
    extractor = processor
    for name in ("feature_extractor", "audio_processor"):
        extractor = getattr(processor, name, extractor)
    rate = getattr(extractor, "sampling_rate", RATE)
    sounds = [noise(length, rate) for length in seconds]
    if spec.get("without_text"):
        return dict(extractor(sounds, sampling_rate=rate, return_tensors="pt", **spec.get("call", {})))
    word = spec.get("word", getattr(processor, "audio_token", None) or "<audio>")
    texts = [word] * len(sounds) if spec.get("texts", True) else [word * len(sounds)]
    settings = {"padding": True, "sampling_rate": rate, **spec.get("call", {})}
    return dict(processor(text=texts, audio=sounds, return_tensors="pt", **settings))


def placeholders(processor: Any, found: dict[str, Any]) -> list[int] | None:
    """Return the tokens of the text that stand for sound, of all sounds together."""
    if "input_ids" not in found:
        return None
    ids = torch.as_tensor(found["input_ids"]).flatten().tolist()
    tokens = processor.tokenizer.convert_ids_to_tokens(ids)
    return [sum(token == getattr(processor, "audio_token", "<audio>") for token in tokens), len(tokens)]
