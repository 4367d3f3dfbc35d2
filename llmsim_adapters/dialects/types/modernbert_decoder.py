"""ModernBERT's decoder: windows of half of `local_attention`, no norm before the first attention.

Source: transformers `ModernBertDecoderConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.patterns import each_changed, each_layer
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer


def read(r: Reader) -> ModelSpec:
    hidden, norm = r.size("hidden_size"), layer_norm(r, bias=r.flag("norm_bias"))
    computed_head_dim(r)
    spec = attending_by(r, norm, mixers(r))
    (text,) = spec.stacks
    dense = Projection(input_size=hidden, output_size=hidden, bias=r.flag("classifier_bias"))
    return replace(spec, stacks=(replace(text, after=(*text.after, dense, norm)),))


def attending_by(r: Reader, norm: Norm, each: list[Attention]) -> ModelSpec:
    """Read the layers with such attention each, which have a norm before it but for the first, and the head."""
    first, *rest = each
    first = replace(first)  # an object of its own, which tells the first layer apart

    def layout(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        attending, feeding = pre_norm(mixer, feed_forward, norm)
        return (replace(attending, pre_norms=()) if mixer is first else attending), feeding

    return decoder(
        r,
        [first, *rest],
        mlp(r, bias=r.flag("mlp_bias")),
        layout=layout,
        norm=norm,
        inputs=(norm,),
        head_bias=r.flag("decoder_bias"),
    )


def mixers(r: Reader) -> list[Attention]:
    """Read the attention of each layer: every `global_attn_every_n_layers`-th, from the first on, is full."""
    r.no_effect(("half_of_local_attention",), "computed from local_attention")
    period = r.size("global_attn_every_n_layers")
    if r.has("layer_types"):
        r.no_vote(("global_attn_every_n_layers",), "layer_types", "which layers slide")
    r.check("sliding_window", not r.has("sliding_window") or r.said("sliding_window") != 1, "has no half")
    given = windowed(r, attention(r, bias=r.flag("attention_bias")), [i % period != 0 for i in range(layers(r))])
    return each_changed(
        each_layer(given, layers(r)), lambda m: m if m.window is None else replace(m, window=m.window // 2)
    )


DIALECT = Dialect(
    "modernbert-decoder",
    read,
    defaults={
        "vocab_size": 50368,
        "hidden_size": 768,
        "intermediate_size": 1152,
        "num_hidden_layers": 22,
        "num_attention_heads": 12,
        "hidden_act": "gelu",
        "norm_bias": False,
        "attention_bias": False,
        "mlp_bias": False,
        "decoder_bias": True,
        "classifier_bias": False,
        "sliding_window": 128,
        "global_attn_every_n_layers": 3,
        "layer_types": None,
        "tie_word_embeddings": True,
    },
    aliases={"local_attention": "sliding_window", "sliding_window": "half_of_local_attention"},
    costless={
        **dict.fromkeys(("initializer_cutoff_factor", "mlp_dropout"), "training only"),
        "classifier_activation": "of the layer before the head: elementwise",
        **dict.fromkeys(("global_rope_theta", "local_rope_theta"), "rotation angles: elementwise"),
    },
)
