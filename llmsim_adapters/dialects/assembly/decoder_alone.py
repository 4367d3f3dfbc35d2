"""The decoder of an encoder-decoder family by itself: its layers attend to an encoder that is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.classic import classic, unrotated_attention
from llmsim_adapters.dialects.assembly.layouts import crossing, pre_norm

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
) -> ModelSpec:
    """Read the decoder's half; `source_size` is the size of the encoder's hidden states where it is another.

    Where the whole model's architecture has one, the `encoder` may be read besides.
    """
    if not encoder and not r.architecture.endswith("ForCausalLM"):
        r.not_modelled("encoder")
    if not encoder or r.architecture.endswith("ForCausalLM"):
        r.no_effect(_ENCODER, "of the encoder, which a decoder by itself does not have")
    mixer = mixer or unrotated_attention(r)
    crossed = crossing(layout, replace(mixer, causal=False, source_size=source_size))
    return classic(r, mixer, layout=crossed, inputs=inputs, final_norm=final_norm, head_bias=head_bias)
