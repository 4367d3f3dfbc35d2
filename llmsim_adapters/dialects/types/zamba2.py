"""Zamba2: Zamba with Mamba-2, shared blocks in turn, and adapters of each layer's own. Source: `Zamba2Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.recurrent import LINEAR, by_name, mamba2
from llmsim_adapters.dialects.types import zamba
from llmsim_adapters.dialects.types.zamba import HYBRID
from llmsim_adapters.spec.components import Adapter
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec

_USUAL: Final = (
    [LINEAR] + [*[LINEAR] * 5, HYBRID] * 7 + [*[LINEAR] * 4, HYBRID] + [*[LINEAR] * 3, HYBRID] + [LINEAR] * 2
)
"""The layers of the smallest model, whatever the number of layers is."""


def _attention(r: Reader) -> Attention:
    rotates = r.flag("use_mem_rope")
    return replace(zamba.doubled(r), rotary_fraction=1.0 if rotates else 0.0)


def _copies(r: Reader, blocks: int, hybrids: int) -> int:
    """Return how many sets of adapters a layer has: where blocks are not shared, those of all layers of its block."""
    if r.flag("tie_word_embeddings") or not hybrids:
        return 1
    if hybrids > blocks and hybrids % blocks:
        r.not_modelled("layers_with_unequal_adapters")
    return ceil_div(hybrids, blocks)


def read(r: Reader) -> ModelSpec:
    hidden, rank, bias = r.size("hidden_size"), r.size("adapter_rank"), r.flag("mamba_proj_bias")
    attends, recurs = _attention(r), mamba2(r)
    network = mlp(r, width=r.size_or("intermediate_size", lambda: 4 * hidden), bias=bias)
    usual = _USUAL if layers(r) == len(_USUAL) else None
    mixers = by_name(r, {LINEAR: recurs, HYBRID: attends}, usual)
    blocks = r.size("num_mem_blocks")
    copies = _copies(r, blocks, sum(mixer is attends for mixer in mixers))
    adapters = [Adapter(input_size=hidden, rank=rank, output_size=2 * network.intermediate_size, copies=copies)]
    if r.flag("use_shared_attention_adapter"):
        adapters += [Adapter(input_size=2 * hidden, rank=rank, output_size=2 * hidden, copies=copies)] * 3
    return zamba.shared(r, recurs, mixers, network, blocks=blocks, adapters=adapters)


_COMPUTED = "the type computes it from hidden_size and num_attention_heads"

DIALECT = zamba.DIALECT.like(
    "zamba2",
    read=read,
    aliases={
        "add_bias_linear": "mamba_proj_bias",
        "kv_channels": "unused_head_dim",
        "mamba_headdim": "unused_mamba_head_dim",
        "use_conv_bias": "unused_conv_bias",
    },
    costless={
        **dict.fromkeys(("kv_channels", "num_query_groups"), _COMPUTED),
        "hybrid_layer_ids": "follows from layer_types",
        "mamba_headdim": "the type computes it from mamba_expand, hidden_size and the number of heads",
        "use_conv_bias": "the type's convolutions have biases, whatever the key says",
        "use_long_context": "rotation angles and a bound of the length",
        "use_mem_eff_path": "how the same network is executed",
    },
    hidden_size=2560,
    intermediate_size=None,
    num_hidden_layers=54,
    num_attention_heads=32,
    num_key_value_heads=None,
    state_size=64,
    mamba_num_heads=8,
    mamba_head_dim="auto",
    mamba_n_groups=1,
    mamba_chunk_size=256,
    num_mem_blocks=1,
    adapter_rank=128,
    use_shared_attention_adapter=False,
    use_mem_rope=False,
)
