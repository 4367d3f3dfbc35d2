"""MiniMax-M3's picture encoder: CLIP's layers over patches of two frames, with rotary positions.

Source: transformers `MiniMaxM3VLVisionConfig`. Published configs call its type CLIP's, and say how patches are merged
in `img_token_compression_config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.qwen2_vl_vision import cubes

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_PUBLISHED: Final = "img_token_compression_config"
_MERGING: Final = ("spatial_merge_size", "temporal_patch_size")


def read(r: Reader) -> ModelSpec:
    inner = r.nested(_PUBLISHED)
    if inner is not None:
        if inner.text("image_token_compression_method") not in (None, "patch_merge"):
            r.not_modelled("image_token_compression_method")
        for name in _MERGING:
            if inner.has(name):
                r.overruled(name, inner.said(name), f"{_PUBLISHED}.{name}")
                r.derive(name, inner.size(name))
    norm = layer_norm(r)
    mixer = replace(full_attention(r), rotary_fraction=1.0)
    return encoder(r, mixer, mlp(r, bias=True, gated=False), norm, before=(cubes(r), norm))


DIALECT = Dialect(
    "minimax_m3_vl_vision",
    read,
    {
        "hidden_size": 1280,
        "intermediate_size": 5120,
        "num_hidden_layers": 32,
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 14,
        "temporal_patch_size": 2,
        "spatial_merge_size": 2,
        "hidden_act": "gelu",
    },
    costless={
        "image_size": "how large pictures may be: no weights",
        **dict.fromkeys(("position_embedding_type", "rope_mode"), "positions are rotated: no weights"),
        "vision_segment_max_frames": "how films are taken apart: no weights",
        "projection_dim": "of CLIP's text, which a tower has no use for",
        "vocab_size": "of CLIP's text model, which a tower does not have",
    },
)
