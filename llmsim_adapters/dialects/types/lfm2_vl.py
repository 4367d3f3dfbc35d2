"""LFM2-VL: LFM2 with SigLIP 2's picture encoder, whose neighbouring patches are projected. Source: `Lfm2VlConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.splitting import padded
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import lfm2
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip2_vision_model")
    if vision is None:
        return
    side, inner = whole.size("downsample_factor"), whole.size("projector_hidden_size")
    width, bias = side * side * vision.r.size("hidden_size"), whole.flag("projector_bias")
    norm: tuple[Component, ...] = ()
    if whole.flag("projector_use_layernorm"):
        norm = (Norm(width, "layer", bias=True),)
    media = padded(whole, vision.r, int(side))
    yield vision.running(media).then(
        *norm,
        Projection(input_size=width, output_size=inner, bias=bias),
        Projection(input_size=inner, output_size=text.size("hidden_size"), bias=bias),
        rows=("padded",) * (len(norm) + 2),
    )


_PICTURES = "how pictures are cut into patches: no weights"

DIALECT = lfm2.DIALECT.like(
    "lfm2_vl",
    text_config="text_config",
    towers=towers,
    costless={
        "encoder_patch_size": _PICTURES,
        "projector_hidden_act": "an activation between two projections: elementwise",
    },
    downsample_factor=2,
    projector_hidden_size=2560,
    projector_bias=True,
    projector_use_layernorm=True,
    tie_word_embeddings=True,
)
