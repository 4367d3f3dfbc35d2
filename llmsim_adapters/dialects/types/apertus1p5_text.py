"""The text of Apertus 1.5: Apertus, whose head may have fewer rows. Source: transformers `Apertus1p5TextConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import apertus
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec, rows = apertus.read(r), r.optional_size("output_vocab_size")
    if rows is None:
        return spec
    return spec.transform(Head, lambda h: h if h.weight_of == "embedding" else replace(h, vocab_size=rows))


DIALECT = apertus.DIALECT.like("apertus1p5_text", read=read, vocab_size=266752, output_vocab_size=None)
