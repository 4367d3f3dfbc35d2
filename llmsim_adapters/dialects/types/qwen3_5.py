"""Qwen3.5 with pictures: of a config that leaves out its text model's type, that model. Source: `Qwen3_5Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import qwen3_5_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.architecture not in DIALECT.text_only:
        r.not_modelled("vision_tower")
    return qwen3_5_text.read(r)


DIALECT = qwen3_5_text.DIALECT.like("qwen3_5", read=read)
