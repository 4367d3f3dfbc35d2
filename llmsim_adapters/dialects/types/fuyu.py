"""Fuyu: Persimmon whose tokens may be patches of pictures, projected without an encoder. Source: `FuyuConfig`.

Published configs have the language model's keys at the top.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import persimmon
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    side = whole.size("patch_size")
    pixels = side * side * whole.size("num_channels")
    projection = Projection(input_size=pixels, output_size=text.size("hidden_size"), bias=True)
    yield Stack("vision", (), (), before=(projection,), axis="patches")


DIALECT = persimmon.DIALECT.like(
    "fuyu",
    towers=towers,
    costless={"image_size": "how many patches a picture is cut into: no table of positions"},
    num_channels=3,
    patch_size=30,
)
