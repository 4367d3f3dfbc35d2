"""Canary's decoder: computed positions and a norm behind the embedding. Source: transformers `CanaryDecoderConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import decoder_alone
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return listening(r)


def listening(r: Reader, *inputs: Component) -> ModelSpec:
    """Read a decoder that attends to an encoder of sound; a norm stands behind the embedding and its other `inputs`."""
    mixer = unrotated_attention(r, bias=r.flag("attention_bias"))
    return decoder_alone(r, mixer, inputs=(*inputs, layer_norm(r)), head_bias=True, encoder=True)


DIALECT = Dialect(
    "canary_decoder",
    read,
    {
        "vocab_size": 16384,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 8,
        "num_attention_heads": 8,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "hidden_act": "relu",
        "attention_bias": True,
        "tie_word_embeddings": True,
    },
)
