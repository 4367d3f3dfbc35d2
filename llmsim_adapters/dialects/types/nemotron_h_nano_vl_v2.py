"""Nemotron Nano VL 2: Nemotron-H with C-RADIO for pictures, and a conformer where the config describes one.

Source: SGLang's `NemotronH_Nano_VL_V2_Config`, `nano_nemotron_vl.py` and its processor. Pictures are tiles of one size,
or where the encoder's config bounds their patches, of a size of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.towers import parakeet_encoder, radio, radio_args
from llmsim_adapters.dialects.types import nemotron_h, nemotron_h_omni
from llmsim_adapters.spec.media.budget import AimedPatches, SnappedPatches
from llmsim_adapters.spec.media.framed import FramedSound, Framing, Stride
from llmsim_adapters.spec.media.tiles import BestAspect
from llmsim_adapters.spec.media.videos import FrameByFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "radio_args", fixed=True)
    if vision is not None:
        width, side = whole.size("vision_hidden_size"), nemotron_h_omni.merge(whole)
        parts = nemotron_h_omni.projector(text, side * side * width, whole.size("projector_hidden_size"))
        yield _seen(whole, vision, int(side)).then(*parts, rows=("tokens",) * 3)
    if not whole.has("sound_config"):
        whole.no_effect(("sound_config",), "null: there is no such encoder")
        return
    sound = tower(whole, "sound_config", _SOUND, fixed=True)
    if sound is not None:
        yield sound.running(_heard(sound.r)).then(*nemotron_h_omni.of_sound(text, sound.r), rows=("rows",) * 3)


def _seen(whole: Reader, vision: Tower, side: int) -> Tower:
    """Return the encoder with its rules: pictures are tiles, or patches within bounds."""
    r, extra = vision.r, class_tokens(vision.stack)
    if r.has("image_size"):
        whole.no_effect(("force_image_size",), "the encoder's config says how large a tile is")
    else:
        r.derive("image_size", whole.size("force_image_size"))
    tile = square(r, tokens=patch_count(r) // (side * side), extra=extra)
    tiling = BestAspect(side=tile.side, most=_MOST_TILES, overview=whole.flag("use_thumbnail"))
    pictures: Media = replace(tile, tiling=tiling, text=2)
    least, most = r.count("min_num_patches"), r.count("max_num_patches")
    if least:
        r.check("max_num_patches", most >= least, lambda: f"is {int(most)}, fewer than the fewest ({int(least)})")
        pictures = SnappedPatches(
            patch_size=int(r.size("patch_size")),
            merge=side,
            least=int(least),
            most=max(int(most), int(least)),
            extra=extra,
            text=2,
        )
    return _with_videos(vision, pictures, tile, side)


def _with_videos(vision: Tower, pictures: Media, tile: Media, side: int) -> Tower:
    """Return the encoder with its rules of pictures and videos.

    Frames are a tile each, or have about as many patches as the encoder's config aims at where some are one.

    SGLang has no rule for frames that are embedded together by the matrix of pictures, nor for frames by themselves
    that are no tile.
    """
    r = vision.r
    together, aim = radio_args.frames(r), int(r.count("video_target_num_patches"))
    keeps = r.flag("video_maintain_aspect_ratio")
    if together is None:
        fits = r.size("video_temporal_patch_size") == 1 and not aim
        return vision.running(with_videos(pictures, FrameByFrame(frame=tile, marks=2)) if fits else pictures)
    frame = tile
    if aim:
        extra = int(radio.prefix(r))
        frame = AimedPatches(
            patch_size=int(r.size("patch_size")), merge=side, least=0, most=aim, extra=extra, keeps_aspect=keeps
        )
    return radio.with_tubelets(vision, pictures, frame, int(together))


def _heard(r: Reader) -> Media:
    """Return the rule of sound: clips of half a minute, the last one shorter.

    The last frame of a clip, half of whose window is padding, is run and makes no token. Source: SGLang's
    `parakeet.py`, `ParakeetExtractor`.
    """
    hop, rate = int(r.size("hop_length")), int(r.size("sampling_rate"))
    stride, times = Stride(*map(int, parakeet_encoder.stride(r))), int(r.size("subsampling_factor")).bit_length() - 1
    return FramedSound(
        framing=Framing(hop, lead=hop, hop=hop, rate=rate, least=rate // 10),
        bins=int(r.size("num_mel_bins")),
        strides=((stride, stride),) * times,
        text=2,
        chunk=_CLIP * rate,
        unheard=1,
    )


_MOST_TILES: Final = 12
_CLIP: Final = 30
"""Seconds of a clip."""

_SOUND: Final = parakeet_encoder.DIALECT.like("parakeet", attention_bias=False, hop_length=160, sampling_rate=16000)

_TEXT: Final = "a text that stands around media"

DIALECT = replace(
    nemotron_h.DIALECT.like(
        "NemotronH_Nano_VL_V2",
        text_config="llm_config",
        towers=towers,
        aliases={"vit_hidden_size": "vision_hidden_size"},
        costless={
            **dict.fromkeys(
                (
                    *("audio_context_token", "audio_end_token", "audio_start_token", "img_context_token"),
                    *("img_end_token", "img_start_token", "sound_context_token", "video_context_token"),
                ),
                _TEXT,
            ),
            **dict.fromkeys(("norm_mean", "norm_std"), "scale pixels: elementwise"),
            "image_tag_type": _TEXT,
            "patch_size": "the encoder's config says it",
            "ps_version": "the order of neighbouring patches: no weights",
            "template": "of a tokenizer",
            "video_pruning_rate": "0: no tokens of a video are left out",
        },
        neutral={"video_pruning_rate": 0.0},
        downsample_ratio=0.5,
        projector_hidden_size=4096,
        vision_hidden_size=1280,
        force_image_size=512,
        use_thumbnail=True,
    ),
    causal_lm=("NemotronH_Nano_VL_V2",),
)
