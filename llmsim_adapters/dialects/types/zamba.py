"""Zamba: Mamba with heads, and one attention block that some layers share, over the embeddings too.

Source: transformers `ZambaConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import alone
from llmsim_adapters.dialects.assembly.recurrent import LINEAR, by_name, mamba
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Norm, Projection
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MLP, Adapter, Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

HYBRID = "hybrid"


def doubled(r: Reader) -> Attention:
    """Read attention over the hidden states and the embeddings side by side."""
    double = 2 * r.size("hidden_size")
    r.agree("attention_hidden_size", double, "2 x hidden_size: the embeddings are beside the states")
    r.size_or("head_dim", lambda: double // r.size("num_attention_heads"))
    return replace(attention(r, rotary_fraction=0.0), input_size=double)


def shared(
    r: Reader,
    recurs: Component,
    mixers: Sequence[Component],
    network: MLP,
    *,
    blocks: int = 1,
    adapters: Sequence[Adapter] = (),
) -> ModelSpec:
    """Return a decoder of recurrent layers; those whose mixer is attention run a block with it before.

    There are as many sets of that block's weights as `blocks`; transformers does not share them either where it does
    not share the embedding's. Each such layer has a projection of the block's result, and `adapters`, of its own.
    """
    sets = blocks if r.flag("tie_word_embeddings") else None

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        if mixer is recurs:
            return alone(mixer, feed_forward, norm)
        hidden = norm.size
        return (
            Sublayer((mixer,), (Norm(2 * hidden),), skip=False, weight_sets=sets),
            Sublayer((feed_forward,), (norm,), skip=False, weight_sets=sets),
            *(Sublayer((adapter,), skip=False) for adapter in adapters),
            Sublayer((Projection(input_size=hidden, output_size=hidden),), skip=False),
            Sublayer((recurs,), (norm,)),
        )

    return decoder(r, mixers, [recurs if mixer is recurs else network for mixer in mixers], layout=layout)


def _usual(r: Reader) -> list[str]:
    """Layer 2 has the block, and of those after it every `attn_layer_period`-th."""
    if r.has("layer_types"):
        r.no_vote(("attn_layer_period", "attn_layer_offset"), "layer_types", "which layers attend")
        return []
    period, offset = r.size("attn_layer_period"), r.count("attn_layer_offset")
    rest = [HYBRID if i % period == offset else LINEAR for i in range(layers(r) - 3)]
    return [LINEAR, LINEAR, HYBRID, *rest][: layers(r)]


def read(r: Reader) -> ModelSpec:
    heads, recurs = r.size("mamba_num_heads"), mamba(r)
    inner = recurs.intermediate_size
    r.check(
        "mamba_num_heads", inner % heads == 0, lambda: f"is {int(heads)}, which does not divide {int(inner)} channels"
    )
    recurs = replace(recurs, heads=heads)
    mixers = by_name(r, {LINEAR: recurs, HYBRID: doubled(r)}, _usual(r))
    return shared(r, recurs, mixers, mlp(r))


DIALECT = Dialect(
    "zamba",
    read,
    defaults={
        "vocab_size": 32000,
        "hidden_size": 3712,
        "intermediate_size": 14848,
        "num_hidden_layers": 76,
        "num_attention_heads": 16,
        "num_key_value_heads": 16,
        "head_dim": None,
        "layer_types": None,
        "attn_layer_period": 6,
        "attn_layer_offset": 4,
        "hidden_act": "gelu",
        "state_size": 16,
        "conv_kernel": 4,
        "mamba_expand": 2,
        "mamba_num_heads": 2,
        "time_step_rank": "auto",
        "mamba_conv_bias": True,
        "mamba_proj_bias": False,
        "tie_word_embeddings": True,
    },
    aliases={"n_mamba_heads": "mamba_num_heads"},
    costless={"hidden_mamba_act": "the mixer's activation: elementwise"},
)
