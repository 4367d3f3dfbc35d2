"""Florence-2: BART with DaViT's picture encoder, whose results are among the words that BART's encodes.

Source: transformers `Florence2Config`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import of_stages, tower
from llmsim_adapters.dialects.towers import florence_vision
from llmsim_adapters.dialects.types import bart
from llmsim_adapters.spec.components import Norm, PositionEmbedding, Projection, Scale
from llmsim_adapters.spec.media.shrinking import OneSize, Staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    """Yield the encoder with the positions of what is left of a picture, a stored one of its time, and a projection."""
    vision = tower(whole, "vision_config", "florence_vision", fixed=True)
    if vision is None:
        return
    r = vision.r
    stages = florence_vision.stages(r)
    width, out = stages[-1].channels, r.size("projection_dim")
    half, positions = width // 2, r.size("max_position_embeddings")
    parts = (
        PositionEmbedding(positions=positions, hidden_size=half),
        PositionEmbedding(positions=positions, hidden_size=width - half),
        Scale(size=r.size("max_temporal_embeddings") * width, trained=False),
        Projection(input_size=width, output_size=out),
        Norm(out, "layer", bias=True),
    )
    rows = ("rows", "rows", "items", "results", "results")
    yield vision.running(_sized(whole, r, len(stages))).then(*parts, rows=rows)


def _sized(whole: Reader, r: Reader, count: int) -> Media:
    """Return the rule of pictures of one size, of which `count` stages leave less and less.

    Settings of `CLIPImageProcessor`: `crop_size` where it crops (`do_center_crop`), else `size`.
    """
    names = ("patch_size", "patch_stride", "patch_padding")
    stages = tuple(zip(*[of_stages(r, name, count, least=0) for name in names], strict=True))
    r.check("patch_stride", all(stride for _, stride, _ in stages), "has a stride of 0")

    def made(images: Settings) -> Media:
        name = "crop_size" if images.flag("do_center_crop", default=True) else "size"
        height, width = (images.integer(f"{name}.{axis}", name, default=224) for axis in ("height", "width"))
        return Staged(
            of=OneSize(height=height, width=width),
            stages=tuple((kernel, max(stride, 1), padding) for kernel, stride, padding in stages),
            window=int(r.size("window_size")),
            source=True,
            origin=origin(images, "CLIPImageProcessor"),
        )

    return rule(whole, "image", made)


DIALECT = bart.DIALECT.like("florence2", text_config="text_config", towers=towers, ties="apart")
