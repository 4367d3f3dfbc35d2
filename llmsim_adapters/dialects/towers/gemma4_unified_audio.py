"""Gemma 4's sound without an encoder: raw frames, which the whole model projects. `Gemma4UnifiedAudioConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.model import ModelSpec, Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


def read(r: Reader) -> ModelSpec:
    r.size("audio_embed_dim")
    return ModelSpec(r.model_type, (Stack("encoder", (), (), axis="frames"),))


DIALECT = Dialect(
    "gemma4_unified_audio",
    read,
    {"audio_embed_dim": 640},
    dict.fromkeys(("audio_samples_per_token", "hidden_size", "output_proj_dims"), "audio_embed_dim"),
)
