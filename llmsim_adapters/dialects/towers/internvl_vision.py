"""InternVL's picture encoder in transformers: InternViT under other names.

Source: transformers `InternVLVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.towers import intern_vit_6b
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("use_absolute_position_embeddings", True)
    r.only("use_mask_token", False)
    side, patch = (_square(r, name) for name in ("image_size", "patch_size"))
    r.derive("image_size", side)
    r.derive("patch_size", patch)
    spec = intern_vit_6b.read(r)
    if r.flag("use_mean_pooling"):
        return spec
    (stack,) = spec.stacks
    return replace(spec, stacks=(replace(stack, after=(Norm(r.size("hidden_size"), "layer", bias=True),)),))


def _square(r: Reader, name: str) -> int:
    """Read the side of a square, which may stand twice."""
    sides = r.integers(name, 2) if r.is_list(name) else None
    if sides is None:
        return r.size(name)
    if sides[0] != sides[1]:
        r.refuse(name, list(sides), "two equal sides")
    return sides[0]


DIALECT = intern_vit_6b.DIALECT.like(
    "internvl_vision",
    read=read,
    aliases={"attention_bias": "qkv_bias", "use_qk_norm": "qk_normalization"},
    costless={"layer_scale_init_value": "training only", "drop_path_rate": "training only"},
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    image_size=448,
    norm_type="layer_norm",
    qk_normalization=False,
    use_absolute_position_embeddings=True,
    use_mask_token=False,
    use_mean_pooling=True,
)
