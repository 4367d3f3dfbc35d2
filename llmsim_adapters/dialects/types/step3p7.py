"""Step 3.7: Step 3.5 with its picture encoder. Source: transformers `Step3p7Config`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import step3p5
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.views import SnappedViews

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def projected(whole: Reader, text: Reader, *, model_type: str) -> Iterator[Stack]:
    """Read an encoder of a type, and what projects four of its hidden states together."""
    vision = tower(whole, "vision_config", model_type, fixed=True)
    if vision is not None:
        width, bias = 4 * vision.r.size("hidden_size"), whole.flag("projector_bias")
        into = Projection(input_size=width, output_size=text.size("hidden_size"), bias=bias)
        yield vision.running(_views(whole, vision.r)).then(into)


def _views(whole: Reader, r: Reader) -> Media:
    """Return the rule of windows. Settings: `size`, `patch_size` (a window's side), `max_image_size`."""

    def made(images: Settings) -> Media:
        return SnappedViews(
            side=images.side(default=int(r.size("image_size"))),
            tile=images.integer("patch_size", default=504),
            tiling=None,
            patch_size=int(r.size("patch_size")),
            merge=4,
            longest=images.integer("max_image_size", default=3024),
            origin=origin(images, "Step3p7ImageProcessor"),
        )

    return rule(whole, "image", made)


DIALECT = step3p5.DIALECT.like(
    "step3p7",
    text_config="text_config",
    towers=partial(projected, model_type="step3p5_vision"),
    projector_bias=False,
)
