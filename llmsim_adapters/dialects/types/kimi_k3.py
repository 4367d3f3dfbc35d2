"""Kimi K3: Kimi Linear with gates of full rank and experts on a latent, and a MoonViT of its own.

Source: the published config of moonshotai/Kimi-K3, and SGLang's `kimi_k3.py` and `kimi_k3_vl.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import kimi_linear
from llmsim_adapters.dialects.types.kimi_k25 import projections, running
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "kimi_k3_vision", fixed=True)
    if vision is None:
        return
    merged = projections(vision, text, "patchmergerv2", bias=False)
    if merged is not None:
        yield running(whole, vision).then(*merged, Norm(merged[1].output_size))


DIALECT = kimi_linear.DIALECT.like(
    "kimi_k3",
    text_config="text_config",
    towers=towers,
    costless={"image_placeholder": "a word of templates"},
    classes=("KimiK3ForConditionalGeneration",),
)
