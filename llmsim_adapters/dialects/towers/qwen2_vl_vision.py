"""Qwen2-VL's picture encoder: patches of two frames, and a merger of neighbours. `Qwen2VLVisionConfig`.

Its `hidden_size` is that of the language model, which the merger projects to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Convolution, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def cubes(r: Reader, *, bias: bool = False) -> Convolution:
    """Read a patch embedding over squares of `temporal_patch_size` frames."""
    side = r.size("patch_size")
    return Convolution(
        input_channels=r.size("num_channels"),
        output_channels=r.size("hidden_size"),
        kernel=(r.size("temporal_patch_size"), side, side),
        bias=bias,
    )


def merged(r: Reader, out: int | None = None) -> tuple[Component, Component]:
    """Read the merger of `spatial_merge_size` squared patches: two projections, the last to the language model.

    That one gives `out` features, by default as many as the encoder's config says.
    """
    side = r.size("spatial_merge_size")
    width = r.size("hidden_size") * side * side
    return (
        Projection(input_size=width, output_size=width, bias=True),
        Projection(input_size=width, output_size=r.size("out_hidden_size") if out is None else out, bias=True),
    )


def read(r: Reader) -> ModelSpec:
    norm, wide = layer_norm(r), r.size("hidden_size") * r.size("mlp_ratio")
    feed_forward = mlp(r, width=wide, bias=True, gated=False)
    return encoder(r, full_attention(r), feed_forward, norm, before=(cubes(r),), after=(norm, *merged(r)))


NAMES = {"depth": "num_hidden_layers", "in_channels": "num_channels", "in_chans": "num_channels"}

DIALECT = Dialect(
    "qwen2_vl_vision",
    read,
    {
        "num_hidden_layers": 32,
        "hidden_size": 1280,
        "out_hidden_size": 3584,
        "hidden_act": "quick_gelu",
        "mlp_ratio": 4,
        "num_attention_heads": 16,
        "num_channels": 3,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
    },
    aliases={**NAMES, "embed_dim": "hidden_size", "hidden_size": "out_hidden_size"},
    costless={"spatial_patch_size": "the class reads patch_size"},
)
