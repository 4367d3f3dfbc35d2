"""StableLM: Llama with layer norms, which queries and keys may have for every head. Source: `StableLmConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.assembly.layouts import parallel, pre_norm
from llmsim_adapters.dialects.assembly.options import with_norms_of_heads
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    computed_head_dim(r)
    mixer = attention(r, bias=r.flag("qkv_bias"), o_bias=False, rotary_fraction=0.25)
    if r.flag("qk_norm"):
        mixer = with_norms_of_heads(mixer)
    layout = parallel if r.flag("use_parallel_residual") else pre_norm
    return decoder(r, mixer, mlp(r), layout=layout, norm=layer_norm(r))


DIALECT = llama.DIALECT.like(
    "stablelm",
    read=read,
    vocab_size=50304,
    hidden_size=2560,
    intermediate_size=6912,
    num_key_value_heads=32,
    qkv_bias=False,
    qk_norm=False,
    use_parallel_residual=False,
)
