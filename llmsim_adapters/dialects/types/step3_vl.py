"""Step 3 with its picture encoder, whose picture two convolutions halve. Source: SGLang's `step3_vl.py`, its processor.

The processor writes 169 tokens for a view of the whole and 81 for a window, whatever the config says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import class_tokens
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import step3_text
from llmsim_adapters.spec.components import Convolution, Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.views import SnappedViews

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack

_SIDE: Final = 728
_WINDOW: Final = 504
_LONGEST: Final = 3024
_COPIES: Final = 3
"""Copies of the class token that run beside it: the class pads a view's hidden states to a number that ranks share."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "step3_vision_encoder", fixed=True)
    if vision is None:
        return
    inner = vision.r.size("output_hidden_size")
    half = Convolution(input_channels=vision.r.size("hidden_size"), output_channels=inner, kernel=(2, 2), bias=True)
    again = Convolution(input_channels=inner, output_channels=2 * inner, kernel=(3, 3), bias=True)
    into = Projection(input_size=2 * inner, output_size=text.size("hidden_size"), bias=whole.flag("projector_bias"))
    media = _views(vision, int(whole.size("understand_projector_stride")))
    yield vision.running(media).then(half, again, into, rows=("halved", "merged", "tokens"))


def _views(vision: Tower, stride: int) -> Media:
    patch = int(vision.r.size("patch_size"))
    if stride != 2 or any(side // patch % 2 for side in (_SIDE, _WINDOW)):
        return Refused(
            reason="the processor writes tokens for pictures that are halved twice, which the config's are not"
        )
    return SnappedViews(
        side=_SIDE,
        tile=_WINDOW,
        tiling=None,
        patch_size=patch,
        merge=4,
        longest=_LONGEST,
        extra=class_tokens(vision.stack) + _COPIES,
    )


DIALECT = step3_text.DIALECT.like(
    "step3_vl",
    text_config="text_config",
    towers=towers,
    classes=("Step3VLForConditionalGeneration",),
    costless={"hidden_size": "that of the language model is read"},
    projector_bias=True,
    understand_projector_stride=1,
)
