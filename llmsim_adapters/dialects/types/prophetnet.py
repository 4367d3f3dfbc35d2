"""ProphetNet: beside each token that is written run the streams that predict several after it.

Source: transformers `ProphetNetConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import ENCODER, OF_ENCODER, beside, encoder_of_words, is_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import crossing, post_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Embedding, Head, NgramAttention, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    alone = is_alone(r)
    if alone:
        r.no_effect(ENCODER, OF_ENCODER)
    hidden, ngram, norm = r.size("hidden_size"), r.size("ngram"), layer_norm(r)
    usual = unrotated_attention(r)
    mixer = NgramAttention(
        hidden_size=hidden,
        num_attention_heads=usual.num_attention_heads,
        head_dim=usual.head_dim,
        ngram=ngram,
        num_buckets=r.size("num_buckets"),
    )
    layout = crossing(post_norm, replace(usual, causal=False) if r.flag("add_cross_attention") else None)
    spec = decoder(r, mixer, mlp(r, gated=False, bias=True), layout=layout, norm=norm, final_norm=False)
    positions = learned_positions(r)
    before = (positions, PositionEmbedding(positions=ngram, hidden_size=hidden), norm)
    (text,) = spec.stacks
    spec = replace(spec, stacks=(replace(text, before=before, streams=1 + ngram),))
    spec = spec.transform(Head, lambda h: replace(h, predictions=ngram))
    if not alone:
        return beside(r, spec, encoder_of_words(r, usual, post_norm, (positions, norm), final_norm=False))
    tied = all(head.weight_of == "embedding" for head in spec.outputs if isinstance(head, Head))
    return spec if tied else spec.transform(Embedding, lambda e: replace(e, spare=True))


DIALECT = Dialect(
    "prophetnet",
    read,
    defaults={
        "vocab_size": 30522,
        "hidden_size": 1024,
        "intermediate_size": 4096,
        "num_hidden_layers": 12,
        "num_attention_heads": 16,
        "max_position_embeddings": 512,
        "hidden_act": "gelu",
        "ngram": 2,
        "num_buckets": 32,
        "add_cross_attention": True,
        "encoder_layers": 12,
        "encoder_attention_heads": 16,
        "encoder_ffn_dim": 4096,
        "tie_word_embeddings": True,
    },
    aliases={
        "decoder_ffn_dim": "intermediate_size",
        "num_decoder_layers": "num_hidden_layers",
        "num_decoder_attention_heads": "num_attention_heads",
        "num_encoder_layers": "encoder_layers",
        "num_encoder_attention_heads": "encoder_attention_heads",
        "num_attention_heads": "encoder_attention_heads",
    },
    costless={
        "relative_max_distance": "how distances are sorted into num_buckets",
        **dict.fromkeys(("disable_ngram_loss", "eps", "encoder_layerdrop", "decoder_layerdrop"), "training only"),
        **dict.fromkeys(
            ("encoder_max_position_embeddings", "decoder_max_position_embeddings"),
            "of an older class: both halves have max_position_embeddings",
        ),
    },
)
