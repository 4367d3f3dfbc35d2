"""ViP-LLaVA: LLaVA whose projections take the results of several layers, normalised.

Source: transformers `VipLlavaConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.dialects.types.llava import ENCODER
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "clip_vision_model", without=ENCODER)
    if vision is None:
        return
    taken = len(whole.integers("vision_feature_layers", least=-LAYERS, most=LAYERS) or ()) or 1
    hidden, width = text.size("hidden_size"), taken * vision.r.size("hidden_size")
    media = square(vision.r, extra=class_tokens(vision.stack), tokens=patch_count(vision.r))
    into = Projection(input_size=width, output_size=hidden, bias=True)
    yield vision.running(media).then(Norm(width, "layer", bias=True), into, replace(into, input_size=hidden))


LAYERS: Final = LARGEST["num_hidden_layers"]

DIALECT = llama.DIALECT.like(
    "vipllava",
    text_config="text_config",
    towers=towers,
    costless={
        "image_seq_length": "how many tokens a picture becomes: its patches",
        "projector_hidden_act": "an activation between two projections: elementwise",
        "vision_feature_layer": "the class reads vision_feature_layers",
    },
    vision_feature_layers=[-2, -5, -8, -11, 6],
)
