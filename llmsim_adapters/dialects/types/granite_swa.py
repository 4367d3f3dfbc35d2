"""Granite with windows, but in every fourth layer, and a sink in each head. Source: transformers `GraniteSWAConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.options import with_sinks
from llmsim_adapters.dialects.assembly.patterns import full_every, unrotated
from llmsim_adapters.dialects.types import granite

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = with_sinks(attention(r, bias=r.flag("attention_bias")))
    mixers = full_every(r, base, 4, first=True)
    thetas = r.sequence("layer_rope_theta")
    if thetas is not None:  # of which only zero, no rotary positions, changes anything; it may be longer than the model
        count = layers(r)
        r.check(
            "layer_rope_theta", len(thetas) >= count, lambda: f"is a list of {len(thetas)}; expected one for each layer"
        )
        if any(theta.__class__ not in (int, float) or not 0 <= theta < float("inf") for theta in thetas):
            r.refuse("layer_rope_theta", thetas, "a number from 0 for each layer")
        mixers = unrotated(mixers, [theta != 0 for theta in (*thetas, *[1] * count)[:count]])
    return decoder(r, mixers, mlp(r, bias=r.flag("mlp_bias")))


DIALECT = granite.DIALECT.like(
    "granite_swa",
    read=read,
    vocab_size=100352,
    hidden_size=2560,
    intermediate_size=8192,
    num_hidden_layers=24,
    num_attention_heads=20,
    num_key_value_heads=4,
    tie_word_embeddings=True,
    sliding_window=128,
    layer_rope_theta=None,
)
