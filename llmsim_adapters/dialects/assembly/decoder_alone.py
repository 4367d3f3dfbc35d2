"""The decoder of an encoder-decoder family by itself: its layers attend to an encoder that is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.classic import classic, unrotated_attention
from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import blocks, layer_norm
from llmsim_adapters.dialects.assembly.layouts import crossing, pre_norm
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

DECODER_KEYS: Final = {
    "decoder_layers": "num_hidden_layers",
    "decoder_attention_heads": "num_attention_heads",
    "decoder_ffn_dim": "intermediate_size",
}
ENCODER_KEYS: Final = {"num_hidden_layers": "encoder_layers", "num_attention_heads": "encoder_attention_heads"}
"""In configs of both halves, the names that other types have for layers and heads are the encoder's."""

OF_ENCODER: Final = "of the encoder, which a decoder by itself does not have"
"""Why keys of an encoder cost nothing where there is none."""

_ENCODER: Final = ("encoder_layers", "encoder_attention_heads", "encoder_ffn_dim")


def decoder_alone(
    r: Reader,
    mixer: Attention | None = None,
    *,
    source_size: int | None = None,
    layout: Layout = pre_norm,
    inputs: tuple[Component, ...] = (),
    final_norm: bool = True,
    head_bias: bool = False,
    encoder: bool = False,
    words: bool = False,
) -> ModelSpec:
    """Read the decoder's half; `source_size` is the size of the encoder's hidden states where it is another.

    Where the whole model's architecture has one, the `encoder` may be read besides; one of `words` is read here, which
    has the same inputs, layout and norms.
    """
    alone = r.architecture.endswith("ForCausalLM")
    if not (encoder or words or alone):
        r.not_modelled("encoder")
    if not (encoder or words) or alone:
        r.no_effect(_ENCODER, OF_ENCODER)
    mixer = mixer or unrotated_attention(r)
    crossed = crossing(layout, replace(mixer, causal=False, source_size=source_size))
    spec = classic(r, mixer, layout=crossed, inputs=inputs, final_norm=final_norm, head_bias=head_bias)
    if not words or alone:
        return spec
    if not r.flag("tie_word_embeddings"):
        r.not_modelled("encoder_vocabulary")  # a table of its own, which classes tie by the same key
    return replace(spec, stacks=(*spec.stacks, _of_words(r, mixer, layout, inputs, final_norm=final_norm)))


def _of_words(r: Reader, mixer: Attention, layout: Layout, inputs: tuple[Component, ...], *, final_norm: bool) -> Stack:
    """Read the encoder, of the decoder's hidden size."""
    hidden, heads, norm = r.size("hidden_size"), r.size("encoder_attention_heads"), layer_norm(r)
    r.check("encoder_attention_heads", hidden % heads == 0, "does not divide the hidden size")
    size = hidden // heads
    own = replace(
        mixer, num_attention_heads=heads, num_key_value_heads=heads, head_dim=size, causal=False, cached=False
    )
    network = mlp(r, width=r.size("encoder_ffn_dim"), bias=True, gated=False)
    distinct, order = blocks(own, network, norm, layout, r.size("encoder_layers"))
    after = (norm,) if final_norm else ()
    return Stack("encoder", distinct, order, before=inputs, after=after, source=True, counted_by="encoder_layers")
