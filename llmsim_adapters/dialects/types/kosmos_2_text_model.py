"""Kosmos-2's text model: XGLM with norms inside attention and networks (Magneto, arXiv:2210.06423).

Source: transformers `Kosmos2TextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import crossing, pre_norm
from llmsim_adapters.dialects.types import xglm
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return decoding(r, inner_norm=True, crosses=r.flag("add_cross_attention"))


def decoding(
    r: Reader, *, inner_norm: bool = False, crosses: bool = False, inputs: tuple[Component, ...] = ()
) -> ModelSpec:
    """Read the decoder, whose attention has an `inner_norm` too, and which `crosses` an encoder's output."""
    mixer, network = unrotated_attention(r), mlp(r, bias=True, gated=False)
    normed = replace(mixer, output_norm=layer_norm(r)) if inner_norm else mixer
    network = replace(network, inner_norm=Norm(network.intermediate_size, "layer", bias=True))
    layout = crossing(pre_norm, mixer if crosses else None)
    return decoder(r, normed, network, layout=layout, norm=layer_norm(r), inputs=inputs)


DIALECT = xglm.DIALECT.like(
    "kosmos_2_text_model",
    read=read,
    aliases={"embed_dim": "hidden_size", "layers": "num_hidden_layers"},
    vocab_size=65037,
    hidden_size=2048,
    intermediate_size=8192,
    num_attention_heads=32,
)
