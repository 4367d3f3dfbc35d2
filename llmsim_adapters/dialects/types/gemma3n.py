"""Gemma 3n with pictures and sound: a net of timm's and a conformer, each with tokens of its own.

Source: transformers `Gemma3nConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.mobilenet import RUN, scaled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import gemma3n_audio
from llmsim_adapters.dialects.types import gemma3n_text
from llmsim_adapters.spec.components import Embedding, Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield each encoder with its tokens' table, a norm of theirs and one of what it encodes, and the projection."""
    for key in ("vision_config", "audio_config"):
        found = tower(whole, key, f"gemma3n_{key.removesuffix('_config')}")
        if found is not None:
            width, hidden = found.r.size("hidden_size"), text.size("hidden_size")
            tokens = Embedding(vocab_size=found.r.size("vocab_size"), hidden_size=width)
            projection = Projection(input_size=width, output_size=hidden)
            if key == "audio_config":
                found = found.running(
                    gemma3n_audio.heard(whole, found.r, int(whole.size("audio_soft_tokens_per_image")))
                )
            elif found.r.text("architecture") in RUN:
                found = found.running(scaled(whole, int(whole.size(_PICTURES))))
            else:
                whole.no_effect((_PICTURES,), "how many tokens a picture becomes: no weights")
            parts = (tokens, Norm(width), Norm(width), projection, Norm(hidden, gain=False))
            yield found.then(*parts, rows=("results",) * len(parts))


_PICTURES = "vision_soft_tokens_per_image"

DIALECT = gemma3n_text.DIALECT.like(
    "gemma3n",
    text_config="text_config",
    towers=towers,
    audio_soft_tokens_per_image=188,
    vision_soft_tokens_per_image=256,
)
