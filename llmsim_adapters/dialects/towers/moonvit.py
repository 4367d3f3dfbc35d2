"""MoonViT, the picture encoder of Kimi-VL: a ViT with rotary positions and a learned grid (arXiv:2504.07491).

Source: the published configs of moonshotai/MoonViT-SO-400M and nvidia/LocateAnything-3B, and SGLang's
`kimi_vl_moonvit.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    grid = r.size("init_pos_emb_height") * r.size("init_pos_emb_width")
    before = (patches(r), PositionEmbedding(positions=grid, hidden_size=r.size("hidden_size")))
    mixer = replace(full_attention(r), rotary_fraction=1.0)
    norm = layer_norm(r)
    return encoder(r, mixer, mlp(r, bias=True, gated=False), norm, before=before, after=(norm,))


DIALECT = Dialect(
    "moonvit",
    read,
    {
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 27,
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 14,
        "init_pos_emb_height": 64,
        "init_pos_emb_width": 64,
        "merge_kernel_size": [2, 2],
        "hidden_act": "gelu_pytorch_tanh",
    },
)
