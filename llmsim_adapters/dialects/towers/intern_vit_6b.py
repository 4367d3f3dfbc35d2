"""InternViT, InternVL's picture encoder: a ViT with a class token whose results are scaled (arXiv:2312.14238).

Source: the published configs of OpenGVLab/InternVL2 and SGLang's `internvl.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patch_count, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, Norm, PositionEmbedding, Scale

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec, Sublayer


def read(r: Reader) -> ModelSpec:
    hidden, kind = r.size("hidden_size"), r.text("norm_type")
    if kind not in ("layer_norm", "rms_norm"):
        r.refuse("norm_type", kind, "'layer_norm' or 'rms_norm'")
    norm = Norm(hidden) if kind == "rms_norm" else Norm(hidden, "layer", bias=True)
    of_heads = Norm(hidden) if r.flag("qk_normalization") else None
    mixer = full_attention(r, bias=r.flag("qkv_bias"), o_bias=True)
    mixer = replace(mixer, q_norm=of_heads, k_norm=of_heads)
    positions = PositionEmbedding(positions=patch_count(r) + 1, hidden_size=hidden)
    before = (LearnedTokens(hidden_size=hidden), patches(r), positions)
    return encoder(r, mixer, mlp(r, bias=True, gated=False), norm, layout=scaled, before=before)


def scaled(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before each mixer, and a trained number for each feature of its result."""
    return tuple(replace(s, residual=Scale(size=norm.size)) for s in pre_norm(mixer, feed_forward, norm))


DIALECT = Dialect(
    "intern_vit_6b",
    read,
    {
        "hidden_size": 3200,
        "intermediate_size": 12800,
        "num_hidden_layers": 48,
        "num_attention_heads": 25,
        "num_channels": 3,
        "image_size": 224,
        "patch_size": 14,
        "hidden_act": "gelu",
        "norm_type": "rms_norm",
        "qk_normalization": True,
        "qkv_bias": False,
    },
    costless={
        **dict.fromkeys(("drop_path_rate", "dropout"), "training only"),
        "use_flash_attn": "how the same network is executed",
    },
)
