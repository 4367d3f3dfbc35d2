"""LFM3's picture encoder: gated convolutions over a patch's neighbours, and in some layers grouped attention.

Source: transformers `Lfm3VlVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, layers
from llmsim_adapters.dialects.assembly.recurrent import by_name
from llmsim_adapters.dialects.assembly.tower import encoder
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import NAMES
from llmsim_adapters.spec.components import Norm, Projection, ShortConvolution

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


_CONV = "conv"


def read(r: Reader) -> ModelSpec:
    hidden, side = r.size("hidden_size"), r.size("patch_size")
    norm = Norm(hidden)
    convolution = ShortConvolution(hidden_size=hidden, conv_kernel=r.size("conv_kernel_size"), causal=False, plane=True)
    full = replace(attention(r, qk_norm=True, causal=False), cached=False)
    mixers = by_name(r, {_CONV: convolution, FULL: full}, [_usual(i) for i in range(layers(r))])
    pixels = r.size("num_channels") * r.size("temporal_patch_size") * side * side
    into = Projection(input_size=pixels, output_size=hidden)
    return encoder(r, mixers, mlp(r), norm, before=(into,), after=(norm,))


def _usual(layer: int) -> str:
    """Layers 2, 4, … attend."""
    return FULL if layer and layer % 2 == 0 else _CONV


DIALECT = Dialect(
    "lfm3_vl_vision",
    read,
    {
        "hidden_size": 1024,
        "intermediate_size": 2560,
        "num_hidden_layers": 14,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "num_channels": 3,
        "patch_size": 16,
        "temporal_patch_size": 2,
        "spatial_merge_size": 2,
        "conv_kernel_size": 3,
    },
    aliases=NAMES,
)
