"""Mamba-2: nothing but state spaces with heads, one a layer. Source: `Mamba2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import alone
from llmsim_adapters.dialects.assembly.recurrent import mamba2
from llmsim_adapters.dialects.types import mamba

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = mamba2(r)
    return decoder(r, mixer, mixer, layout=alone)


DIALECT = mamba.DIALECT.like(
    "mamba2",
    read=read,
    aliases={"num_heads": "mamba_num_heads", "head_dim": "mamba_head_dim"},
    vocab_size=32768,
    hidden_size=4096,
    num_hidden_layers=64,
    state_size=128,
    mamba_num_heads=128,
    mamba_head_dim=64,
    mamba_n_groups=8,
    mamba_chunk_size=256,
    tie_word_embeddings=False,
)
