"""C-RADIO, NVIDIA's encoder of pictures: a ViT with class tokens and registers, whose results are scaled.

Positions are cut out of a table for the largest picture (arXiv:2312.06709). Source: transformers `RadioConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.towers.intern_vit_6b import scaled
from llmsim_adapters.spec.components import LearnedTokens, PositionEmbedding, Projection
from llmsim_adapters.spec.media.media import NEVER
from llmsim_adapters.spec.media.videos import FrameByFrame, Tubelets

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import MLP, Component
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return embedding(r, r.optional_size("video_temporal_patch_size"))


def embedding(r: Reader, frames: int | None) -> ModelSpec:
    """Read the encoder; `frames` of a video are embedded together by a matrix of their own, unless it is None."""
    hidden, side = r.size("hidden_size"), r.size("patch_size")
    pixels, grid = side * side * r.size("num_channels"), r.size("max_img_size") // side
    into = Projection(input_size=pixels, output_size=hidden)
    before: list[Component] = [
        into,
        PositionEmbedding(positions=grid * grid, hidden_size=hidden),
        LearnedTokens(hidden_size=hidden, count=prefix(r)),
    ]
    rows = ["patches", "rows", "rows"]
    if frames is not None:
        before.append(replace(into, input_size=frames * pixels))  # of videos, whose frames are embedded together
        rows.append(NEVER)
    mixer = full_attention(r, bias=r.flag("qkv_bias"), o_bias=True)
    return encoder(r, mixer, _network(r), layer_norm(r), layout=scaled, before=tuple(before), before_rows=tuple(rows))


def with_tubelets(vision: Tower, pictures: Media, frame: Media, frames: int) -> Tower:
    """Return the encoder with its rules of pictures, and of videos of which so many frames at a time are one `frame`.

    They are embedded by the matrix of their own, and each such frame has tokens around its own.
    """
    videos = FrameByFrame(frame=frame, merged=frames, marks=2, origin=frame.origin)
    media = Tubelets(pictures=pictures, videos=videos, origin=pictures.origin)
    rows = tuple(["tubelets" if each == NEVER else each for each in vision.stack.before_rows])
    return vision._replace(stack=replace(vision.stack, before_rows=rows, media=media))


def prefix(r: Reader) -> int:
    """Read how many trained vectors stand before the patches."""
    return r.size("num_cls_tokens") + r.count("num_registers")


def _network(r: Reader) -> MLP:
    """Read a layer's network, whose width is a multiple of the hidden size; a gated one has two thirds of that."""
    ratio, hidden = r.number("mlp_ratio", least=0) or 0, r.size("hidden_size")
    width = int(hidden * ratio)
    gated = r.flag("use_swiglu_ffn")
    if gated:
        width = (int(width * 2 / 3) + 7) // 8 * 8
    return mlp(r, width=r.derive("intermediate_size", width), bias=True, gated=gated)


DIALECT = Dialect(
    "radio",
    read,
    {
        "hidden_size": 1280,
        "num_hidden_layers": 32,
        "num_attention_heads": 16,
        "mlp_ratio": 4.0,
        "hidden_act": "gelu",
        "use_swiglu_ffn": False,
        "qkv_bias": True,
        "num_channels": 3,
        "patch_size": 16,
        "max_img_size": 2048,
        "num_cls_tokens": 3,
        "num_registers": 7,
        "video_temporal_patch_size": None,
    },
    costless={
        "drop_path_rate": "training only",
        "image_size": "positions are those of the largest picture",
        "layerscale_value": "training only",
        **dict.fromkeys(("norm_mean", "norm_std"), "scale pixels: elementwise"),
        **dict.fromkeys(("patch_dim", "video_patch_dim"), "follow from the patch"),
        "summary_idxs": "which class tokens are a summary, which the language model gets none of",
    },
)
