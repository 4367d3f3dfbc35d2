"""LocateAnything: Qwen2 with MoonViT, whose merged patches are projected.

Source: the published config of nvidia/LocateAnything-3B and SGLang's `locate_anything.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import navit
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


_MOST_PATCHES = 4096
"""Patches that a picture has at most where no file of the checkpoint says it: MoonViT's own, as Kimi-VL has it."""


_OF_BLOCKS = ("text_config.block_size", "text_config.causal_attn")
_DECODES = "how its own code decodes tokens, several in a step, which see each other; SGLang's class decodes one"


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "moonvit")
    if vision is None:
        return
    count = whole.size("mlp_connector_layers")
    if count != 2:
        whole.refuse("mlp_connector_layers", count, "2, the one number that SGLang's class has")
    sides = vision.r.sequence("merge_kernel_size") or ()
    if len(sides) != 2 or any(side.__class__ is not int or side < 1 for side in sides):
        vision.r.refuse("merge_kernel_size", sides, "two positive integers")
        return
    rows, columns = vision.r.derive("merge_rows", sides[0]), vision.r.derive("merge_columns", sides[1])
    width, hidden = rows * columns * vision.r.size("hidden_size"), text.size("hidden_size")
    into = Projection(input_size=width, output_size=hidden, bias=True)
    media = navit(whole, vision.r, (int(rows), int(columns)), most=_MOST_PATCHES, of="its own processor", refuses=True)
    norm = Norm(width, "layer", bias=True)
    yield vision.running(media).then(norm, into, replace(into, input_size=hidden), rows=("tokens", "tokens", "tokens"))


DIALECT = qwen2.DIALECT.like(
    "locateanything",
    text_config="text_config",
    towers=towers,
    costless={"mlp_checkpoint": "training only", **dict.fromkeys(_OF_BLOCKS, _DECODES)},
    mlp_connector_layers=2,
    ties="either",
)
