"""NVILA-Lite: Qwen2 with SigLIP over tiles, nine neighbours of whose patches are projected (2412.04468).

Source: SGLang's `nvila_lite.py`, and the published `NVILALiteProcessor`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import nvila
from llmsim_adapters.dialects.types.nvila import FEATURES, MOST_TILES, downsampled, tiled, tokens_of
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.media.scales import LoneTiles
from llmsim_adapters.spec.media.tiles import BestAspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.tiles import Tiles
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model", fixed=True)
    if vision is not None:
        inner = 3 * FEATURES
        norm, *rest = downsampled(inner, 1, text.size("hidden_size"))
        wide = 9 * FEATURES
        into = Norm(wide, "layer", bias=True), Projection(input_size=wide, output_size=inner, bias=True)
        parts = (*into, norm, *rest)
        yield vision.running(tiled(vision, _cut(vision))).then(*parts, rows=("tokens",) * len(parts))


def _cut(vision: Tower) -> Tiles:
    one = square(vision.r, tokens=tokens_of(vision.r, 3))
    return LoneTiles(
        side=one.side,
        patches=one.patches,
        tokens=one.tokens,
        tiling=BestAspect(side=one.side, most=MOST_TILES),
        tile_text=2,
        among_text=1,
    )


DIALECT = nvila.DIALECT.like("nvila_lite", towers=towers, classes=("NVILALiteForConditionalGeneration",))
