"""LLaVA: Llama, or another language model, with CLIP's picture encoder and two projections. Source: `LlavaConfig`.

The first checkpoints, as liuhaotian/llava-v1.5-7b, have Llama's keys at the top and name their encoder's checkpoint,
whose weights some of them have no copy of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly import first_llava
from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.resizing import shrunk
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


_LAYERS: Final = LARGEST["num_hidden_layers"]

ENCODER: Final = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "patch_size": 14,
    "image_size": 336,
}
"""What the encoder is where the whole config says nothing of it: CLIP ViT-L/14 for pictures of 336 pixels."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    if "mm_vision_tower" in whole.raw:
        yield from first_llava.towers(whole, text)
        return
    vision = tower(whole, "vision_config", "clip_vision_model", without=ENCODER)
    if vision is None:
        return
    yield vision.running(selected(whole, vision)).then(*projections(whole, text, vision))


def projections(whole: Reader, text: Reader, vision: Tower) -> tuple[Projection, Projection]:
    """Read what takes the results of an encoder's layers, side by side, to the language model's size."""
    hidden, bias = text.size("hidden_size"), whole.flag("multimodal_projector_bias")
    into = Projection(input_size=layers_taken(whole) * vision.r.size("hidden_size"), output_size=hidden, bias=bias)
    return into, replace(into, input_size=hidden)


def layers_taken(whole: Reader) -> int:
    """Read of how many layers the results are projected side by side; all of them run in any case."""
    taken = 1
    if isinstance(whole.raw.get("vision_feature_layer"), list):
        taken = len(whole.integers("vision_feature_layer", least=-_LAYERS, most=_LAYERS) or ()) or 1
    whole.no_effect(("vision_feature_layer",), "which layer's results are projected: all layers are stored")
    return taken


def selected(whole: Reader, vision: Tower) -> Media:
    """Return the rule of pictures of one size, whose first hidden state is no token unless all are selected.

    Pixtral's encoder has none, and takes pictures of any size.
    """
    if vision.stack.model_type == "pixtral":
        whole.no_effect(("vision_feature_select_strategy",), "the encoder has no hidden state beside its patches")
        return shrunk(whole, vision.r, merge=1)
    strategy = whole.word("vision_feature_select_strategy", ("default", "full")) or "default"
    patches, extra = patch_count(vision.r), class_tokens(vision.stack)
    rows = patches + extra
    return square(vision.r, extra=extra, tokens=rows if strategy == "full" else rows - 1)


DIALECT = llama.DIALECT.like(
    "llava",
    towers=towers,
    classes=("LlavaLlamaForCausalLM", "LlavaVidForCausalLM", "YiVLForCausalLM"),
    costless={
        **first_llava.COSTLESS,
        "image_seq_length": "how many tokens a picture becomes, which the schedule says",
        "projector_hidden_act": "an activation between two projections: elementwise",
    },
    multimodal_projector_bias=True,
    vision_feature_select_strategy="default",
    mm_spatial_pool_stride=2,
    ties="either",
)
