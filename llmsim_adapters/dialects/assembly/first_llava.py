"""The first LLaVAs' layout: the language model's keys at the top, and an encoder that the config names by a checkpoint.

Sources: `multimodal_encoder/builder.py` and `multimodal_projector/builder.py` of haotian-liu/LLaVA and
LLaVA-VL/LLaVA-NeXT; for what pictures become SGLang's `processors/llava.py`, `llava.py` and `llavavid.py`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.media import are_pairs, class_tokens, square
from llmsim_adapters.dialects.assembly.named_encoders import encoder_named
from llmsim_adapters.dialects.assembly.tower import named_tower, patch_count, patches_per_side
from llmsim_adapters.dialects.assembly.videos import averaged_frames
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.components import LearnedTokens, Norm, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.tiles import Pinpoints
from llmsim_adapters.spec.model import Stack
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.media.media import Media

_OF_VIDEOS: Final = "LlavaVidForCausalLM"
_NORMED: Final = "YiVLForCausalLM"
_SIGLIP: Final = "siglip_vision_model"
_MOST: Final = 1000

_PROJECTOR: Final = re.compile(r"linear|mlp([1-9])x_gelu(_Norm)?")
_ANYRES: Final = re.compile(r"anyres(?:_max_([1-9][0-9]{0,2}))?")
_RANGE: Final = re.compile(r"\((\d{1,3})x(\d{1,3})\)")
_PAIR: Final = re.compile(r"[(\[]\s*(\d{1,6})\s*,\s*(\d{1,6})\s*[)\]]")

_TRAINING: Final = "training only"
_POOLS: Final = "videos are pooled: no weights"
COSTLESS: Final = {
    "add_faster_video": _POOLS,
    "add_time_instruction": "a text beside videos",
    "faster_token_stride": _POOLS,
    "force_sample": "which frames of a video are taken",
    "image_crop_resolution": "of pictures that are cut by another rule",
    "image_split_resolution": "of pictures that are cut by another rule",
    "mm_tunable_parts": _TRAINING,
    "mm_vision_tower_lr": _TRAINING,
    "mm_newline_position": "where the rows of a video end",
    "mm_resampler_location": _POOLS,
    "mm_spatial_pool_out_channels": _POOLS,
    "moe_layer": _TRAINING,
    "moe_mode": _TRAINING,
    "num_frames": "how many frames a client's video has, which the schedule says",
    "pos_skipping_range": _TRAINING,
    "projector_hidden_act": "an activation between two projections: elementwise",
    "tune_vision_tower": _TRAINING,
    "use_pos_skipping": _TRAINING,
    "vision_tower_pretrained": "the file that training began with",
}


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the encoder that the config names with what projects its results; where it is not known, that alone."""
    projector = tuple(_projector(whole, text))
    name = whole.text("mm_vision_tower") or ""
    known = encoder_named(name)
    if known is None:
        whole.mark(*_KEYS)
        shown = printable(name, 80)
        why = f"`mm_vision_tower` names {shown}, whose sizes are not known"
        whole.gaps.append(Gap(GapKind.UNSUPPORTED_FEATURE, "vision_tower", why))
    elif known.model_type == _SIGLIP:  # of which this layout leaves out the last layer and the head
        known = encoder_named(name, num_hidden_layers=known.defaults["num_hidden_layers"] - 1, vision_use_head=False)
    vision = None if known is None else named_tower(whole, "mm_vision_tower", known)
    if vision is None:
        if projector:
            yield Stack("projector", (), (), after=projector, axis="features")
        return
    whole.agree("mm_hidden_size", vision.r.size("hidden_size"), "the encoder's hidden size")
    whole.no_effect(("mm_vision_select_layer",), "which layer's results are projected: all layers run")
    yield vision.running(_media(whole, text, vision)).then(*projector, rows=_rows(projector))


_KEYS: Final = (
    *("image_aspect_ratio", "image_grid_pinpoints", "mm_patch_merge_type", "mm_spatial_pool_mode"),
    *("mm_spatial_pool_stride", "mm_vision_select_feature", "mm_vision_select_layer"),
)
"""What says how an encoder's results are taken."""


def _rows(projector: tuple[Component, ...]) -> tuple[str, ...]:
    return tuple("tokens" if isinstance(part, LearnedTokens) else "projected" for part in projector)


def _projector(whole: Reader, text: Reader) -> Iterator[Component]:
    """Yield what projects the results, and the trained vector that ends rows where padding is cut off again."""
    found = _PROJECTOR.fullmatch(whole.text("mm_projector_type") or "")
    resampler = whole.text("mm_resampler_type")
    if resampler not in (None, "spatial_pool"):  # which pools frames, without weights
        whole.not_modelled("mm_resampler_type")
    whole.no_effect(("mm_projector_type", "mm_resampler_type", "use_mm_proj"), "how many projections there are")
    hidden = text.size("hidden_size")
    if found is None:
        whole.not_modelled("projector")
        return
    width = whole.size("mm_hidden_size")
    for _ in range(int(found[1] or 1)):
        yield Projection(input_size=width, output_size=hidden, bias=True)
        if found[2] or text.architecture == _NORMED:
            yield Norm(hidden, "layer", bias=True)
        width = hidden
    if "unpad" in (whole.text("mm_patch_merge_type") or ""):
        yield LearnedTokens(hidden_size=hidden)


def _media(whole: Reader, text: Reader, vision: Tower) -> Media:
    """Return the rule of pictures, by `image_aspect_ratio`; that of videos alone, for SGLang's class of these."""
    whole.no_effect(("mm_spatial_pool_mode",), _POOLS)
    if text.architecture == _OF_VIDEOS:
        whole.no_effect(_KEYS[:3], "frames are no pictures that are cut")
        _dropped(whole, vision)
        return averaged_frames(vision, int(whole.size("mm_spatial_pool_stride")))
    whole.no_effect(("mm_spatial_pool_stride",), _POOLS)
    patches, extra, dropped = int(patch_count(vision.r)), class_tokens(vision.stack), _dropped(whole, vision)
    kept = patches + extra - dropped
    found = _ANYRES.fullmatch(whole.text("image_aspect_ratio") or "")
    if found is None:
        whole.no_effect(("image_grid_pinpoints",), "pictures are not cut")
        return replace(square(vision.r, tokens=kept, extra=extra), named=(("projected", kept),))
    side = int(vision.r.size("image_size"))
    sizes = _pinpoints(whole, side)
    if "unpad" not in (whole.text("mm_patch_merge_type") or ""):
        return Refused(reason="what becomes of cut pictures whose padding stays is not known")
    return Pinpoints(
        side=side,
        patch_side=int(patches_per_side(vision.r)),
        extra=extra,
        dropped=dropped,
        sizes=sizes,
        most=int(found[1] or 0),
        alone=True,
        rounds=False,
    )


def _dropped(whole: Reader, vision: Tower) -> int:
    """Return how many hidden states of a tile are not projected: the class token, unless `cls_patch` takes it too."""
    kind = whole.word("mm_vision_select_feature", ("patch", "cls_patch"))
    return 0 if kind == "cls_patch" else class_tokens(vision.stack)


def _pinpoints(whole: Reader, side: int) -> tuple[tuple[int, int], ...]:
    """Read the sizes that pictures are fitted to, each a width and a height.

    They are a list, the text of one, or tiles from a first pair to a last: `(1x1),...,(6x6)`.
    """
    said = whole.raw.get("image_grid_pinpoints")
    whole.mark("image_grid_pinpoints")
    pairs: Any = said  # a list of pairs, unless a text says them
    if isinstance(said, str) and len(said) < 100_000:
        ends = [(int(wide), int(high)) for wide, high in _RANGE.findall(said)]
        if ends:
            (wide, high), (to_wide, to_high) = ends[0], ends[-1]
            counts = range(wide, to_wide + 1), range(high, to_high + 1)
            few = len(counts[0]) * len(counts[1]) <= _MOST
            pairs = [[across * side, down * side] for across, down in product(*counts)] if few else []
        else:
            pairs = [[int(wide), int(high)] for wide, high in _PAIR.findall(said)]
    if not are_pairs(pairs):
        whole.refuse("image_grid_pinpoints", said, "pairs of integers")
        return ((side, side),)
    return tuple((high, wide) for wide, high in pairs)
