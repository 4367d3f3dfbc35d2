"""Marian's decoder: a stored table of sines, and maybe a vocabulary of its own. Source: `MarianConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import bart
from llmsim_adapters.spec.components import Embedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = decoder_alone(r, layout=post_norm, inputs=(learned_positions(r),), final_norm=False)
    rows = r.size_or("decoder_vocab_size", lambda: r.size("vocab_size"))
    return spec.transform(Embedding, lambda e: replace(e, vocab_size=rows))


DIALECT = bart.DIALECT.like(
    "marian",
    read=read,
    vocab_size=58101,
    decoder_vocab_size=None,
    costless={"share_encoder_decoder_embeddings": "whether the encoder, which is not there, has a table of its own"},
)
