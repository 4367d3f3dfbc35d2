"""What stands beside DeepSeek-VL2's and DeepSeek-OCR's language models: encoders by name, and what projects.

Source: the published configs of deepseek-ai/deepseek-vl2-tiny, DeepSeek-OCR and DeepSeek-OCR-2, and SGLang's
`deepseek_vl2.py` and `deepseek_ocr.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import Settings, are_pairs, rule
from llmsim_adapters.dialects.assembly.sam import SGLANG_OCR, SGLANG_OCR2, SGLANG_UNLIMITED_OCR, viewed
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.spec.components import Convolution, LearnedTokens, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tilings import Listed
from llmsim_adapters.spec.media.views import LinedTiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.sam import Cropping
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media
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
        whole.inferred("vision_config", "the config says nothing of encoders of pictures: they are left out")
        return
    sizes = said.get("width")
    if not isinstance(sizes, dict) and said.get("model_name", _ALONE) == _ALONE:
        vision = tower(whole, "vision_config", _ALONE, fixed=True)
        if vision is not None:
            projected = _projected(whole, 2)
            rows = (*("merged",) * (len(projected) - 1), "tokens") if projected else ()
            yield vision.running(_lined(whole, vision.r)).then(*projected, rows=rows)
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
        width, doubled = last.r.size("hidden_size"), second == "qwen2-0-5b"
        of = SGLANG_UNLIMITED_OCR if whole.raw.get("model_type") == "unlimited-ocr" else SGLANG_OCR
        rules = viewed(whole, sam.r, SGLANG_OCR2 if doubled else of, extra=0 if doubled else 1, doubled=doubled)
        narrowed = tuple(_narrowed(sam.r, width))
        yield replace(sam.running(rules[0]).then(*narrowed, rows=("halved", "merged")[: len(narrowed)]), name="vision")
        projected = _projected(whole, 1 if doubled else 2)
        rows = (*("merged",) * (len(projected) - 1), "tokens") if projected else ()
        yield replace(last.running(rules[1]).then(*projected, rows=rows), name="vision_2")


def second_encoder(
    whole: Reader, text: Reader, first: str, second: str, of: Cropping, *, extra: int = 0, doubled: bool = False
) -> Iterator[Stack]:
    """Yield SAM's encoder and the one behind it, by their types in transformers, and a projection of one or of both."""
    vision = whole.nested("vision_config", dialect=PartWords(costless={"model_type": "a name"}))
    if vision is None:
        whole.not_modelled("vision_tower")
        return
    sam, last = tower(vision, "sam_config", first, fixed=True), tower(vision, "encoder_config", second, fixed=True)
    if sam is None or last is None:
        return
    rules = viewed(whole, sam.r, of, extra=extra, doubled=doubled)
    width, hidden = last.r.size("hidden_size"), text.size("hidden_size")
    yield replace(sam.running(rules[0]).then(*_narrowed(sam.r, width), rows=("halved", "merged")), name="vision")
    into = Projection(input_size=width if doubled else 2 * width, output_size=hidden, bias=True)
    separators = LearnedTokens(hidden_size=hidden, count=2 if of.lines else 1)
    yield replace(last.running(rules[1]).then(into, separators, rows=("merged", "tokens")), name="vision_2")


def _narrowed(sam: Reader, width: int) -> Iterator[Component]:
    """Read the convolutions that halve SAM's picture, the last to the `width` of the encoder behind."""
    said = sam.sequence("downsample_channels") or ()
    if len(said) != 2 or any(size.__class__ is not int or size < 1 for size in said):
        sam.refuse("downsample_channels", said, "two positive integers")
        return
    between, first = sam.derive("downsample_channels_between", said[0]), sam.size("output_channels")
    yield Convolution(input_channels=first, output_channels=between, kernel=(3, 3))
    yield Convolution(input_channels=between, output_channels=width, kernel=(3, 3))


def _lined(whole: Reader, r: Reader) -> Media:
    """Return the rule of the listed sizes, a width and a height each. Setting: `candidate_resolutions`.

    Source: SGLang's `deepseekvl2.py`, which cuts no picture of more than two, and its encoder, timm's, which pads tiles
    to whole patches; DeepSeek's own leaves the border out, and pads what is merged.
    """
    said = whole.sequence("candidate_resolutions") or ()
    if not are_pairs(said):
        whole.refuse("candidate_resolutions", list(said), "pairs of integers")
        said = ()

    def made(images: Settings) -> Media:
        sizes = images.pairs("candidate_resolutions", default=tuple((wide, high) for wide, high in said))
        if not sizes or not sizes[0][0] == sizes[0][1] == int(r.size("image_size")):
            return Refused(reason="the first of `candidate_resolutions` is not the size of the encoder's pictures")
        side = sizes[0][0]
        patches = -(-side // int(r.size("patch_size")))
        return LinedTiles(
            side=side,
            patches=patches * patches,
            across=-(-patches // images.integer("downsample_ratio", default=2)),
            tiling=Listed(side=side, sizes=tuple((high, wide) for wide, high in sizes)),
            most_cut=2,
        )

    return rule(whole, "image", made)


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
