"""EmbeddingGemma 2's text model: Gemma 4's layers, which see both ways, and a projection of what they return.

Layers take in a projection of the embedding alone, of which there is no table. Source: transformers
`EmbeddingGemma2TextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, decoder, layers
from llmsim_adapters.dialects.assembly.per_layer import per_layer_embedding
from llmsim_adapters.dialects.types import gemma4_text
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    spec = decoder(r, _mixers(r), mlp(r), layout=gemma4_text.layout(r), inputs=per_layer_embedding(r))
    into = Projection(input_size=r.size("hidden_size"), output_size=r.size("embedding_dim"))
    return replace(spec, outputs=(into, *spec.outputs))


def _mixers(r: Reader) -> list[Attention]:
    """Read the attention of each layer; `sliding_window` is how far a token sees on either side."""
    count = layers(r)
    kinds = r.words("layer_types", (FULL, SLIDING), count) or [FULL if i % 6 == 5 else SLIDING for i in range(count)]
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True, causal=False)
    base = replace(base, v_norm=Norm(base.head_dim, gain=False))
    wide = [i for i, kind in enumerate(kinds) if kind == FULL]
    full = gemma4_text.full_attention(r, base, wide, r.flag("attention_k_eq_v"))
    if SLIDING not in kinds:
        r.no_effect(("sliding_window",), "no layer has sliding attention")
        return [full] * count
    narrow = replace(base, window=r.size("sliding_window") + 1)
    return [full if kind == FULL else narrow for kind in kinds]


DIALECT = gemma4_text.DIALECT.like(
    "embedding_gemma2_text",
    read=read,
    text_only=("EmbeddingGemma2TextModel",),
    hidden_size=512,
    intermediate_size=2048,
    num_hidden_layers=24,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=256,
    hidden_size_per_layer_input=512,
    vocab_size_per_layer_input=None,
    global_head_dim=512,
    embedding_dim=768,
)
