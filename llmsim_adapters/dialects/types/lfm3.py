"""LFM3: LFM2's mixers, some attention sliding, gates on heads, norms after mixers too. Source: `Lfm3Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, decoder, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm, sandwich_norm
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.assembly.recurrent import by_name, short_convolution
from llmsim_adapters.dialects.types import lfm2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def _usual(layer: int) -> str:
    """Layers 2, 6, … attend fully, layers 4, 8, … within the window."""
    if layer % 4 == 2:
        return FULL
    return SLIDING if layer and layer % 4 == 0 else lfm2.CONV


def read(r: Reader) -> ModelSpec:
    full = attention(r, bias=r.flag("attention_bias"), qk_norm=True)
    if r.flag("use_attention_gate"):
        full = gated(full, per_head=True)
    parts = {lfm2.CONV: short_convolution(r), FULL: full, SLIDING: replace(full, window=r.size("sliding_window"))}
    layout = sandwich_norm if r.flag("use_sandwich_norm") else pre_norm
    return decoder(r, by_name(r, parts, [_usual(i) for i in range(layers(r))]), mlp(r), layout=layout)


DIALECT = lfm2.DIALECT.like(
    "lfm3",
    read=read,
    vocab_size=128000,
    hidden_size=2048,
    intermediate_size=7680,
    num_hidden_layers=24,
    num_attention_heads=16,
    num_key_value_heads=4,
    head_dim=128,
    conv_kernel=7,
    sliding_window=256,
    use_sandwich_norm=True,
    use_attention_gate=True,
    attention_bias=False,
)
