"""Marian: stored tables of sines, and maybe a vocabulary for each language. Source: `MarianConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder_alone import OF_ENCODER, decoder_alone, is_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.types import bart
from llmsim_adapters.spec.components import Embedding, Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    vocab, hidden = r.size("vocab_size"), r.size("hidden_size")
    if is_alone(r):
        r.no_effect(("share_encoder_decoder_embeddings",), OF_ENCODER)
    apart = not is_alone(r) and not r.flag("share_encoder_decoder_embeddings")
    source = Embedding(vocab_size=vocab, hidden_size=hidden) if apart else None
    inputs = (learned_positions(r),)
    spec = decoder_alone(r, layout=post_norm, inputs=inputs, final_norm=False, words=True, source_table=source)
    if not (apart or is_alone(r)):
        r.agree("decoder_vocab_size", vocab, "both halves share the encoder's table")
        return spec
    rows = r.size_or("decoder_vocab_size", lambda: vocab)
    _, *others = spec.inputs
    spec = replace(spec, inputs=(Embedding(vocab_size=rows, hidden_size=hidden), *others))
    return spec.transform(Head, lambda head: replace(head, vocab_size=rows)) if apart else spec


DIALECT = bart.DIALECT.like(
    "marian",
    read=read,
    vocab_size=58101,
    decoder_vocab_size=None,
    neutral={"normalize_embedding": False, "static_position_embeddings": True},
    share_encoder_decoder_embeddings=True,
    causal_lm=("MarianMTModel",),
)
