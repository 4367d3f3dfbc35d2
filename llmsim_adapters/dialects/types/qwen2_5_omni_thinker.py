"""Qwen2.5-Omni's thinker by itself: what listens, looks and writes. Source: `Qwen2_5OmniThinkerConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import resized
from llmsim_adapters.dialects.assembly.sound import windowed
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.qwen2_5_vl_vision import window_side
from llmsim_adapters.dialects.types import qwen2_5_omni_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(thinker: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(thinker, "vision_config", "qwen2_5_omni_vision_encoder", fixed=True)
    if vision is not None:
        window = window_side(vision.r) * vision.r.size("spatial_merge_size")
        yield vision.running(resized(thinker, vision.r, window=int(window))).stack
    sound = tower(thinker, "audio_config", "qwen2_5_omni_audio_encoder", fixed=True)
    if sound is not None:
        yield sound.running(windowed(thinker, sound.r)).stack


DIALECT = qwen2_5_omni_text.DIALECT.like(
    "qwen2_5_omni_thinker",
    text_config="text_config",
    towers=towers,
    costless=dict.fromkeys(("position_id_per_seconds", "seconds_per_chunk"), "positions in time: no weights"),
    ties="whole",
)
