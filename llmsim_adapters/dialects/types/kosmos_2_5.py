"""Kosmos-2.5: its text model and Pix2Struct's picture encoder, which trained vectors ask.

Source: transformers `Kosmos2_5Config`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import kosmos_2_5_text_model
from llmsim_adapters.dialects.types.kosmos_2 import asked
from llmsim_adapters.spec.media.padded import FittedPatches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_PATCHES = 4096
"""How many patches the class of whole processors asks for in each call, whatever a file says."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "kosmos_2_5_vision_model", fixed=True)
    if vision is not None:
        media = FittedPatches(patch_size=16, patches=_PATCHES, tokens=int(whole.size("latent_query_num")), text=2)
        yield asked(vision.running(media), whole, text)


DIALECT = kosmos_2_5_text_model.DIALECT.like(
    "kosmos-2.5",
    text_config="text_config",
    towers=towers,
    latent_query_num=2048,
    ties="text",
)
