"""SmolLM3: every fourth layer has no rotary positions, and may slide. Source: transformers `SmolLM3Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, windowed
from llmsim_adapters.dialects.assembly.patterns import rotated_layers, unrotated
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = attention(r, bias=r.flag("attention_bias"))
    rotates = rotated_layers(r)
    if r.has("layer_types"):
        r.no_vote(("use_sliding_window",), "layer_types", "which layers slide")
        mixers = windowed(r, base, rotates)
    else:
        slides = r.flag("use_sliding_window")
        if all(rotates):
            r.no_effect(("use_sliding_window",), "every layer has rotary positions, and only others slide")
        mixers = windowed(r, base, [slides and not yes for yes in rotates])
    return decoder(r, unrotated(mixers, rotates), mlp(r, bias=r.flag("mlp_bias")))


DIALECT = llama.DIALECT.like(
    "smollm3",
    read=read,
    costless={"max_window_layers": "published configs say it; nothing of the type reads it"},
    vocab_size=128256,
    hidden_size=2048,
    num_hidden_layers=36,
    num_attention_heads=16,
    num_key_value_heads=4,
    tie_word_embeddings=True,
    use_sliding_window=False,
    sliding_window=None,
    no_rope_layer_interval=4,
)
