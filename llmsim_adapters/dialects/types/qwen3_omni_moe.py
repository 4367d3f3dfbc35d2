"""Qwen3-Omni: its thinker, with encoders of pictures and of sound. Source: transformers `Qwen3OmniMoeConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN3_OMNI, resized
from llmsim_adapters.dialects.assembly.sound import convolved
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3_omni_moe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(thinker: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(thinker, "vision_config", "qwen3_omni_moe_vision_encoder", fixed=True)
    if vision is not None:
        yield vision.running(resized(thinker, vision.r, QWEN3_OMNI)).stack
    sound = tower(thinker, "audio_config", "qwen3_omni_moe_audio_encoder", fixed=True)
    if sound is not None:
        yield sound.running(convolved(thinker, sound.r)).stack


DIALECT = replace(qwen3_omni_moe_text.DIALECT.like("qwen3_omni_moe", towers=towers), ties="either")
