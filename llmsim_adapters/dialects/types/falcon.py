"""Falcon: multi-query or grouped heads, mixers side by side, layer norms, no gate. Source: `FalconConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import parallel, parallel_two_norms, pre_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    bias, grouped = r.flag("bias"), r.flag("new_decoder_architecture")
    mixer = attention(
        r, bias=bias, kv_heads=None if grouped else _kv_heads(r), rotary_fraction=0.0 if r.flag("alibi") else 1.0
    )
    hidden = r.size("hidden_size")
    feed_forward = mlp(r, width=r.size_or("intermediate_size", lambda: 4 * hidden), gated=False, bias=bias)
    return decoder(r, mixer, feed_forward, norm=layer_norm(r), layout=_layout(r, grouped))


def _kv_heads(r: Reader) -> int:
    """Without grouped heads the configured number of key/value heads does not count."""
    r.no_effect(("num_key_value_heads",), "new_decoder_architecture is false: multi_query says how many there are")
    return 1 if r.flag("multi_query") else r.size("num_attention_heads")


def _layout(r: Reader, grouped: bool) -> Layout:
    """Return where the norms of a layer stand; `new_decoder_architecture` always has its mixers side by side."""
    if not grouped:
        if r.said("num_ln_in_parallel_attn") not in (None, 1):
            r.inferred("num_ln_in_parallel_attn", "the class runs with one norm alone without new_decoder_architecture")
        r.no_effect(("num_ln_in_parallel_attn",), "new_decoder_architecture is false: one norm before each layer")
        return parallel if r.flag("parallel_attn") else pre_norm
    r.no_effect(("multi_query", "parallel_attn"), "new_decoder_architecture is true")
    norms = r.size_or("num_ln_in_parallel_attn", lambda: 2)
    r.check("num_ln_in_parallel_attn", norms <= 2, lambda: f"is {int(norms)}; expected 1 or 2")
    return parallel if norms == 1 else parallel_two_norms


DIALECT = Dialect(
    "falcon",
    read,
    defaults={
        "vocab_size": 65024,
        "hidden_size": 4544,
        "intermediate_size": None,
        "num_hidden_layers": 32,
        "num_attention_heads": 71,
        "num_key_value_heads": None,
        "num_ln_in_parallel_attn": None,
        "alibi": False,
        "new_decoder_architecture": False,
        "multi_query": True,
        "parallel_attn": True,
        "bias": False,
        "hidden_act": "gelu",
        "tie_word_embeddings": True,
    },
    aliases={"n_embed": "hidden_size"},
    costless={
        "apply_residual_connection_post_layernorm": "on which side of a norm the residual is taken: elementwise",
    },
)
