"""Moss-VL: Qwen3-VL's language model, some of whose layers attend to pictures alone, as Llama 3.2 Vision's do.

Source: SGLang's `moss_vl.py`, whose tensors and runs are the proof, and the published `MossVLProcessor`. A picture is
one token of the text; what the encoder makes of it, and a trained vector behind each frame, cross attention sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.resizing import LEAST_PIXELS, MOST_PIXELS
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import qwen3_vl_text
from llmsim_adapters.dialects.types.mllama_text_model import crossing_decoder
from llmsim_adapters.dialects.types.qwen3 import normed_attention
from llmsim_adapters.spec.components import LearnedTokens
from llmsim_adapters.spec.media.media import NEVER
from llmsim_adapters.spec.media.pictures import SharedPixels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import ModelSpec, Stack


def read(r: Reader) -> ModelSpec:
    numbers = r.indices("cross_attention_layers")
    if numbers is None:
        r.inferred("cross_attention_layers", "no key says which layers attend to pictures: none is taken to")
    return crossing_decoder(r, normed_attention(r), numbers or frozenset())


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "moss_vl_vision", fixed=True)
    if vision is not None:
        hidden, size = text.size("hidden_size"), vision.r.size("out_hidden_size")
        vision.r.check("out_hidden_size", size == hidden, "is not the size of the language model")
        separator = LearnedTokens(hidden_size=size)
        yield vision.running(_seen(whole, vision.r)).then(separator, rows=(NEVER,))


def _seen(whole: Reader, r: Reader) -> Media:
    """Return the rule of pictures, which share the pixels that they may have.

    Settings: `size.shortest_edge` and `size.longest_edge`, pixels of a picture, and `multi_image_max_pixels`, of all.
    """

    def made(images: Settings) -> Media:
        most = images.integer(*MOST_PIXELS, default=28 * 28 * 1280)
        return SharedPixels(
            patch_size=images.integer("patch_size", default=int(r.size("patch_size"))),
            merge_size=images.integer("merge_size", default=int(r.size("spatial_merge_size"))),
            temporal_patch_size=int(r.size("temporal_patch_size")),
            least_pixels=images.integer(*LEAST_PIXELS, default=56 * 56),
            most_pixels=most,
            all_pixels=images.integer("multi_image_max_pixels", default=most),
            text=1,
            separators=1,
            origin=origin(images, "MossVLImageProcessorFast"),
        )

    return rule(whole, "image", made)


DIALECT = qwen3_vl_text.DIALECT.like(
    "moss_vl",
    read=read,
    text_config="text_config",
    towers=towers,
    ties="never",
    classes=("MossVLForConditionalGeneration",),
    cross_attention_layers=None,
)
