"""Qwen3-ASR: Qwen3 with Qwen3-Omni's encoder of sound; published configs have both inside `thinker_config`.

Source: the published config of Qwen/Qwen3-ASR-0.6B and SGLang's `qwen3_asr.py`; transformers' own class has both at the
top, where they are found too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.sound import convolved
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3_asr_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(thinker: Reader, _: Reader) -> Iterator[Stack]:
    audio = tower(thinker, "audio_config", "qwen3_asr_audio_encoder" if thinker.prefix else "qwen3_asr_encoder")
    if audio is not None:
        yield audio.running(convolved(thinker, audio.r, least=50, padded=True)).stack


DIALECT = qwen3_asr_text.DIALECT.like(
    "qwen3_asr",
    text_config="thinker_config",
    without_text={
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
    },
    towers=towers,
    costless={"token_classification_bias": "a head that aligns words in time: another class"},
    tie_word_embeddings=True,
)
