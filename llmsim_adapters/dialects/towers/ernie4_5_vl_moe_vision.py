"""ERNIE 4.5 VL's picture encoder: a ViT over patches of one frame. Source: `Ernie4_5_VLMoeVisionConfig`.

Configs of its publisher call it `DFNRope_vision_transformer`, and say how wide its networks are by a ratio.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, norm, side = r.size("hidden_size"), layer_norm(r), r.size("patch_size")
    into = Projection(input_size=r.size("num_channels") * side * side, output_size=hidden)
    mixer = replace(full_attention(r), rotary_fraction=1.0)
    wide = r.size_or("intermediate_size", lambda: hidden * r.size("mlp_ratio"))
    feed_forward = mlp(r, width=wide, bias=True, gated=False)
    return encoder(r, mixer, feed_forward, norm, before=(into,), after=(norm,), after_rows=("rows",))


_ALIASES = {
    "depth": "num_hidden_layers",
    "num_heads": "num_attention_heads",
    "in_channels": "num_channels",
    "in_chans": "num_channels",
}
_SIZES = {
    "num_hidden_layers": 32,
    "hidden_size": 1280,
    "hidden_act": "quick_gelu",
    "num_attention_heads": 16,
    "num_channels": 3,
    "patch_size": 14,
    "spatial_merge_size": 2,
}

DIALECT = Dialect(
    "ernie4_5_vl_moe_vision",
    read,
    {**_SIZES, "intermediate_size": 5120, "temporal_merge_size": 2},
    aliases=_ALIASES,
)

AS_PUBLISHED = Dialect(
    "DFNRope_vision_transformer",
    read,
    {**_SIZES, "intermediate_size": None, "mlp_ratio": 4},
    aliases={**_ALIASES, "embed_dim": "hidden_size", "hidden_size": "said_size"},
    costless={"hidden_size": "the size of what leaves the encoder: embed_dim"},
)
