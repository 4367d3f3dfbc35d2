"""Molmo 2: a language model with a ViT whose neighbouring patches ask for what they are together.

Published configs call the encoder's part `vit_config`, with layers that nothing takes, which the class leaves out.
Source: transformers `Molmo2Config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.towers.molmo2_vision import patches_of
from llmsim_adapters.dialects.types import molmo2_text
from llmsim_adapters.spec.components import Projection, QueryAttention
from llmsim_adapters.spec.media.asked import AskedWindows
from llmsim_adapters.spec.media.crops import OverlappingCrops
from llmsim_adapters.spec.media.media import Passed
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import Tiles
from llmsim_adapters.spec.media.videos import FrameByFrame
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media

_LAYERS: Final = LARGEST["num_hidden_layers"]

_ADAPTER: Final = PartWords(
    canonical={"vit_layers": "vision_feature_layer"},
    defaults={
        "vision_feature_layer": [24, 18],
        "hidden_size": 1152,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "head_dim": 72,
        "attention_bias": True,
        "intermediate_size": 18944,
        "mlp_bias": False,
        "text_hidden_size": 3584,
    },
    costless={
        "float32_attention": "the number format of a product: elements are counted",
        "hidden_act": "an activation: elementwise",
        "image_feature_dropout": "a dropout: of training alone",
        "model_type": "a name",
        "pooling_attention_mask": "the class masks what is padded: scores are made of it, too",
    },
)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    renamed = whole.raw.get("vision_config") is None and "vit_config" in whole.raw
    vision = tower(whole, "vit_config" if renamed else "vision_config", "molmo2_vision", fixed=True)
    adapter = whole.nested("adapter_config", dialect=_ADAPTER)
    if vision is None or adapter is None:
        return
    stack, layers = vision.stack, len(vision.stack.order)
    taken = adapter.integers("vision_feature_layer", least=-_LAYERS, most=_LAYERS) or (0,)
    fits = all(-layers <= layer < layers for layer in taken)
    adapter.check("vision_feature_layer", fits, lambda: f"names layers that are none of the encoder's {layers}")
    if renamed:
        stack = replace(stack, name="vision", order=stack.order[: max(layer % layers for layer in taken) + 1])
    yield replace(stack, media=_seen(whole, vision, asked=False))
    after, media = _pooled(vision, adapter, text, len(taken)), _seen(whole, vision, asked=True)
    yield Stack("projector", (), (), after=after, after_rows=("rows",) * len(after), axis="patches", media=media)


def _pooled(vision: Tower, r: Reader, text: Reader, layers: int) -> tuple[QueryAttention | Projection, ...]:
    """Read what the mean of neighbouring patches asks them, and the gated network behind it."""
    hidden, width = r.size("hidden_size"), layers * vision.r.size("hidden_size")
    r.check("hidden_size", hidden == vision.r.size("hidden_size"), "is not that of the encoder, whose results it takes")
    heads, kv_heads, size = (r.size(name) for name in ("num_attention_heads", "num_key_value_heads", "head_dim"))
    r.check("num_key_value_heads", heads % kv_heads == 0, "doesn't divide the heads")
    inner, out, bias = r.size("intermediate_size"), text.size("hidden_size"), r.flag("mlp_bias")
    said = r.size("text_hidden_size")
    r.contradicts("text_hidden_size", f"{r.prefix}text_hidden_size", said, f"{text.prefix}hidden_size", out)
    asking = QueryAttention(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=size,
        source_size=width,
        query_size=width,
        bias=r.flag("attention_bias"),
    )
    into = Projection(input_size=hidden, output_size=inner, bias=bias)
    return asking, into, into, Projection(input_size=inner, output_size=said)


def _seen(whole: Reader, vision: Tower, *, asked: bool) -> Media:
    """Return the rule of pictures and videos, of the encoder or of those tokens that are `asked` for."""
    return with_videos(_pictures(whole, vision, asked=asked), _videos(whole, vision, asked=asked))


def _of(media: Media, pool: tuple[int, int], *, asked: bool) -> Media:
    if asked:
        return AskedWindows(of=media, length=pool[0] * pool[1], mutual="together")
    return Passed(of=media)


def _pictures(whole: Reader, vision: Tower, *, asked: bool) -> Media:
    """Return the rule of overlapping crops. Settings: `size`, `max_crops`, `overlap_margins`, `pooling_size`.

    Those of the whole processor: `image_use_col_tokens`, `use_single_crop_col_tokens`.
    """
    r = vision.r

    def made(images: Settings) -> Media:
        across, patch = int(patches_of(r)), int(r.size("patch_size"))
        margins = images.pair("overlap_margins", default=(4, 4), least=0)
        pool = images.pair("pooling_size", default=(2, 2))
        if images.side(default=across * patch) != across * patch or sum(margins) >= across:
            return Refused(reason="`size` is not that of the encoder's pictures, or `overlap_margins` leave nothing")
        marks = images.own_flag("image_use_col_tokens", default=True)
        crops = OverlappingCrops(
            side=across * patch,
            patch_size=patch,
            most=images.tiles("max_crops", default=8),
            margins=margins,
            pool=pool,
            row_mark=marks,
            view_mark=images.own_flag("use_single_crop_col_tokens", default=marks),
            origin=origin(images, "Molmo2ImageProcessor"),
        )
        return _of(crops, pool, asked=asked)

    return rule(whole, "image", made)


def _videos(whole: Reader, vision: Tower, *, asked: bool) -> Media:
    """Return the rule of frames, each of a picture's size. Settings: `size`, `pooling_size`; `video_use_col_tokens`."""
    r = vision.r

    def made(videos: Settings) -> Media:
        across, patch = int(patches_of(r)), int(r.size("patch_size"))
        if videos.side(default=across * patch) != across * patch:
            return Refused(reason="`size` is not that of the encoder's pictures")
        pool = videos.pair("pooling_size", default=(3, 3))
        down, right = (-(-across // side) for side in pool)
        frame = Tiles(side=across * patch, patches=across * across, tokens=down * right)
        marks = 2 + (down if videos.own_flag("video_use_col_tokens", default=False) else 0)
        frames = FrameByFrame(frame=frame, marks=marks, origin=origin(videos, "Molmo2VideoProcessor"))
        return _of(frames, pool, asked=asked)

    return rule(whole, "video", made)


DIALECT = molmo2_text.DIALECT.like(
    "molmo2",
    text_config="text_config",
    towers=towers,
    costless={
        "image_patch_id": "a token id",
        "use_frame_special_tokens": "which tokens stand around a frame: two in any case",
    },
)
