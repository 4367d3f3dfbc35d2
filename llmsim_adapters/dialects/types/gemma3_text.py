"""Gemma 3's text model: every sixth layer sees everything, normalised heads. Source: `Gemma3TextConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.types import gemma, gemma2
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = gemma.gemma_attention(r)
    norm = Norm(base.head_dim)
    base = replace(base, q_norm=norm, k_norm=norm, softcap=r.number("attn_logit_softcapping", least=0))
    if r.has("layer_types"):
        r.no_vote(("sliding_window_pattern",), "layer_types", "which layers slide")
        full_every = 1
    else:
        full_every = r.size("sliding_window_pattern")
    sliding = [(i + 1) % full_every != 0 for i in range(layers(r))]
    mixers = windowed(r, base, sliding, both_sides=not base.causal)
    return decoder(r, mixers, mlp(r), layout=sandwich_norm, softcap=r.number("final_logit_softcapping", least=0))


DIALECT = gemma2.DIALECT.like(
    "gemma3_text",
    read=read,
    classes=("EmbeddingGemmaModel",),
    text_only=("Gemma3ForCausalLM",),
    aliases={"_sliding_window_pattern": "sliding_window_pattern"},
    vocab_size=262208,
    use_bidirectional_attention=False,
    sliding_window_pattern=6,
    attn_logit_softcapping=None,
    final_logit_softcapping=None,
)
