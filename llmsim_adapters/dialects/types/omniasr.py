"""Omnilingual ASR: Llama with wav2vec 2.0's encoder of sound and one projection. Source: `OmniASRConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import omniasr_audio
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_config", "omniasr_audio")
    if sound is not None:
        into = Projection(input_size=sound.r.size("hidden_size"), output_size=text.size("hidden_size"), bias=True)
        yield sound.running(omniasr_audio.heard(whole, sound.r)).then(into, rows=("rows",))


DIALECT = llama.DIALECT.like(
    "omniasr",
    text_config="text_config",
    without_text={
        "vocab_size": 11984,
        "hidden_size": 4096,
        "intermediate_size": 2816,
        "num_hidden_layers": 12,
        "num_attention_heads": 8,
        "num_key_value_heads": 8,
    },
    towers=towers,
    ties="never",
)
