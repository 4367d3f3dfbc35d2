"""PerceptionLM: Llama with a Perception Encoder over tiles, whose patches are projected and pooled.

Source: transformers `PerceptionLMConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, class_tokens, origin, rule
from llmsim_adapters.dialects.assembly.tower import Tower, tower
from llmsim_adapters.dialects.assembly.videos import with_videos
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Convolution, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import Tiles, Tiling
from llmsim_adapters.spec.media.tilings import LargestFitting
from llmsim_adapters.spec.media.videos import FrameByFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "timm_wrapper", fixed=True)
    if vision is None:
        return
    whole.only("vision_use_cls_token", bool(class_tokens(vision.stack)))
    hidden, pooling = text.size("hidden_size"), whole.size("projector_pooling_ratio")
    (width,) = (part.output_channels for part in vision.stack.before if isinstance(part, Convolution))
    into = Projection(input_size=width, output_size=hidden, bias=True)
    pictures = _tiles(whole, vision, int(pooling))
    media = pictures
    if isinstance(pictures, Tiles):  # `PerceptionLMVideoProcessor`: each frame is one tile
        media = with_videos(pictures, FrameByFrame(frame=replace(pictures, tiling=Tiling())))
    yield vision.running(media).then(into, replace(into, input_size=hidden), rows=("patches", "patches"))


def _tiles(whole: Reader, vision: Tower, pooling: int) -> Media:
    """Return the rule of tiles. Settings: `vision_input_type`, `tile_size`, `max_num_tiles`."""
    side, wide = (int(vision.r.size(f"picture_{axis}")) for axis in ("height", "width"))
    (patch,) = (int(part.kernel[0]) for part in vision.stack.before if isinstance(part, Convolution))

    def made(images: Settings) -> Media:
        if side != wide or images.integer("tile_size", default=side) != side:
            return Refused(reason=f"`tile_size` is not the side of the encoder's pictures, {side} pixels")
        kind = images.word("vision_input_type", ("thumb+tile", "vanilla"), default="thumb+tile")
        tiling = LargestFitting(side=side, most=images.tiles("max_num_tiles", default=36))
        across = side // patch
        return Tiles(
            side=side,
            patches=across * across,
            extra=class_tokens(vision.stack),
            tokens=(across // pooling) ** 2,
            tiling=Tiling() if kind == "vanilla" else tiling,
            origin=origin(images, "PerceptionLMImageProcessor"),
        )

    return rule(whole, "image", made)


DIALECT = llama.DIALECT.like(
    "perception_lm",
    text_config="text_config",
    towers=towers,
    vision_use_cls_token=True,
    projector_pooling_ratio=1,
    ties="either",
)
