"""What stands beside DeepSeek-VL2's and DeepSeek-OCR's language models: encoders by name, and what projects.

Source: the published configs of deepseek-ai/deepseek-vl2-tiny, DeepSeek-OCR and DeepSeek-OCR-2, and SGLang's
`deepseek_vl2.py` and `deepseek_ocr.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack

_ALONE: Final = "siglip_so400m_patch14_384"
_BEHIND_SAM: Final = ("clip-l-14-224", "qwen2-0-5b")
"""The encoders that stand behind SAM's, by the keys of their sizes."""


_BOTH: Final = PartWords(
    costless={
        "image_size": "how pictures are cut: the encoders' own sizes are read",
        "mlp_ratio": "the encoders' networks are four times as wide as they are",
        "model_name": "which encoders they are",
        "model_type": "a name",
    },
)
_PROJECTOR: Final = PartWords(
    defaults={
        "projector_type": "downsample_mlp_gelu",
        "input_dim": 1152,
        "n_embed": 2048,
        "depth": 2,
        "mlp_ratio": 1,
        "downsample_ratio": 2,
    },
    costless={"model_type": "a name"},
)


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    """Yield the encoders, the last one with what projects its results and separates parts of a picture."""
    said = whole.raw.get("vision_config")
    if not isinstance(said, dict):
        return
    sizes = said.get("width")
    if not isinstance(sizes, dict) and said.get("model_name", _ALONE) == _ALONE:
        vision = tower(whole, "vision_config", _ALONE, fixed=True)
        if vision is not None:
            yield vision.then(*_projected(whole, 2))
        return
    second = next((name for name in _BEHIND_SAM if isinstance(sizes, dict) and name in sizes), None)
    config = whole.nested("vision_config", dialect=_BOTH) if second else None
    widths = config.nested("width") if config is not None else None
    if second is None or widths is None:
        whole.mark("vision_config")
        whole.not_modelled("vision_tower")
        return
    sam, last = tower(widths, "sam_vit_b", "sam_vit_b", fixed=True), tower(widths, second, second, fixed=True)
    if sam is not None and last is not None:
        width = last.r.size("hidden_size")
        yield replace(sam.then(*_narrowed(sam.r, width)), name="vision")
        yield replace(last.then(*_projected(whole, 1 if second == "qwen2-0-5b" else 2)), name="vision_2")


def _narrowed(sam: Reader, width: int) -> Iterator[Component]:
    """Read the convolutions that halve SAM's picture, the last to the `width` of the encoder behind."""
    said = sam.sequence("downsample_channels") or ()
    if len(said) != 2 or any(size.__class__ is not int or size < 1 for size in said):
        sam.refuse("downsample_channels", said, "two positive integers")
        return
    between, first = sam.derive("downsample_channels_between", said[0]), sam.size("output_channels")
    yield Convolution(input_channels=first, output_channels=between, kernel=(3, 3))
    yield Convolution(input_channels=between, output_channels=width, kernel=(3, 3))


def _projected(whole: Reader, separators: int) -> tuple[Component, ...]:
    """Read what projects patches, and the trained vectors between views and lines of a picture."""
    config = whole.nested("projector_config", dialect=_PROJECTOR)
    if whole.text("tile_tag") != "2D":
        whole.not_modelled("tile_tag")
    if config is None:
        return ()
    return (*_projector(whole, config), LearnedTokens(hidden_size=config.size("n_embed"), count=separators))


def _projector(whole: Reader, config: Reader) -> tuple[Component, ...]:
    kind, out = config.text("projector_type"), config.size("n_embed")
    into = Projection(input_size=config.size("input_dim"), output_size=out, bias=True)
    if kind == "linear":
        return (into,)
    if kind != "downsample_mlp_gelu":
        whole.not_modelled("projector")
        return ()
    side, wide, depth = config.size("downsample_ratio"), out * config.size("mlp_ratio"), config.size("depth")
    first = replace(into, input_size=side * side * into.input_size, output_size=wide)
    inner = replace(into, input_size=wide, output_size=wide)
    return (first, *(inner,) * (int(depth) - 2), replace(into, input_size=wide))
