"""Inkling: its language model, its encoder of pictures, and its table of the levels of sound.

Its publisher's config calls the language model and the encoders otherwise than transformers does. Sources:
transformers `InklingConfig`, SGLang's `InklingMMConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import inkling_audio, inkling_vision
from llmsim_adapters.dialects.types import inkling_model
from llmsim_adapters.spec.media.framed import FramedSound, Framing
from llmsim_adapters.spec.media.padded import CutPatches
from llmsim_adapters.spec.media.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = _encoder(whole, text, "vision_config", inkling_vision.DIALECT)
    if vision is not None:
        yield vision.running(_seen(whole, vision.r)).stack
    sound = _encoder(whole, text, "audio_config", inkling_audio.DIALECT)
    if sound is not None:
        yield sound.running(_heard(whole, sound.r)).stack


def _encoder(whole: Reader, text: Reader, key: str, dialect: Dialect) -> Tower | None:
    """Read an encoder, which ends in the language model's size.

    Its publisher's class has none where nothing says so, transformers' whatever its config says.
    """
    said, width = whole.raw.get(key), text.size("hidden_size")
    if not isinstance(said, dict) or said.get("model_type") != f"{dialect.model_type}_model":
        return tower(whole, key, dialect.taking(_WHY, text_hidden_size=int(width)), fixed=True)
    if said.get("decoder_dmodel") is None:
        whole.no_effect((key,), "the class has no such encoder without `decoder_dmodel`")
        return None
    found = tower(whole, key, dialect.model_type)
    if found is not None:
        r = found.r
        own = r.size("text_hidden_size")
        r.contradicts("text_hidden_size", f"{r.prefix}decoder_dmodel", own, f"{text.prefix}hidden_size", width)
    return found


_WHY: Final = "the class takes the language model's size"


def _seen(whole: Reader, r: Reader) -> Media:
    """Return the rule of pictures in patches.

    Settings: `size`, which the encoder fixes, `rescale_image_frac`, `rescale_image_max_upscaled_long_edge`.
    """

    def made(images: Settings) -> Media:
        found, side = inkling_vision.folds(r), int(r.size("patch_size"))
        if images.side(default=side) != side:
            return Refused(reason=f"`size` is not that of the encoder's patches, {side} pixels")
        longest = "rescale_image_max_upscaled_long_edge"
        return CutPatches(
            patch_size=side,
            scale=images.number("rescale_image_frac", default=1.0),
            longest=0 if images.is_null(longest) else images.integer(longest, default=2048),
            named=tuple((f"folded_{n}", found[-1].pixels // fold.pixels) for n, fold in enumerate(found) if n),
            origin=origin(images, "InklingImageProcessor"),
        )

    return rule(whole, "image", made)


def _heard(whole: Reader, r: Reader) -> Media:
    """Return the rule of sound, whose frames don't overlap but for what a window adds before each.

    Settings: `sampling_rate`, `audio_token_duration_s`.
    """

    def made(sounds: Settings) -> Media:
        rate = sounds.integer("sampling_rate", default=16000)
        hop = rate * sounds.number("audio_token_duration_s", default=0.05)
        if abs(hop - round(hop)) > 1e-6 or not round(hop):
            return Refused(reason="`audio_token_duration_s` is no whole number of samples")
        framing = Framing(round(hop), hop=round(hop), rate=rate, multiple=round(hop), padded=True)
        bins = int(r.size("num_mel_bins"))
        return FramedSound(
            framing=framing,
            bins=bins,
            strides=(),
            further=(("bins", bins, 0),),
            origin=origin(sounds, "InklingFeatureExtractor"),
        )

    return rule(whole, "audio", made)


DIALECT = inkling_model.DIALECT.like(
    "inkling_mm_model",
    text_config="text_config",
    towers=towers,
    ties="never",
    classes=("InklingForConditionalGeneration", "InklingForConditionalGenerationMTP"),
    plain_towers=True,
)
