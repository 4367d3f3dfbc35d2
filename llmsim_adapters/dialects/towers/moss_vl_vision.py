"""Moss-VL's picture encoder: Qwen3-VL's, with one merger of the last hidden states and those behind inner layers.

Source: SGLang's `moss_vl.py`, whose tensors and runs are the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.towers import qwen3_vl_vision
from llmsim_adapters.dialects.towers.qwen2_vl_vision import cubes
from llmsim_adapters.spec.components import PositionEmbedding, Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    hidden, side, norm = r.size("hidden_size"), r.size("spatial_merge_size"), layer_norm(r)
    taken = 1 + len(r.indices("deepstack_visual_indexes") or ())
    width = r.derive("merged_size", hidden * side * side * taken)
    into = Projection(input_size=width, output_size=width, bias=True)
    out = Projection(input_size=width, output_size=r.size("out_hidden_size"), bias=True)
    return encoder(
        r,
        full_attention(r),
        mlp(r, bias=True, gated=False),
        norm,
        before=(
            cubes(r, bias=True),
            PositionEmbedding(positions=r.size("num_position_embeddings"), hidden_size=hidden),
        ),
        after=(*(norm,) * taken, into, out),
        after_rows=(*("rows",) * taken, "merged", "merged"),
    )


DIALECT = qwen3_vl_vision.DIALECT.like("moss_vl_vision", read=read, out_hidden_size=4096, temporal_patch_size=1)
