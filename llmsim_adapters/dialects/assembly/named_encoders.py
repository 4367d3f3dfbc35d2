"""Encoders of pictures that configs name by their checkpoint alone: the sizes that its own config says.

Sources: the `config.json` of each checkpoint; Yi-VL's are in folders of 01-ai/Yi-VL-6B and 01-ai/Yi-VL-34B.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.reading.find import built_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect

_CLIP: Final = "clip_vision_model"
_SIGLIP: Final = "siglip_vision_model"


def _sizes(hidden: int, layers: int, patch: int, image: int, *, inner: int = 0, heads: int = 0) -> dict[str, Any]:
    """Return sizes of a ViT; heads have 64 features and networks are four times as wide where nothing else is said."""
    return {
        "hidden_size": hidden,
        "intermediate_size": inner or 4 * hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads or hidden // 64,
        "patch_size": patch,
        "image_size": image,
    }


_LARGE: Final = (1024, 24)
_HUGE: Final = (1280, 32, 14)

_OF: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "clip-vit-base-patch32": (_CLIP, _sizes(768, 12, 32, 224)),
    "clip-vit-base-patch16": (_CLIP, _sizes(768, 12, 16, 224)),
    "clip-vit-large-patch14": (_CLIP, _sizes(*_LARGE, 14, 224)),
    "clip-vit-large-patch14-336": (_CLIP, _sizes(*_LARGE, 14, 336)),
    "CLIP-ViT-H-14-laion2B-s32B-b79K": (_CLIP, _sizes(*_HUGE, 224, heads=16)),
    "clip-vit-H-14-laion2B-s32B-b79K-yi-vl-6B-448": (_CLIP, _sizes(*_HUGE, 448, heads=16)),
    "clip-vit-H-14-laion2B-s32B-b79K-yi-vl-34B-448": (_CLIP, _sizes(*_HUGE, 448, heads=16)),
    "siglip-base-patch16-224": (_SIGLIP, _sizes(768, 12, 16, 224)),
    "siglip-large-patch16-256": (_SIGLIP, _sizes(*_LARGE, 16, 256)),
    "siglip-large-patch16-384": (_SIGLIP, _sizes(*_LARGE, 16, 384)),
    "siglip-so400m-patch14-384": (_SIGLIP, _sizes(1152, 27, 14, 384, inner=4304, heads=16)),
}
"""The type and the sizes of each, by the last part of its name: a copy of it in a folder is called so too."""


def encoder_named(name: str, **other: Any) -> Dialect | None:
    """Return the dialect of a named encoder, with its sizes as defaults and what is `other`; None: it is not known."""
    of = _OF.get(name.rstrip("/").rpartition("/")[2])
    found = None if of is None else built_in(of[0], "towers")
    return None if of is None or found is None else found.like(found.model_type, **{**of[1], **other})
