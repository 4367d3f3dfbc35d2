"""The language model of Muse Glimmer: four norms a layer, gated attention, three of four layers slide.

Norms of embeddings, queries and keys have no gain. Source: transformers `MuseGlimmerTextConfig`, SGLang's
`muse_glimmer.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import unrotated
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    count = layers(r)
    base = attention(r, bias=r.flag("attention_bias"))
    norm = Norm(base.head_dim, gain=False)
    base = gated(replace(base, q_norm=norm, k_norm=norm))
    mixers = windowed(r, base, [(i + 1) % 4 != 0 for i in range(count)])
    angles = r.sequence("layer_rope_theta", count)
    if angles is not None:
        mixers = unrotated(mixers, [bool(angle) for angle in angles])
    return decoder(
        r,
        mixers,
        mlp(r),
        layout=sandwich_norm,
        inputs=(Norm(r.size("hidden_size"), gain=False),),
        softcap=r.number("final_logit_softcapping", least=0) or None,
    )


DIALECT = llama.DIALECT.like(
    "muse_glimmer_text",
    read=read,
    text_only=("MuseGlimmerForCausalLM",),
    aliases={"hidden_activation": "hidden_act"},
    costless={
        "output_multiplier": "a factor on the logits: elementwise",
        "post_norm_eps": "a small number that norms add",
        "qk_scale_factor": "a factor on the scores of attention: elementwise",
    },
    vocab_size=202048,
    hidden_size=6656,
    intermediate_size=19968,
    num_hidden_layers=52,
    num_attention_heads=32,
    num_key_value_heads=2,
    head_dim=128,
    sliding_window=2048,
    final_logit_softcapping=20.0,
)
