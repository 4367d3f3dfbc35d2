"""openPangu Pro MoE V2: grouped-query attention, DeepSeek-V3's experts, and norms before and after each mixer.

Source: vLLM 0.33's `openpangu.py`. With trained keys, which stand before those of the tokens in every layer and may
have values, heads of keys and of values are of two sizes, and keys are normalised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.types import pangu_ultra_moe
from llmsim_adapters.spec.components import Norm, SinkKeys

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec

_OF_SINKS = ("param_sink_with_value", "qk_nope_dim", "qk_rope_dim", "v_channels")


def read(r: Reader) -> ModelSpec:
    return pangu_ultra_moe.attending_by(r, _attention(r))


def _attention(r: Reader) -> Attention:
    biased = r.flag("attention_bias")
    bias = r.flag("qkv_bias") if r.has("qkv_bias") else biased
    if not r.count("param_sink_number"):
        r.no_effect(_OF_SINKS, "no layer has trained keys")
        return attention(r, bias=bias, o_bias=biased)
    size = r.derive("head_dim", r.size("qk_nope_dim") + r.size("qk_rope_dim"))
    values = r.size("v_channels")
    base = replace(attention(r, bias=bias, o_bias=biased), value_head_dim=values, k_norm=Norm(size))
    sinks = SinkKeys(
        num_attention_heads=base.num_attention_heads,
        num_key_value_heads=base.num_key_value_heads,
        head_dim=size,
        count=r.size("param_sink_number"),
        value_dim=values if r.flag("param_sink_with_value") else 0,
    )
    return with_options(base, sinks)


DIALECT = pangu_ultra_moe.DIALECT.like(
    "pangu_pro_moe_v2",
    read=read,
    classes=("PanguProMoEV2ForCausalLM",),
    head_dim=None,
    num_key_value_heads=None,
    qkv_bias=False,
    param_sink_number=0,
    param_sink_with_value=False,
)
