"""RWKV-4: every layer mixes over time and then over channels, with layer norms. Source: transformers `RwkvConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import ChannelMix, TimeMix

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r)
    mixer = TimeMix(hidden_size=hidden, width=r.size_or("attention_hidden_size", lambda: hidden))
    network = ChannelMix(hidden_size=hidden, intermediate_size=r.size_or("intermediate_size", lambda: 4 * hidden))
    return decoder(r, mixer, network, norm=norm, inputs=(norm,))


DIALECT = Dialect(
    "rwkv",
    read,
    defaults={
        "vocab_size": 50277,
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "attention_hidden_size": None,
        "intermediate_size": None,
        "tie_word_embeddings": False,
    },
    costless={
        "context_length": "bounds the length; there is no table of positions",
        "rescale_every": "how often hidden states are halved: elementwise",
    },
)
