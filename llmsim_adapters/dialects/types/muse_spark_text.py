"""The language model of Muse Spark: Muse Glimmer's layers with gates of residuals, and experts on a projection.

Each residual is weighed by a trained number of each feature. Experts get normalised projections of the hidden states,
and what each gives is normalised. Source: transformers `MuseSparkTextConfig`, SGLang's `muse_spark.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.patterns import experts_where, mlp_layer_types, unrotated
from llmsim_adapters.dialects.types import muse_glimmer_text
from llmsim_adapters.spec.components import Norm, Scale
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    count = layers(r)
    sliding = [(count - 1 - i) % 4 != 0 for i in range(count)]
    base = attention(r, bias=r.flag("attention_bias"))
    norm = Norm(base.head_dim, gain=False)
    mixers = windowed(r, gated(replace(base, q_norm=norm, k_norm=norm, output_norm=norm)), sliding)
    angles = r.sequence("layer_rope_theta", count)
    mixers = unrotated(mixers, sliding if angles is None else [bool(angle) for angle in angles])
    is_sparse = mlp_layer_types(r, lambda: [True] * count)
    return decoder(
        r,
        mixers,
        experts_where(r, is_sparse, lambda: mlp(r), lambda: _experts(r)),
        layout=_weighed,
        inputs=(Norm(r.size("hidden_size"), gain=False),),
        softcap=r.number("final_logit_softcapping", least=0) or None,
    )


def _experts(r: Reader) -> MixtureOfExperts:
    latent = r.size("moe_hidden_size")
    found = mixture_of_experts(r, score_correction_bias="buffer")
    return replace(found, latent_size=latent, latent_input_norm=Norm(latent), expert_norm=Norm(latent))


def _weighed(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before and one after each mixer, the first without a gain, and trained weights of both summands."""
    gate = Scale(size=norm.size)
    return (
        Sublayer((mixer,), (norm,), (replace(norm, gain=False),), residual=gate),
        Sublayer((feed_forward,), (norm,), (norm,), residual=gate),
    )


DIALECT = muse_glimmer_text.DIALECT.like(
    "muse_spark_text",
    read=read,
    text_only=("MuseSparkForCausalLM",),
    classes=("MuseSparkForConditionalGeneration",),
    costless={
        "residual_gate_temperature": "a divisor of weights: elementwise",
        "routed_scaling_factor": "a factor on the experts' weights: elementwise",
    },
    hidden_size=8192,
    intermediate_size=16384,
    num_hidden_layers=62,
    num_attention_heads=128,
    num_key_value_heads=16,
    head_dim=64,
    moe_intermediate_size=4096,
    moe_hidden_size=4096,
    num_experts=256,
    num_experts_per_tok=8,
    num_shared_experts=0,
    ties="never",
)
