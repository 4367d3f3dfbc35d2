"""Muse Spark: its language model, Muse Glimmer's encoder of pictures, and one of sound that is made of convolutions.

Source: transformers `MuseSparkConfig`.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers.muse_spark_audio import stages
from llmsim_adapters.dialects.types import muse_glimmer, muse_spark_text
from llmsim_adapters.spec.components import Norm
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride, over_frames
from llmsim_adapters.spec.media.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    hidden = text.size("hidden_size")
    yield from muse_glimmer.seeing(whole, text, "muse_spark_vision", Norm(hidden, gain=False))
    sound = tower(whole, "audio_config", "muse_spark_audio", fixed=True)
    if sound is not None:
        sound.r.agree("out_hidden_size", hidden, "the language model's size")
        yield sound.running(_heard(whole, sound.r)).then(Norm(hidden, gain=False))


def _heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound in samples, padded to whole tokens. Settings: `sampling_rate`, `samples_per_token`."""
    patches = [int(patch) for patch in stages(r)[0]]

    def made(sounds: Settings) -> Media:
        if sounds.integer("samples_per_token", default=prod(patches)) != prod(patches):
            return Refused(reason=f"`samples_per_token` is not that of the encoder, {prod(patches)}")
        rate = sounds.integer("sampling_rate", default=24000)
        framing = Framing(1, hop=1, rate=rate, multiple=prod(patches), padded=True)
        return FramedSound(
            framing=framing,
            bins=1,
            strides=over_frames(*[Stride(patch, patch, 0) for patch in patches]),
            text=2,
            origin=origin(sounds, "MuseSparkFeatureExtractor"),
        )

    return rule(whole, "audio", made)


DIALECT = muse_spark_text.DIALECT.like(
    "muse_spark",
    text_config="text_config",
    towers=towers,
    costless=muse_glimmer.DIALECT.costless,
    projector_hidden_size=4096,
)
