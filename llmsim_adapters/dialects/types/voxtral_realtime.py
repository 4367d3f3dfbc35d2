"""Voxtral Realtime: each token comes with sound that is added to its embedding. Source: `VoxtralRealtimeConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import voxtral_realtime_text
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.streamed import StreamedSound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    sound, rows = tower(whole, "audio_config", "voxtral_realtime_encoder"), whole.size("downsample_factor")
    whole.agree(
        "audio_length_per_tok", 2 * rows, "twice the downsample_factor: a convolution leaves half of the frames"
    )
    if sound is not None:
        hidden, width = text.size("hidden_size"), rows * sound.r.size("hidden_size")
        into = Projection(input_size=width, output_size=hidden)
        streamed = sound.running(StreamedSound(frames=2 * rows, rows=rows))
        yield streamed.then(into, Projection(input_size=hidden, output_size=hidden), rows=("tokens", "tokens"))


DIALECT = voxtral_realtime_text.DIALECT.like(
    "voxtral_realtime",
    text_config="text_config",
    without_text={
        "vocab_size": 131072,
        "hidden_size": 3072,
        "intermediate_size": 9216,
        "num_hidden_layers": 26,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "sliding_window": 8192,
    },
    fills_text=True,
    towers=towers,
    costless={
        "projector_hidden_act": "an activation between two projections: elementwise",
        "default_num_delay_tokens": "the time that norms are conditioned on: elementwise",
    },
    downsample_factor=4,
)
