"""Gemma 4 without encoders: patches and frames are normalised and projected. Source: `Gemma4UnifiedConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import gemma4_unified_text
from llmsim_adapters.dialects.types.gemma4 import projected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from projected(whole, text, "vision_config", "gemma4_unified_vision", "output_proj_dims")
    yield from projected(whole, text, "audio_config", "gemma4_unified_audio", "audio_embed_dim")


DIALECT = gemma4_unified_text.DIALECT.like("gemma4_unified", text_config="text_config", towers=towers)
