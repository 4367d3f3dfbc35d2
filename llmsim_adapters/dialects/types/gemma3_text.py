"""Gemma 3's text model: every sixth layer sees everything, normalised heads. Source: `Gemma3TextConfig`.

Rnj-1's class has its layers, some of which see a token's own chunk and the one before, together `sliding_window` tokens
(vLLM 0.33's `rnj1.py`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.types import gemma, gemma2
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = gemma.gemma_attention(r)
    norm = Norm(base.head_dim)
    base = replace(base, q_norm=norm, k_norm=norm, softcap=r.number("attn_logit_softcapping", least=0))
    if r.architecture == _OF_CHUNKS:
        r.no_effect(("sliding_window_pattern",), "the class has a list of layers")
        return decoder(r, _in_chunks(r, base), mlp(r), layout=sandwich_norm)
    mixers = windowed(r, base, sliding_layers(r), both_sides=not base.causal)
    return decoder(r, mixers, mlp(r), layout=sandwich_norm, softcap=r.number("final_logit_softcapping", least=0))


def sliding_layers(r: Reader) -> list[bool]:
    """Read which layers slide where no `layer_types` says it: all but every `sliding_window_pattern`-th."""
    if r.has("layer_types"):
        r.no_vote(("sliding_window_pattern",), "layer_types", "which layers slide")
        every = 1
    else:
        every = r.size("sliding_window_pattern")
    return [(i + 1) % every != 0 for i in range(layers(r))]


def _in_chunks(r: Reader, base: Attention) -> list[Attention]:
    """Read which layers see two chunks of tokens."""
    kinds = r.words("layer_types", (FULL, _CHUNKS), layers(r)) or [FULL] * layers(r)
    if _CHUNKS not in kinds:
        r.no_effect(("sliding_window",), "no layer has chunked attention")
        return [base] * layers(r)
    window = r.size("sliding_window")
    r.check("sliding_window", window > 1, "is 1, which makes no two chunks")
    narrow = replace(base, window=window, chunked=True, chunks=2)
    return [narrow if kind == _CHUNKS else base for kind in kinds]


_CHUNKS: Final = "chunked_attention"
_OF_CHUNKS: Final = "Rnj1ForCausalLM"

DIALECT = gemma2.DIALECT.like(
    "gemma3_text",
    read=read,
    classes=("EmbeddingGemmaModel", _OF_CHUNKS),
    text_only=("Gemma3ForCausalLM",),
    aliases={"_sliding_window_pattern": "sliding_window_pattern"},
    vocab_size=262208,
    use_bidirectional_attention=False,
    sliding_window_pattern=6,
    attn_logit_softcapping=None,
    final_logit_softcapping=None,
)
