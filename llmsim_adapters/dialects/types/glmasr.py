"""GLM-ASR: Llama with an encoder of sound, four results of which are projected at once. Source: `GlmAsrConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.sound import chunked
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound = tower(whole, "audio_config", "glmasr_encoder")
    if sound is not None:
        hidden, width = text.size("hidden_size"), sound.r.size("intermediate_size")
        group = int(width // sound.r.size("hidden_size"))
        into = Projection(input_size=width, output_size=2 * hidden, bias=True)
        out = Projection(input_size=2 * hidden, output_size=hidden, bias=True)
        media = chunked(whole, sound.r, keeps="grouped", group=group)
        yield sound.running(media).then(into, out, rows=("results", "results"))


DIALECT = llama.DIALECT.like(
    "glmasr",
    text_config="text_config",
    without_text={
        "vocab_size": 59264,
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 4,
    },
    fills_text=True,
    towers=towers,
    costless={"projector_hidden_act": "an activation between two projections: elementwise"},
    tie_word_embeddings=True,
)
