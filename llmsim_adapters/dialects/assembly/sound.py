"""Rules of sound, from the settings of feature extractors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.spec.media.sound import ChunkedSound

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


def chunked(
    whole: Reader,
    r: Reader,
    *,
    keeps: Literal["averaged", "grouped", "all", "none"],
    group: int = 1,
    cut_off: bool = False,
    text: int = 0,
) -> Media:
    """Return the rule of sound in chunks of twice as many frames as the encoder has positions.

    Settings of `WhisperFeatureExtractor`: `sampling_rate`, `hop_length`.
    """

    def made(sounds: Settings) -> Media:
        return ChunkedSound(
            rate=sounds.integer("sampling_rate", default=16000),
            hop=sounds.integer("hop_length", default=160),
            chunk=2 * int(r.size("max_source_positions")),
            cut_off=cut_off,
            group=group,
            keeps=keeps,
            text=text,
            origin=origin(sounds, "WhisperFeatureExtractor"),
        )

    return rule(whole, "audio", made)
