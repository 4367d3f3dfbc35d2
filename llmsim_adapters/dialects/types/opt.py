"""OPT: positions from row 2 on, norms before or after the mixers, narrow embeddings. Source: `OPTConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.ends import learned_positions, narrow_ends
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    before, hidden = r.flag("do_layer_norm_before"), r.size("hidden_size")
    if not before:
        r.no_effect(("_remove_final_layer_norm",), "without norms before the mixers there is no final one")
    spec = classic(
        r,
        bias=r.flag("enable_bias"),
        layout=pre_norm if before else post_norm,
        norm=None if r.flag("layer_norm_elementwise_affine") else Norm(hidden, "layer", gain=False),
        final_norm=before and not r.flag("_remove_final_layer_norm"),
        inputs=(learned_positions(r, offset=2),),
    )
    return narrow_ends(spec, hidden, r.size_or("word_embed_proj_dim", lambda: hidden))


DIALECT = llama.DIALECT.like(
    "opt",
    read=read,
    vocab_size=50272,
    max_position_embeddings=2048,
    hidden_size=768,
    intermediate_size=3072,
    num_hidden_layers=12,
    num_attention_heads=12,
    word_embed_proj_dim=None,
    hidden_act="relu",
    enable_bias=True,
    do_layer_norm_before=True,
    _remove_final_layer_norm=False,
    layer_norm_elementwise_affine=True,
    tie_word_embeddings=True,
)
