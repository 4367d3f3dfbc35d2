"""Nemotron-H Omni: Nemotron-H with C-RADIO for pictures and a conformer for sound, each with a projector of its own.

Source: transformers `NemotronH_Omni_Reasoning_V3_Config`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import parakeet_encoder, radio
from llmsim_adapters.dialects.types import nemotron_h
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.budget import AimedPatches, PatchBudget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "radio", fixed=True, without={"video_temporal_patch_size": 2})
    if vision is not None:
        width, side = whole.size("vision_hidden_size"), merge(whole)
        whole.agree("vision_hidden_size", vision.r.size("hidden_size"), "the hidden size of the encoder")
        rows = ["tokens"] * 3
        parts: tuple[Component, ...] = projector(text, side * side * width, whole.size("projector_hidden_size"))
        if text.count("num_nextn_predict_layers"):
            parts, rows = (Norm(width, "layer", bias=True), *parts), ["patches", *rows]
        yield _seen(whole, vision).then(*parts, rows=tuple(rows))
    key = "sound_config" if whole.has("sound_config") else "audio_config"
    if not whole.has(key):
        whole.no_effect((key,), "null: there is no such encoder")
        return
    sound = tower(whole, key, _SOUND, fixed=True)
    if sound is not None:
        parts = of_sound(text, sound.r)
        yield sound.running(parakeet_encoder.heard(whole, sound.r, text=2)).then(*parts, rows=("rows",) * 3)


def projector(text: Reader, inputs: int, inner: int, *, bias: bool = False) -> tuple[Component, ...]:
    """Return a norm and two projections to the language model's size."""
    hidden = text.size("hidden_size")
    return (
        Norm(inputs),
        Projection(input_size=inputs, output_size=inner, bias=bias),
        Projection(input_size=inner, output_size=hidden, bias=bias),
    )


def of_sound(text: Reader, r: Reader) -> tuple[Component, ...]:
    """Return a norm and two projections of sound, as its encoder's config says them."""
    return projector(text, r.size("hidden_size"), r.size("projection_hidden_size"), bias=r.flag("projection_bias"))


def merge(whole: Reader) -> int:
    """Read how many patches a side of those has that one token is made of: the inverse of the ratio, rounded down."""
    ratio = whole.number("downsample_ratio", least=0.001, most=1) or 1
    return whole.derive("merge_size", int(1 / ratio))


def _seen(whole: Reader, vision: Tower) -> Tower:
    """Return the encoder with its rules of pictures, and of videos where frames are embedded together."""
    frames = vision.r.optional_size("video_temporal_patch_size")
    pictures = seen(whole, vision.r)
    if frames is None or frames == 1:
        return vision.running(pictures)
    return radio.with_tubelets(vision, pictures, _frame(whole, vision.r), int(frames))


def _frame(whole: Reader, r: Reader) -> Media:
    """Return the rule of frames.

    Settings: `patch_size`, `downsample_ratio`, `video_target_num_patches`, `video_maintain_aspect_ratio`.
    """

    def made(videos: Settings) -> Media:
        return AimedPatches(
            patch_size=videos.integer("patch_size", default=int(r.size("patch_size"))),
            merge=round(1 / videos.number("downsample_ratio", default=0.5)),
            least=0,
            most=videos.integer("video_target_num_patches", default=1024),
            extra=int(radio.prefix(r)),
            keeps_aspect=videos.flag("video_maintain_aspect_ratio", default=True),
            within=True,
            origin=origin(videos, "NemotronH_Omni_Reasoning_V3VideoProcessor"),
        )

    return rule(whole, "video", made)


def seen(whole: Reader, r: Reader) -> Media:
    """Return the rule of pictures.

    Settings: `patch_size`, `downsample_ratio`, `min_num_patches`, `max_num_patches`, `max_model_len`.
    """

    def made(images: Settings) -> Media:
        side = round(1 / images.number("downsample_ratio", default=0.5))
        least = images.integer("min_num_patches", default=1024)
        most = images.integer("max_num_patches", default=13312, least=0)
        context = max((images.integer("max_model_len", default=16384) - 4) * side * side, least)
        return PatchBudget(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            merge=side,
            least=least,
            most=max(min(context, most or context), least),
            extra=int(radio.prefix(r)),
            text=2,
            origin=origin(images, "NemotronH_Omni_Reasoning_V3ImageProcessor"),
        )

    return rule(whole, "image", made)


_SOUND = parakeet_encoder.DIALECT.like("parakeet_encoder", attention_bias=False)

DIALECT = nemotron_h.DIALECT.like(
    "nemotron_h_omni",
    text_config="text_config",
    towers=towers,
    aliases={"vit_hidden_size": "vision_hidden_size"},
    costless={
        "force_image_size": "pictures have the size that their processor gives them",
        "video_pruning_rate": "how many tokens of a video are left out",
        "video_temporal_patch_size": "its encoder's config says it",
    },
    downsample_ratio=0.5,
    projector_hidden_size=4096,
    vision_hidden_size=1280,
    causal_lm=("NemotronH_Omni_Reasoning_V3",),
)
