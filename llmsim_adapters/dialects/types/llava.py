"""LLaVA: Llama, or another language model, with CLIP's picture encoder and two projections. Source: `LlavaConfig`.

The first checkpoints, as liuhaotian/llava-v1.5-7b, have Llama's keys at the top and name their tower's checkpoint: its
sizes are not there, but those of what projects its results are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.tower import patch_count, tower
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Projection
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media


_LAYERS: Final = LARGEST["num_hidden_layers"]


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    if "mm_vision_tower" in whole.raw:
        yield from _projector(whole, text)
        return
    vision = tower(whole, "vision_config", "clip_vision_model")
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
    """Return the rule of pictures of one size, whose first hidden state is no token unless all are selected."""
    strategy = whole.word("vision_feature_select_strategy", ("default", "full")) or "default"
    patches, extra = patch_count(vision.r), class_tokens(vision.stack)
    rows = patches + extra
    return square(vision.r, extra=extra, tokens=rows if strategy == "full" else rows - 1)


def _projector(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield what projects the results of a tower that the config only names: as many matrices as its type says."""
    kind = whole.raw.get("mm_projector_type")
    found = _DEEP.fullmatch(kind) if isinstance(kind, str) else None
    if kind != "linear" and found is None:
        return
    count = 1 if found is None else int(found[1])
    whole.no_effect(("mm_projector_type", "use_mm_proj"), "how many projections there are")
    if not whole.has("mm_resampler_type"):
        whole.no_effect(("mm_resampler_type",), "null: nothing stands between the tower and the projections")
    hidden = text.size("hidden_size")
    into = Projection(input_size=whole.size("mm_hidden_size"), output_size=hidden, bias=True)
    after = (into, *(replace(into, input_size=hidden),) * (count - 1))
    yield Stack("projector", (), (), after=after, axis="features")


_DEEP: Final = re.compile(r"mlp([1-9])x_gelu")

DIALECT = replace(
    llama.DIALECT.like(
        "llava",
        towers=towers,
        classes=("LlavaLlamaForCausalLM",),
        costless={
            "image_seq_length": "how many tokens a picture becomes, which the schedule says",
            "projector_hidden_act": "an activation between two projections: elementwise",
        },
        multimodal_projector_bias=True,
        vision_feature_select_strategy="default",
    ),
    ties="either",
)
