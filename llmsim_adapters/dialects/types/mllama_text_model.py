"""Llama 3.2 Vision's language model: Llama, some of whose layers attend to pictures alone, each with gates of its own.

Source: transformers `MllamaTextConfig`. Without a picture, a step leaves those layers out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Embedding, Head, Norm, Scale

if TYPE_CHECKING:
    from collections.abc import Collection

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec, Sublayer

_SPECIAL_TOKENS = 8  # rows of the table beyond the vocabulary, as for pictures

_EVERY_FIFTH = range(3, 40, 5)


def read(r: Reader) -> ModelSpec:
    computed_head_dim(r)
    r.no_effect(("tie_word_embeddings",), "the table has more rows than the head: the class ties nothing")
    said = r.indices("cross_attention_layers")
    spec = crossing_decoder(r, attention(r), frozenset(_EVERY_FIFTH) if said is None else said)
    spec = spec.transform(Embedding, lambda e: replace(e, vocab_size=e.vocab_size + _SPECIAL_TOKENS))
    return spec.transform(Head, lambda h: replace(h, weight_of="itself"))


def crossing_decoder(r: Reader, base: Attention, numbers: Collection[int]) -> ModelSpec:
    """Return a decoder whose layers of some numbers attend to an encoder's output in place of the text."""
    norm, gate = Norm(base.head_dim), Scale(size=1)
    crossing = replace(base, causal=False, rotary_fraction=0.0, q_norm=norm, k_norm=norm)

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        sublayers = pre_norm(mixer, feed_forward, norm)
        if mixer is not crossing:
            return sublayers
        return tuple(replace(sublayer, residual=gate, from_encoder=True) for sublayer in sublayers)

    mixers = [crossing if i in numbers else base for i in range(layers(r))]
    return decoder(r, mixers, mlp(r), layout=layout)


DIALECT = llama.DIALECT.like(
    "mllama_text_model",
    read=read,
    text_only=("MllamaForCausalLM",),
    vocab_size=128256,
    intermediate_size=14336,
    num_hidden_layers=40,
    num_key_value_heads=8,
    cross_attention_layers=None,
    ties="never",
)
