"""BitNet b1.58: norms before the output projections of both mixers. Source: transformers `BitNetConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = replace(attention(r, bias=r.flag("attention_bias")), output_norm=Norm(r.size("hidden_size")))
    return decoder(r, mixer, replace(mlp(r), inner_norm=Norm(r.size("intermediate_size"))))


DIALECT = llama.DIALECT.like(
    "bitnet",
    read=read,
    vocab_size=128256,
    hidden_size=2560,
    intermediate_size=6912,
    num_hidden_layers=30,
    num_attention_heads=20,
    num_key_value_heads=5,
    hidden_act="relu2",
)
