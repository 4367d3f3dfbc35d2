"""StarCoder2: Mistral with layer norms, biases and no gate in the feed-forward. Source: `Starcoder2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.decoder import layers, windowed
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias = r.flag("attention_bias")
    return classic(r, windowed(r, attention(r, bias=bias), [True] * layers(r)), bias=bias)


DIALECT = llama.DIALECT.like(
    "starcoder2",
    read=read,
    vocab_size=49152,
    hidden_size=3072,
    intermediate_size=12288,
    num_hidden_layers=30,
    num_attention_heads=24,
    num_key_value_heads=2,
    hidden_act="gelu_pytorch_tanh",
    sliding_window=None,
    attention_bias=True,
    tie_word_embeddings=True,
    aliases={"activation_function": "activation_function"},
    costless={
        "activation_function": "the class goes by hidden_act",
        "mlp_type": "the class has one kind of feed-forward network",
        "norm_type": "the class has layer norms only",
    },
)
