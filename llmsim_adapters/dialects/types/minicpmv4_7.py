"""MiniCPM-V 4.7: MiniCPM-V 4.6 with other videos. Source: transformers `MiniCPMV4_7Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import minicpmv4_6

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_IDS = ("image_end_id", "image_start_id", "newline_id", "slice_end_id", "slice_start_id")


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from minicpmv4_6.sliced(whole, text, "minicpmv4_7_vision", "16x")


DIALECT = minicpmv4_6.DIALECT.like("minicpmv4_7", towers=towers, costless=dict.fromkeys(_IDS, "a token id"))
