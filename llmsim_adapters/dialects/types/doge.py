"""Doge: masks computed from values, residuals with trained scales, experts found by keys. Source: `DogeConfig`."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.assembly.patterns import each_changed
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Attention, DynamicMask, RetrievedExperts, Scale
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True)
    mixers = windowed(r, base, [True] * layers(r))
    masked = _masked(mixers) if isinstance(mixers, Attention) else each_changed(mixers, _masked)
    return decoder(r, masked, mlp(r, bias=r.flag("mlp_bias")), layout=_layout(r))


def _masked(attention: Attention) -> Attention:
    mask = DynamicMask(
        num_key_value_heads=attention.num_key_value_heads,
        value_channels=attention.num_key_value_heads * attention.head_dim,
        window=attention.window,
        bias=attention.qkv_bias,
    )
    return with_options(attention, mask)


def _layout(r: Reader) -> Layout:
    """Return the layout of a layer, whose residuals are scaled; experts run beside the feed-forward network."""
    scale = Scale(size=r.size("hidden_size"))
    experts: tuple[Component, ...] = ()
    if r.flag("is_moe"):
        experts = (_experts(r),)
    else:
        r.no_effect(("num_experts", "num_experts_per_tok"), "is_moe is false")

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        attend = Sublayer((mixer,), (norm,), residual=scale)
        return attend, Sublayer((feed_forward, *experts), (norm,), residual=scale)

    return layout


def _experts(r: Reader) -> RetrievedExperts:
    experts, taken = r.size("num_experts"), r.size("num_experts_per_tok")
    keys = r.derive("num_keys", isqrt(int(experts)))
    r.check(
        "num_experts_per_tok", taken <= keys * keys, lambda: f"is {int(taken)}, more than there are experts with keys"
    )
    return RetrievedExperts(
        hidden_size=r.size("hidden_size"), num_experts=experts, num_experts_per_tok=taken, num_keys=keys
    )


DIALECT = llama.DIALECT.like(
    "doge",
    read=read,
    costless={"keep_window_size": "from how many tokens on the mask leaves some out: elementwise on scores"},
    vocab_size=32768,
    hidden_size=1024,
    intermediate_size=2048,
    num_attention_heads=8,
    sliding_window=None,
    is_moe=False,
    num_experts=16384,
    num_experts_per_tok=64,
)
