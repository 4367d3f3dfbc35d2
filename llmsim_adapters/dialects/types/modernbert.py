"""ModernBERT: pre-norm layers with rotary positions, of which every third sees all. Source: `ModernBertConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim
from llmsim_adapters.dialects.assembly.decoder import layer_norm, layers, windowed
from llmsim_adapters.dialects.assembly.encoders import count_as_causal
from llmsim_adapters.dialects.assembly.patterns import each_layer
from llmsim_adapters.dialects.types import modernbert_decoder
from llmsim_adapters.spec.components import Projection, Score

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    count_as_causal(r)
    computed_head_dim(r)
    norm = layer_norm(r, bias=r.flag("norm_bias"))
    spec = modernbert_decoder.attending_by(r, norm, _mixers(r))
    if not spec.outputs:
        r.no_effect(("classifier_bias",), "the architecture has no head")
        return spec
    (end,) = spec.outputs
    hidden, one_token = norm.size, isinstance(end, Score) and end.one_token
    dense = Projection(input_size=hidden, output_size=hidden, bias=r.flag("classifier_bias"), one_token=one_token)
    if one_token:
        return replace(spec, outputs=(dense, norm, end))
    (text,) = spec.stacks
    return replace(spec, stacks=(replace(text, after=(*text.after, dense, norm)),))


def _mixers(r: Reader) -> list[Attention]:
    """Read the attention of each layer; `local_attention` tokens are those on both sides together."""
    r.no_effect(("half_of_local_attention",), "computed from local_attention")
    period = r.size("global_attn_every_n_layers")
    if r.has("layer_types"):
        r.no_vote(("global_attn_every_n_layers",), "layer_types", "which layers slide")
    base = replace(attention(r, bias=r.flag("attention_bias"), causal=False), cached=False)
    slides = [i % period != 0 for i in range(layers(r))]
    return each_layer(windowed(r, base, slides, both_sides=True), layers(r))


DIALECT = modernbert_decoder.DIALECT.like(
    "modernbert",
    read=read,
    costless={
        "classifier_pooling": "whether the first token is taken or all are averaged: elementwise",
        "deterministic_flash_attn": "how it is executed",
        "reference_compile": "how it is executed",
        "repad_logits_with_grad": "training only",
        "sparse_pred_ignore_index": "training only",
        "sparse_prediction": "whether training leaves out tokens that are not asked for",
        "embedding_dropout": "training only",
        "position_embedding_type": "the class has rotary positions only",
    },
)
