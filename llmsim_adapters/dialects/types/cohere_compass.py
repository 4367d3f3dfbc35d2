"""North Micro Vision: Cohere 2 with Qwen3-VL's encoder of pictures. Source: transformers `CohereCompassConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import QWEN2_VL, resized
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import cohere_compass_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "cohere_compass_vision", fixed=True)
    if vision is not None:
        yield vision.running(resized(whole, vision.r, _PROCESSOR)).stack


_PROCESSOR = QWEN2_VL._replace(name="CohereCompassImageProcessor", least_video=0, most_video=0)

DIALECT = cohere_compass_text.DIALECT.like("cohere_compass", text_config="text_config", towers=towers)
