"""MiniCPM-SALA: lightning attention beside ordinary attention, each with an output gate where the config asks for it.

Source: SGLang's `MiniCPMHybridConfig` and `minicpm.py`. Which layer has which, `mixer_types` says, which is repeated
where it is shorter than the layers are many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.linear_attention import lightning_block
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.types import minicpm
from llmsim_adapters.spec.components import LightningAttention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

_LIGHTNING: Final = ("lightning", "lightning_attn", "lightning-attn")
_FULL: Final = ("minicpm4",)
_OF_LIGHTNING: Final = (
    *("lightning_nh", "lightning_nkv", "lightning_head_dim"),
    *("qk_norm", "use_output_gate", "use_output_norm"),
)
_OF_FULL: Final = ("num_key_value_heads", "attn_use_output_gate")


def read(r: Reader) -> ModelSpec:
    if r.has("sparse_config"):
        r.not_modelled("sparse_config")  # blocks of tokens that compressed keys choose (InfLLM v2)
    r.no_effect(("sparse_config",), "null: attention is to all tokens")
    kinds = [kind in _FULL for kind in r.words("mixer_types", (*_LIGHTNING, *_FULL)) or _FULL]
    count = layers(r)
    attends = (kinds * -(-count // len(kinds)))[:count]
    mixers: dict[bool, Component] = {}
    if not all(attends):
        mixers[False] = _lightning(r)
    else:
        r.no_effect(_OF_LIGHTNING, "no layer has lightning attention")
    if any(attends):
        mixers[True] = _full(r)
    else:
        r.no_effect(_OF_FULL, "every layer has lightning attention")
    return decoder(r, [mixers[flag] for flag in attends], mlp(r))


def _full(r: Reader) -> Attention:
    bias = r.flag("attention_bias")
    base = attention(r, bias=bias)
    return gated(base, bias=bias) if r.flag("attn_use_output_gate") else base


def _lightning(r: Reader) -> LightningAttention:
    hidden, bias = r.size("hidden_size"), r.flag("attention_bias")
    heads = r.size_or("lightning_nh", lambda: r.size("num_attention_heads"))
    kv_heads = r.size_or("lightning_nkv", lambda: r.size("num_key_value_heads"))
    r.check("lightning_nkv", kv_heads == heads, lambda: f"is {int(kv_heads)}; expected {int(heads)}, as lightning_nh")
    head_dim = r.size_or("head_dim", lambda: hidden // r.size("num_attention_heads"))
    return LightningAttention(
        hidden_size=hidden,
        num_heads=heads,
        head_dim=r.size_or("lightning_head_dim", lambda: head_dim),
        block_size=lightning_block(r),
        qkv_bias=bias,
        o_bias=bias,
        gate_bias=bias,
        qk_norm=r.flag("qk_norm"),
        normed=r.flag("use_output_norm"),
        gated=r.flag("use_output_gate"),
        tables=False,
    )


DIALECT = minicpm.DIALECT.like(
    "minicpm_sala",
    read=read,
    classes=("MiniCPMSALAForCausalLM",),
    costless={
        "attn_use_rope": "rotation is elementwise",
        "lightning_layerwise_decay": "of what the decays are computed: elementwise",
        "lightning_scale": "a factor on queries: elementwise",
        "lightning_use_rope": "rotation is elementwise",
    },
    vocab_size=150528,
    hidden_size=4096,
    intermediate_size=14336,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    mixer_types=None,
    lightning_nh=None,
    lightning_nkv=None,
    lightning_head_dim=None,
    qk_norm=True,
    use_output_gate=False,
    use_output_norm=False,
    attn_use_output_gate=False,
    tie_word_embeddings=False,
)
