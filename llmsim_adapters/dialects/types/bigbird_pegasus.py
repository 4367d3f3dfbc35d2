"""BigBird-Pegasus' decoder: biases in the feed-forward network only, an untied head. Source: `BigBirdPegasusConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.types import bart
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = unrotated_attention(r, bias=r.flag("attention_bias"))
    spec = decoder_alone(r, mixer, inputs=(learned_positions(r),))
    r.no_effect(("tie_word_embeddings",), "the class ties nothing, whatever the key says")
    return spec.transform(Head, lambda h: replace(h, weight_of="itself"))


DIALECT = bart.DIALECT.like(
    "bigbird_pegasus",
    read=read,
    vocab_size=96103,
    max_position_embeddings=4096,
    num_hidden_layers=16,
    hidden_act="gelu_new",
    encoder_layers=16,
    attention_bias=False,
    costless=dict.fromkeys(
        ("attention_type", "block_size", "num_random_blocks"),
        "of the encoder's attention, which a decoder by itself does not have",
    ),
)
