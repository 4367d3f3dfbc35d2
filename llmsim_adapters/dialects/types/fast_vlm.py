"""FastVLM: Qwen 2, or another language model, with a FastViT whose last pixels are projected.

Source: transformers `FastVlmConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.fastvit import NETS, channels, shrunk
from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.media.refused import Refused
from llmsim_adapters.spec.media.shrinking import Shrinking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "timm_wrapper", fixed=True, without={"architecture": "fastvit_mci3"})
    whole.no_effect(("vision_feature_layer",), "the class takes the last layer's results alone")
    if vision is None:
        return
    name = vision.r.text("architecture")
    if name not in NETS:
        whole.not_modelled("vision_tower")
        return
    hidden, bias = text.size("hidden_size"), whole.flag("multimodal_projector_bias")
    into = Projection(input_size=channels(name), output_size=hidden, bias=bias)
    rows = ("tokens", "tokens")
    yield vision.running(_seen(whole, name)).then(into, replace(into, input_size=hidden), rows=rows)


def _seen(whole: Reader, name: str) -> Media:
    """Return the rule of pictures that are cut to one size, whose last pixels are tokens. Setting: `crop_size`."""
    pixels = shrunk(name)

    def made(images: Settings) -> Media:
        side = images.side("crop_size", default=1024)
        if side % pixels[-1]:
            return Refused(reason=f"`crop_size` is no multiple of {pixels[-1]} pixels")
        across = side // pixels[-1]
        said = origin(images, "FastVLM's image processor")
        return Shrinking(side=side, shrunk=pixels, tokens=across * across, earlier=True, origin=said)

    return rule(whole, "image", made)


DIALECT = qwen2.DIALECT.like(
    "fast_vlm",
    text_config="text_config",
    without_text={
        "vocab_size": 152128,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
    },
    towers=towers,
    costless={
        "image_seq_length": "how many tokens a picture becomes, which follows from its size",
        "projector_hidden_act": "an activation between two projections: elementwise",
        "vision_feature_select_strategy": "the class takes all pixels of the last layer",
    },
    multimodal_projector_bias=True,
    ties="either",
)
