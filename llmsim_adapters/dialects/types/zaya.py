"""ZAYA1: attention whose queries, keys and values are convolved (CCA), a router of several layers, scaled residuals.

A token may also go to no expert. Source: transformers `ZayaConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import HeadConvolution, Norm, Scale, ScaledResidual
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

_FULL: Final = "hybrid"
_SLIDING: Final = "hybrid_sliding"


def read(r: Reader) -> ModelSpec:
    hidden, count = r.size("hidden_size"), layers(r)
    residual = ScaledResidual(hidden_size=hidden)

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return Sublayer((mixer,), (norm,), residual=residual), Sublayer((feed_forward,), (norm,), residual=residual)

    first = replace(mixture_of_experts(r, score_correction_bias="buffer"), identity_experts=1)
    first = replace(first, router_size=r.size("router_hidden_size"))
    later = replace(first, router_carries=True)
    return decoder(
        r,
        _mixers(r),
        [first, *[later] * (int(count) - 1)],
        layout=layout,
        inputs=(Scale(size=hidden, shifted=True),),
        head_bias=r.flag("lm_head_bias"),
    )


def _mixers(r: Reader) -> list[Attention]:
    base = attention(r, bias=r.flag("attention_bias"), rotary_fraction=0.5)
    norm = Norm(base.head_dim, gain=False)
    values = base.num_key_value_heads * base.head_dim
    r.check("head_dim", values % 2 == 0, lambda: f"makes {int(values)} values, which have no half")
    kernels = r.size("cca_time0"), r.size("cca_time1")
    convolution = HeadConvolution(
        input_size=base.hidden_size,
        num_attention_heads=base.num_attention_heads,
        num_key_value_heads=base.num_key_value_heads,
        head_dim=base.head_dim,
        value_head_dim=base.head_dim,
        channel_kernel=kernels[0],
        head_kernel=kernels[1],
        bias=base.qkv_bias,
    )
    base = with_options(replace(base, q_norm=norm, k_norm=norm), convolution)
    kinds = r.words("layer_types", (_FULL, _SLIDING), layers(r)) or [_FULL] * layers(r)
    if _SLIDING not in kinds:
        r.no_effect(("sliding_window",), "no layer has sliding attention")
        return [base] * layers(r)
    narrow = replace(base, window=r.size("sliding_window"))
    return [narrow if kind == _SLIDING else base for kind in kinds]


DIALECT = Dialect(
    "zaya",
    read,
    defaults={
        "vocab_size": 262272,
        "hidden_size": 2048,
        "num_hidden_layers": 40,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "head_dim": 128,
        "hidden_act": "silu",
        "attention_bias": False,
        "lm_head_bias": False,
        "sliding_window": None,
        "layer_types": None,
        "cca_time0": 2,
        "cca_time1": 2,
        "num_experts": 16,
        "num_experts_per_tok": 1,
        "moe_intermediate_size": 2048,
        "router_hidden_size": 256,
        "tie_word_embeddings": True,
    },
)
