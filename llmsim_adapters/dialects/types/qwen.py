"""Qwen, the first: `intermediate_size` is gate and up together; queries, keys and values have biases.

Source: the published config of Qwen/Qwen-7B and SGLang's `qwen.py`, which halves the size; `qwen2` of equal dimensions
is the proof. One fused projection of queries, keys and values has no cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_FORMAT = "the number format of the loaded weights, when it is not asked for"
_SCALE = "a scalar or an angle on queries and keys: no weights, no matrix product"


def read(r: Reader) -> ModelSpec:
    heads = r.size("num_attention_heads")
    r.agree("kv_channels", r.size("hidden_size") // heads, "hidden_size / num_attention_heads")
    r.only("use_cache_quantization", False)
    bias = not r.flag("no_bias")
    mixer = attention(r, bias=True, o_bias=bias, kv_heads=heads)
    return decoder(r, mixer, mlp(r, width=r.size("intermediate_size") // 2, bias=bias))


DIALECT = xverse.DIALECT.like(
    "qwen",
    read=read,
    aliases={"rotary_pct": "partial_rotary_factor", "kv_channels": "kv_channels"},
    costless={
        **dict.fromkeys(("bf16", "fp16", "fp32"), _FORMAT),
        **dict.fromkeys(("attn_dropout_prob", "emb_dropout_prob"), "training only"),
        **dict.fromkeys(("rotary_emb_base", "use_dynamic_ntk", "use_logn_attn", "scale_attn_weights"), _SCALE),
        **dict.fromkeys(("onnx_safe", "softmax_in_fp32", "use_cache_kernel"), "how the same network is executed"),
    },
    no_bias=True,
    use_cache_quantization=False,
)
