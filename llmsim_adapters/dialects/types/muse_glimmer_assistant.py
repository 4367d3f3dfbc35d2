"""Muse Glimmer's draft of blocks of tokens: DFlash, with its keys at the top.

Source: SGLang's `MuseGlimmerAssistantConfig` and `dflash.py`. No key says the vocabulary, which is the target's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.types import dflash, muse_glimmer_text, qwen3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.no_effect(("block_size",), "how many tokens a step drafts")
    base = replace(qwen3.normed_attention(r), causal=r.flag("is_causal"))
    mixers = windowed(r, base, [True] * layers(r))
    return dflash.of_target(decoder(r, mixers, mlp(r), inputs=dflash.projected(r, dflash.target_layers(r))))


DIALECT = qwen3.DIALECT.like(
    "muse_glimmer_assistant",
    read=read,
    vocab_size=muse_glimmer_text.DIALECT.defaults["vocab_size"],
    hidden_size=6656,
    intermediate_size=19968,
    num_hidden_layers=5,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_dim=128,
    sliding_window=2048,
    is_causal=False,
    target_layer_ids=[1, 13, 25, 37, 49],
    causal_lm=("MuseGlimmerAssistantModel",),
)
