"""EmbeddingGemma 2's text model: an encoder of Gemma 4's layers, whose own inputs are projected, with no table of them.

Source: transformers `EmbeddingGemma2TextConfig` and SGLang's `embedding_gemma2.py`. The hidden states are projected to
the embedding's size at the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.patterns import each_changed
from llmsim_adapters.dialects.assembly.per_layer import per_layer_projection
from llmsim_adapters.dialects.types import gemma4_text
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    size = r.size("embedding_dim")
    spec = decoder(
        r,
        each_changed(gemma4_text.attentions(r), _looking_both_ways),
        mlp(r),
        layout=gemma4_text.ended(r),
        inputs=per_layer_projection(r, layers(r)),
    )
    return replace(spec, outputs=(*spec.outputs, Projection(input_size=r.size("hidden_size"), output_size=size)))


def _looking_both_ways(mixer: Attention) -> Attention:
    """Return attention to as many tokens before and after as the window says, beside the token itself."""
    window = None if mixer.window is None else mixer.window + 1
    return replace(mixer, causal=False, cached=False, window=window)


DIALECT = gemma4_text.DIALECT.like(
    "embedding_gemma2_text",
    read=read,
    text_only=(),
    classes=("EmbeddingGemma2TextModel",),
    hidden_size=512,
    intermediate_size=2048,
    num_hidden_layers=24,
    num_attention_heads=4,
    num_key_value_heads=2,
    hidden_size_per_layer_input=512,
    embedding_dim=768,
)
