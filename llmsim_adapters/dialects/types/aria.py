"""Aria: its language model, Idefics3's picture encoder, and trained vectors that ask its patches, in two projections.

Source: transformers `AriaConfig`, `AriaProjector`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.resampler import STATES, TOKENS, apart, asking
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import aria_text
from llmsim_adapters.spec.components import LearnedTokens, Norm, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import Tiles, Tiling
from llmsim_adapters.spec.media.tilings import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.resampler import Part
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


_STEP: Final = 490
_SIZES: Final = (
    *((1, across) for across in range(2, 9)),
    *((2, 4), (2, 3), (2, 2), (2, 1), (3, 1), (3, 2), (4, 1), (4, 2)),
    *((down, 1) for down in range(5, 9)),
)
"""The sizes that a picture is split by where none are listed, in steps of pixels: rows and columns."""

_QUERIES: Final = {1225: 128, 4900: 256}


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "idefics3_vision")
    queries = _queries(whole)
    if vision is None or not queries:
        return
    whole.no_effect(("vision_feature_layer",), "which layer's results are projected: all layers are stored")
    most, media = max(queries.values()), _tiles(whole, vision.r, queries)
    whole.agree("max_value_projector_patch_to_query_dict", most, "the most queries that the other key says")
    asked = media.tokens if isinstance(media, Tiles) else most
    parts, rows = apart(_projector(vision.r, most, asked, text.size("hidden_size")))
    yield vision.running(media).then(*parts, rows=rows)


def _queries(whole: Reader) -> dict[int, int]:
    """Read how many trained vectors ask, by the number of patches of a picture."""
    said = whole.nested("projector_patch_to_query_dict")
    if said is None or not said.raw:
        return _QUERIES
    found = {}
    for key in said.raw:
        if not key.isdecimal():
            whole.refuse("projector_patch_to_query_dict", key, "numbers of patches as keys")
            return {}
        found[int(key)] = int(said.size(key))
    return found


def _projector(r: Reader, most: int, asked: int, hidden: int) -> Iterator[Part]:
    """Yield what projects: `most` trained vectors, of which so many are `asked`, attend to patches; then a network."""
    width, norm = r.size("hidden_size"), Norm(r.size("hidden_size"), "layer", bias=True)
    into = Projection(input_size=width, output_size=width)
    yield LearnedTokens(hidden_size=width, count=most), TOKENS
    yield from ((norm, TOKENS), (into, TOKENS), (norm, STATES), (into, STATES), (into, STATES))
    yield asking(asked, width, r.size("num_attention_heads")), STATES
    yield Projection(input_size=width, output_size=width, bias=True), TOKENS
    yield norm, TOKENS
    yield Projection(input_size=width, output_size=hidden), TOKENS
    yield Projection(input_size=hidden, output_size=hidden), TOKENS


def _tiles(whole: Reader, r: Reader, queries: dict[int, int]) -> Media:
    """Return the rule of padded squares. Settings: `max_image_size`, `split_image`, `split_resolutions`."""

    def made(images: Settings) -> Media:
        side = images.integer("max_image_size", default=980)
        patches = (side // int(r.size("patch_size"))) ** 2
        if patches not in queries:
            return Refused(reason=f"`projector_patch_to_query_dict` has no number of queries for {patches:,} patches")
        usual = tuple((down * _STEP, across * _STEP) for down, across in _SIZES)
        sizes = images.pairs("split_resolutions", default=usual)
        tiling = Listed(side=side, sizes=sizes) if images.flag("split_image", default=False) else Tiling()
        return Tiles(
            side=side,
            patches=patches,
            tokens=queries[patches],
            tiling=tiling,
            origin=origin(images, "AriaImageProcessor"),
        )

    return rule(whole, "image", made)


DIALECT = aria_text.DIALECT.like("aria", text_config="text_config", towers=towers)
