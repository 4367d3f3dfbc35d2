"""Nemotron 3.5 Transcribe's encoder of sound: layers with rotary positions over frames that are stacked, as BERT's.

Source: transformers `Nemotron3_5TranscribeAsrAudioConfig`; `Nemotron3DiarizationAudioConfig`, whose class has no norms
of queries and keys.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Norm, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader, *, normed: bool = True) -> ModelSpec:
    """Read the encoder, with norms of each head's queries and keys unless told otherwise."""
    stacked = r.size("subsampling_factor") * r.size("num_mel_bins")
    return layers_of(r, Projection(input_size=stacked, output_size=r.size("hidden_size")), normed=normed)


def without_norms(r: Reader) -> ModelSpec:
    """Read the encoder that tells speakers apart."""
    return read(r, normed=False)


def of_words(r: Reader) -> ModelSpec:
    """Read what tells when words are spoken, over more frames than the encoder's."""
    hidden = r.size("hidden_size")
    more = Convolution(input_channels=hidden, output_channels=hidden, kernel=(r.size("upsampling_factor"),), bias=True)
    spec = layers_of(r, more, normed=True)
    (stack,) = spec.stacks
    head = Projection(input_size=hidden, output_size=r.size("vocab_size"), bias=True)
    return replace(spec, stacks=(replace(stack, after=(*stack.after, head), axis="features"),))


def layers_of(r: Reader, first: Component, *, normed: bool) -> ModelSpec:
    """Return the layers behind what makes their frames."""
    norm = layer_norm(r)
    mixer = replace(attention(r, o_bias=True, causal=False), cached=False)
    heads, keys = mixer.num_attention_heads, mixer.num_key_value_heads
    r.check("num_key_value_heads", heads == keys, "is not the number of heads: the class can't run it")
    if normed:
        head = Norm(mixer.head_dim, "layer", bias=True)
        mixer = replace(mixer, q_norm=head, k_norm=head)
    feed_forward = mlp(r, bias=True, gated=False)
    return encoder(
        r,
        mixer,
        feed_forward,
        norm,
        before=(first, norm),
        after=(norm,),
        axis="frames",
        before_rows=("rows", "rows"),
        after_rows=("rows",),
    )


DIALECT = Dialect(
    "nemotron3_5_transcribe_asr_audio",
    read,
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 10,
        "num_key_value_heads": None,
        "hidden_act": "gelu",
        "num_mel_bins": 128,
        "subsampling_factor": 8,
    },
)
