"""SAM's picture encoder in DeepSeek-OCR: GOT-OCR 2.0's, under other keys. Source: SGLang's `deepseek_ocr.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import got_ocr2_vision

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

NAMES = {"width": "hidden_size", "layers": "num_hidden_layers", "heads": "num_attention_heads"}


def read(r: Reader) -> ModelSpec:
    r.derive("intermediate_size", 4 * r.size("hidden_size"))
    return got_ocr2_vision.read(r)


DIALECT = got_ocr2_vision.DIALECT.like("sam_vit_b", read=read, aliases=NAMES, downsample_channels=[512, 1024])
