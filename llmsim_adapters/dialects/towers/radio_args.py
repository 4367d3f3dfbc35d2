"""C-RADIO under the keys of its remote code: the name of a ViT, whose sizes it fixes, and what it was trained with.

Source: SGLang's `nano_nemotron_vl.py`, `radio.py` and their configuration classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.towers import radio

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_SIZES: Final = {
    "vit_small_patch16_224": (384, 12, 6),
    "vit_base_patch16_224": (768, 12, 12),
    "vit_large_patch16_224": (1024, 24, 16),
    "vit_huge_patch16_224": (1280, 32, 16),
}
"""The hidden size, layers and heads of the ViTs that SGLang knows; their networks are four times as wide."""


def read(r: Reader) -> ModelSpec:
    said = r.nested("args", rest_costless=True)
    name, multiple = None, None
    if said is not None:
        name, multiple = said.word("model", tuple(_SIZES)), said.optional_size("register_multiple")
    if name is None:
        r.missing("args", "the name of a ViT, whose sizes it fixes")
    sizes = _SIZES[name or "vit_huge_patch16_224"]
    for key, size in zip(("hidden_size", "num_hidden_layers", "num_attention_heads"), sizes, strict=True):
        r.derive(key, size)
    r.derive("num_cls_tokens", 1 if multiple is None else 1 + multiple - 1 % multiple)  # registers fill it up
    return radio.embedding(r, frames(r))


def frames(r: Reader) -> int | None:
    """Read how many frames of a video are embedded together, by a matrix of their own; None: each is by itself."""
    count = r.size("video_temporal_patch_size")
    return count if r.flag("separate_video_embedder") and count > 1 else None


DIALECT = radio.DIALECT.like(
    "radio_args",
    read=read,
    costless={
        **dict.fromkeys(("max_resolution", "preferred_resolution", "version"), "positions are those of 2,048 pixels"),
        "feature_normalizer_config": "of features that no language model gets",
        "inter_feature_normalizer_config": "of features that no language model gets",
        "adaptor_configs": "of adaptors, of which a language model has none",
        "adaptor_names": "of adaptors, of which a language model has none",
        "vitdet_window_size": "of windows, which the class does not have",
    },
    args=None,
    num_registers=0,
    image_size=None,
    video_temporal_patch_size=1,
    separate_video_embedder=True,
    min_num_patches=0,
    max_num_patches=0,
    video_target_num_patches=0,
    video_maintain_aspect_ratio=True,
)
