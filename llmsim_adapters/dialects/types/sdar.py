"""SDAR under its remote code's type: Qwen3, whose tokens come in blocks that are decoded together.

Source: the published config of JetLM/SDAR-4B-Chat and SGLang's `sdar.py`; `qwen3` of equal dimensions is the proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen3
from llmsim_adapters.spec.components import Attention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return in_blocks(r, qwen3.read(r))


def in_blocks(r: Reader, spec: ModelSpec, block: int | None = None) -> ModelSpec:
    """Return a decoder whose tokens come in blocks, of a size that the config says: a step decodes one or a part."""
    size = r.size("block_size") if block is None else block
    return spec.transform(Attention, lambda mixer: replace(mixer, block=size))


DIALECT = qwen3.DIALECT.like("sdar", read=read, costless={"debug": "prints while it runs"}, block_size=4)
