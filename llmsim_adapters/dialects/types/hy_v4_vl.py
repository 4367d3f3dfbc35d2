"""HY-V4 with its picture encoder. Source: transformers `HYV4VLConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.resizing import broken
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.videos import broken_frames, with_videos
from llmsim_adapters.dialects.types import hy_v4_vl_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "hy_v4_vl_vision", fixed=True)
    if vision is not None:
        yield vision.running(with_videos(broken(whole, vision.r), broken_frames(whole, vision.r))).stack


DIALECT = hy_v4_vl_text.DIALECT.like("hy_v4_vl", text_config="text_config", towers=towers, tie_word_embeddings=False)
