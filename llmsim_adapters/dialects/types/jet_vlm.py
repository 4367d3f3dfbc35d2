"""Jet-VLM: Jet-Nemotron with SigLIP, four neighbours of whose patches are projected.

Source: SGLang's `jet_vlm.py`. How pictures are cut is its checkpoint's processor's to say, which nobody published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import jet_nemotron
from llmsim_adapters.dialects.types.nvila import FEATURES, downsampled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "siglip_vision_model", fixed=True)
    if vision is not None:
        yield vision.then(*downsampled(FEATURES, 2, text.size("hidden_size")), rows=("tokens",) * 3)


DIALECT = jet_nemotron.DIALECT.like(
    "jet_vlm",
    text_config="text_config",
    towers=towers,
    classes=("JetVLMForConditionalGeneration",),
    ties="either",
)
