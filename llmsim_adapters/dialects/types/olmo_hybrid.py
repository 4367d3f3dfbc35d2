"""OLMo Hybrid: gated delta nets behind a norm, OLMo 2's attention in every fourth layer. Source: `OlmoHybridConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm
from llmsim_adapters.dialects.assembly.linear_attention import gated_delta_net, linear_or_full
from llmsim_adapters.dialects.types import olmo2
from llmsim_adapters.spec.components import Attention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer


def _attends(r: Reader) -> list[bool]:
    """Every fourth layer attends, at least the last one."""
    count = layers(r)
    return [i % 4 == 3 or (count < 4 and i == count - 1) for i in range(count)]


def _layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    return (post_norm if isinstance(mixer, Attention) else pre_norm)(mixer, feed_forward, norm)


def read(r: Reader) -> ModelSpec:
    mixers = linear_or_full(r, lambda: gated_delta_net(r), lambda: olmo2.normed_attention(r), lambda: _attends(r))
    return decoder(r, mixers, mlp(r), layout=_layout)


DIALECT = olmo2.DIALECT.like(
    "olmo_hybrid",
    read=read,
    costless={
        "linear_a_log_max": "bounds of initial decays: training only",
        "linear_a_log_min": "bounds of initial decays: training only",
        "linear_allow_neg_eigval": "a factor of two on the rates: elementwise",
        "linear_dt_init_floor": "bounds of initial decays: training only",
        "linear_dt_max": "bounds of initial decays: training only",
        "linear_dt_min": "bounds of initial decays: training only",
    },
    vocab_size=100352,
    hidden_size=3840,
    num_attention_heads=30,
    linear_num_key_heads=None,
    linear_num_value_heads=None,
    linear_key_head_dim=None,
    linear_value_head_dim=None,
    linear_conv_kernel_dim=4,
)
