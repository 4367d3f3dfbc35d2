"""Moshi's text model: a row more of embeddings than logits, a window, halves of `ffn_dim`. Source: `MoshiConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Embedding, Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("tie_word_embeddings",), "embeddings have a row more than the head: they can't be tied")
    r.no_effect(_SPEECH, "of the speech parts, which MoshiForCausalLM does not have")
    if r.architecture == "MoshiForConditionalGeneration":
        r.not_modelled("audio_encoder_tower")
        r.not_modelled("depth_decoder_tower")
    mixer = windowed(r, attention(r), [True] * layers(r))
    spec = decoder(r, mixer, mlp(r, width=r.derive("intermediate_size", r.size("ffn_dim") // 2)))
    spec = spec.transform(Embedding, lambda e: replace(e, vocab_size=e.vocab_size + 1))
    return spec.transform(Head, lambda h: replace(h, weight_of="itself"))


_SPEECH = ("audio_encoder_config", "depth_decoder_config", "audio_vocab_size", "num_codebooks")

DIALECT = llama.DIALECT.like(
    "moshi",
    read=read,
    ffn_dim=22528,
    sliding_window=3000,
    aliases={"ffn_dim": "ffn_dim"},
)
