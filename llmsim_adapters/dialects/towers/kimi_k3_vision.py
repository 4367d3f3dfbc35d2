"""MoonViT of Kimi K3: heads wider than the hidden size has room for, no biases, RMS norms.

Source: the published config of moonshotai/Kimi-K3, and SGLang's `kimi_k3_vl.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.tower import encoder, full_attention, patches
from llmsim_adapters.dialects.towers import kimi_k25_vision
from llmsim_adapters.spec.components import Norm, PositionEmbedding

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_FORMS = {"layernorm": "layer", "rmsnorm": "rms"}


def read(r: Reader) -> ModelSpec:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    width = r.size_or("qkv_hidden_size", lambda: hidden)
    r.check(
        "qkv_hidden_size", width % heads == 0, lambda: f"is {int(width)}, which num_attention_heads does not divide"
    )
    grid = r.size("init_pos_emb_height") * r.size("init_pos_emb_width")
    before = (
        patches(r, bias=r.flag("patch_embed_proj_bias")),
        PositionEmbedding(positions=grid, hidden_size=hidden),
    )
    r.derive("head_dim", width // heads)
    mixer = replace(full_attention(r, bias=r.flag("attn_bias")), rotary_fraction=1.0)
    norm = _norm(r, hidden)
    network = mlp(r, bias=r.flag("linear_bias"), gated=False)
    return encoder(r, mixer, network, norm, before=before, after=(norm,))


def _norm(r: Reader, size: int) -> Norm:
    form = r.text("norm_type")
    if form not in _FORMS:
        r.refuse("norm_type", form, " or ".join(_FORMS))
    return Norm(size) if form == "rmsnorm" else Norm(size, "layer", bias=True)


DIALECT = kimi_k25_vision.DIALECT.like(
    "kimi_k3_vision",
    read=read,
    aliases={"activation_func": "hidden_act"},
    costless={
        "pos_emb_interpolation_mode": "how positions are looked up between those of the table: no weights",
        "mlp_type": "the class has one kind of network",
    },
    hidden_size=1024,
    intermediate_size=4096,
    num_attention_heads=12,
    qkv_hidden_size=1536,
    norm_type="rmsnorm",
)
