"""Qwen3-Omni: its thinker, with encoders of pictures and of sound. Source: transformers `Qwen3OmniMoeConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3_omni_moe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(thinker: Reader, _: Reader) -> Iterator[Stack]:
    for key, model_type in (
        ("vision_config", "qwen3_omni_moe_vision_encoder"),
        ("audio_config", "qwen3_omni_moe_audio_encoder"),
    ):
        found = tower(thinker, key, model_type, fixed=True)
        if found is not None:
            yield found.stack


DIALECT = replace(qwen3_omni_moe_text.DIALECT.like("qwen3_omni_moe", towers=towers), ties="either")
