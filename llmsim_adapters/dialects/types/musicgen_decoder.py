"""MusicGen's decoder: several streams of tokens, each with a table and a head. Source: `MusicgenDecoderConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import MLP, Embedding, Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("add_cross_attention",), "the decoder attends to the text's encoder, whatever it says")
    return in_streams(r, decoder_alone(r, unrotated_attention(r, bias=False)))


def in_streams(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return the decoder of `num_codebooks` streams, without biases; each table has a row for the sequence's start."""
    streams = r.size("num_codebooks")
    r.no_effect(("tie_word_embeddings",), "tables have a row more than heads: they can't be tied")
    spec = spec.transform(MLP, lambda m: replace(m, bias=False))
    spec = spec.transform(Embedding, lambda e: replace(e, vocab_size=e.vocab_size + 1))
    spec = spec.transform(Head, lambda h: replace(h, weight_of="itself"))
    return replace(spec, inputs=spec.inputs * streams, outputs=spec.outputs * streams)


DIALECT = Dialect(
    "musicgen_decoder",
    read,
    defaults={
        "vocab_size": 2048,
        "hidden_size": 1024,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
        "hidden_act": "gelu",
        "num_codebooks": 4,
        "add_cross_attention": False,
        "tie_word_embeddings": False,
    },
    costless={
        "audio_channels": "how the streams of tokens are joined; there are num_codebooks of them in all",
        "sampling_rate": "of the sound that is made of the tokens",
    },
    text_only=("MusicgenForCausalLM",),
)
