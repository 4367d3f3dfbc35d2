"""InstructBLIP for videos: each of four frames is encoded and asked, with the instruction, as a picture is.

Source: transformers `InstructBlipVideoConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.types import instructblip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_FRAMES: Final = 4
"""What its processor writes tokens for, whatever it is given."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from instructblip.asked(whole, text, frames=_FRAMES)


DIALECT = instructblip.DIALECT.like("instructblipvideo", text_config="text_config", towers=towers, ties="either")
