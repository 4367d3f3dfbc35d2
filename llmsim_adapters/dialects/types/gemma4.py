"""Gemma 4 with pictures and sound, each with an encoder of its own where it has a config. Source: `Gemma4Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.resizing import pooled
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import pooled_frames, with_videos
from llmsim_adapters.dialects.towers import gemma4_audio
from llmsim_adapters.dialects.types import gemma4_text
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.framed import FramedSound, Framing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


_MUTUAL: Final[dict[str, Literal["in_windows", "whole"]]] = {
    "gemma4_vision": "in_windows",
    "gemma4_unified_vision": "whole",
}
"""Which tokens of pictures see later ones where `use_bidirectional_attention` says so, by the masks of transformers."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from projected(whole, text, "vision_config", "gemma4_vision", "hidden_size")
    yield from projected(whole, text, "audio_config", "gemma4_audio", "output_proj_dims")


def projected(whole: Reader, text: Reader, key: str, model_type: str, width: str) -> Iterator[Stack]:
    """Yield the encoder under a key, if there is one, and what takes its results of a `width` to the text's size."""
    if not whole.has(key):
        whole.no_effect((key,), "null: there is no such encoder")
        return
    found = tower(whole, key, model_type)
    if found is not None:
        rows: tuple[str, ...] = ()
        among = text.text("use_bidirectional_attention") == "vision"
        mutual: Literal["", "in_windows", "whole"] = _MUTUAL.get(model_type, "") if among else ""
        if model_type == "gemma4_vision":
            pictures = replace(pooled(whole, found.r), mutual=mutual)
            found = found.running(with_videos(pictures, pooled_frames(whole, found.r)))
        if model_type == "gemma4_audio":
            found = found.running(gemma4_audio.heard(whole))
        if model_type == "gemma4_unified_vision":
            pictures = replace(pooled(whole, found.r, together=True), mutual=mutual)
            found = found.running(with_videos(pictures, pooled_frames(whole, found.r, together=True)))
        if model_type == "gemma4_unified_audio":
            found = found.running(raw(whole, found.r))
        if key == "audio_config" or model_type == "gemma4_unified_vision":  # padding is projected too
            rows = ("rows", "rows")
        size = found.r.size(width)
        into = Projection(input_size=size, output_size=text.size("hidden_size"))
        yield found.then(Norm(size, gain=False), into, rows=rows)


def raw(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound whose samples are projected, so many at once.

    Settings of `Gemma4UnifiedAudioFeatureExtractor`: `sampling_rate`, `audio_samples_per_token`.
    """

    def made(sounds: Settings) -> Media:
        samples = sounds.integer("audio_samples_per_token", default=int(r.size("audio_embed_dim")))
        rate = sounds.integer("sampling_rate", default=16000)
        return FramedSound(
            framing=Framing(samples, hop=samples, rate=rate, multiple=samples, padded=True),
            bins=1,
            strides=(),
            text=2,
            origin=origin(sounds, "Gemma4UnifiedAudioFeatureExtractor"),
        )

    return rule(whole, "audio", made)


DIALECT = gemma4_text.DIALECT.like(
    "gemma4",
    text_config="text_config",
    towers=towers,
    costless={"vision_soft_tokens_per_image": "how many tokens a picture becomes: no weights"},
)
