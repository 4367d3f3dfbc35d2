"""BART: positions from row 2 on, norms after mixers and the embedding, an encoder of words. Source: `BartConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import DECODER_KEYS, ENCODER_KEYS, decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    inputs = (learned_positions(r, offset=2), layer_norm(r))
    spec = decoder_alone(r, layout=post_norm, inputs=inputs, final_norm=False, words=True)
    if r.architecture == "BartForConditionalGeneration":
        return spec.transform(Head, lambda head: replace(head, constant_bias=True))
    return spec


DIALECT = Dialect(
    "bart",
    read,
    defaults={
        "vocab_size": 50265,
        "max_position_embeddings": 1024,
        "hidden_size": 1024,
        "num_hidden_layers": 12,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
        "hidden_act": "gelu",
        "encoder_layers": 12,
        "encoder_attention_heads": 16,
        "encoder_ffn_dim": 4096,
        "tie_word_embeddings": True,
    },
    aliases={**DECODER_KEYS, **ENCODER_KEYS},
    costless=dict.fromkeys(("encoder_layerdrop", "decoder_layerdrop"), "training only"),
)
