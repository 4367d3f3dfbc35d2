"""LFM2: short convolutions, and attention in some layers; the feed-forward width is adjusted. Source: `Lfm2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder, layers
from llmsim_adapters.dialects.assembly.recurrent import by_name, says_instead, short_convolution
from llmsim_adapters.dialects.assembly.widths import adjusted
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

CONV = "conv"


def _attends(r: Reader) -> Sequence[str] | None:
    """`full_attn_idxs` are the layers with attention; a config without it has attention in all."""
    if r.has("layer_types"):
        r.no_vote(("full_attn_idxs",), "layer_types", "which layers attend")
        return None
    indices = r.indices("full_attn_idxs")
    return [FULL if indices is None or i in indices else CONV for i in range(layers(r))]


def read(r: Reader) -> ModelSpec:
    says_instead(r, "tie_word_embeddings", "tie_embedding")
    says_instead(r, "intermediate_size", "block_ff_dim")
    parts = {CONV: short_convolution(r), FULL: attention(r, qk_norm=True)}
    return decoder(r, by_name(r, parts, _attends(r)), adjusted(r, mlp(r)))


DIALECT = Dialect(
    "lfm2",
    read,
    defaults={
        "vocab_size": 65536,
        "hidden_size": 2560,
        "intermediate_size": 12288,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": None,
        "conv_bias": False,
        "conv_kernel": 3,
        "block_multiple_of": 256,
        "block_ffn_dim_multiplier": 1.0,
        "block_auto_adjust_ff_dim": True,
        "full_attn_idxs": None,
        "layer_types": None,
        "tie_word_embeddings": True,
    },
    aliases={"conv_L_cache": "conv_kernel", "block_ff_dim": "block_ff_dim"},
    costless={
        **dict.fromkeys(
            ("block_mlp_init_scale", "block_out_init_scale", "block_use_xavier_init", "conv_use_xavier_init"),
            "initial weights: training only",
        ),
        **dict.fromkeys(
            ("block_dim", "conv_dim", "conv_dim_out"), "the type's class has hidden_size there, whatever the key says"
        ),
        "block_norm_eps": "a scalar that keeps norms from division by zero",
        "block_use_swiglu": "the type's class always has a gated network",
        "use_pos_enc": "the type's class always rotates; rotation is elementwise",
    },
)
