"""Bamba: Mamba-2 with Llama's attention in the layers of `attn_layer_indices`. Source: `BambaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.recurrent import mamba2, where
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    attends = attention(r, bias=r.flag("attention_bias"), rotary_fraction=0.5)
    mixers = where(r, "attn_layer_indices", attends, mamba2(r))
    return decoder(r, mixers, mlp(r, bias=r.flag("mlp_bias")))


DIALECT = llama.DIALECT.like(
    "bamba",
    read=read,
    costless={"z_loss_coefficient": "training only"},
    vocab_size=128000,
    intermediate_size=14336,
    num_key_value_heads=8,
    attn_layer_indices=None,
    mamba_num_heads=128,
    mamba_head_dim="auto",
    mamba_n_groups=1,
    state_size=256,
    conv_kernel=4,
    mamba_expand=2,
    mamba_chunk_size=256,
    mamba_conv_bias=True,
    mamba_proj_bias=False,
)
