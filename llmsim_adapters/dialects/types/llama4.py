"""Llama 4 with pictures: of a config that leaves out its text model's type, that model. Source: `Llama4Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import llama4_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if r.architecture not in DIALECT.text_only:
        r.not_modelled("vision_tower")
    return llama4_text.read(r)


DIALECT = llama4_text.DIALECT.like("llama4", read=read)
