"""DiffLlama: Llama with differential attention, its results normalised by pairs of heads. Source: `DiffLlamaConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.options import with_options
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Differential, Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    base = attention(r, bias=r.flag("attention_bias"))
    pairs = Norm(2 * base.head_dim, gain=False)
    return decoder(r, replace(with_options(base, Differential(head_dim=base.head_dim)), output_norm=pairs), mlp(r))


DIALECT = llama.DIALECT.like(
    "diffllama",
    read=read,
    costless={"lambda_std_dev": "training only"},
    hidden_size=2048,
    intermediate_size=8192,
    num_hidden_layers=16,
)
