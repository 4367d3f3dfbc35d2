"""Granite 4 Vision: Granite, layers of which get what Q-formers ask of an encoder, window by window of its tiles.

Source: transformers `Granite4VisionConfig`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import class_tokens, pinpointed
from llmsim_adapters.dialects.assembly.tower import Tower, patches_per_side, tower
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.towers import blip_2_qformer
from llmsim_adapters.dialects.types import granite4_vision_text, llava_next
from llmsim_adapters.spec.components import LearnedTokens, Norm, PositionEmbedding, Projection
from llmsim_adapters.spec.media.asked import AskedWindows
from llmsim_adapters.spec.media.media import Passed
from llmsim_adapters.spec.media.tiles import Pinpoints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_CORNERS: Final = 4
"""The Q-formers that are asked for one patch of each square of four, which the class has in any case."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the encoder, the Q-formers that run as one stack, and those that no layer has a use for."""
    vision = tower(whole, "vision_config", "clip_vision_model")
    if vision is None:
        return
    width, sides = int(vision.r.size("hidden_size")), _sides(whole)
    heads = max(1, width // 64)
    asking = blip_2_qformer.of_encoder(width, _FORMER, hidden_size=width, num_attention_heads=heads)
    former = tower(whole, "qformer_config", asking)
    if former is None or sides is None:
        return
    queries, window = sides
    across, extra = int(patches_per_side(vision.r)), class_tokens(vision.stack)
    whole.check("downsample_rate", across % window == 0, "is no rate of windows that tiles have whole ones of")
    drops = (whole.word("vision_feature_select_strategy", ("default", "full")) or "default") == "default"
    whole.check("vision_feature_select_strategy", drops == (extra == 1), "leaves no whole tile of patches to ask")
    whole.no_effect(("vision_feature_layer", "spatial_vision_layer"), "whose results are asked: all layers run")
    targets = whole.integers("spatial_target_layers", least=0, most=_LAYERS)
    corners = _CORNERS if targets is None else len(targets)
    whole.check("spatial_target_layers", corners <= _CORNERS, "has more layers than squares of four patches corners")
    whole.check("downsample_rate", not corners or 2 * queries == window, "halves no windows, as their corners do")
    count = _pairs(whole)
    pictures = pinpointed(whole, vision)
    yield vision.running(Passed(of=pictures)).then(LearnedTokens(hidden_size=text.size("hidden_size")))
    if isinstance(pictures, Pinpoints):
        answers = replace(pictures, patch_side=across // window * queries, extra=0, dropped=0)
        asked = AskedWindows(
            of=answers, windows=(across // window) ** 2, length=window * window, queries=queries * queries
        )
        former = former.running(asked)
    one = _asking(former, text, queries * queries, window * window)
    if count + corners:
        yield _times(one, count + corners)
    if corners < _CORNERS:
        yield replace(_times(one, _CORNERS - corners), name="idle_qformer", axis="features", media=None)


def _sides(whole: Reader) -> tuple[int, int] | None:
    """Read the sides of a window's queries and of the window, in patches."""
    said = whole.text("downsample_rate")
    found = None if said is None else _RATE.fullmatch(said)
    if found is None:
        whole.refuse("downsample_rate", said, "the sides of a window's queries and of a window, as '4/8'")
        return None
    return int(found[1]), int(found[2])


def _pairs(whole: Reader) -> int:
    """Read how many pairs of a layer of the encoder, which is asked, and one of the language model there are."""
    said = whole.sequence("deepstack_layer_map")
    if said is None:
        whole.missing("deepstack_layer_map", "pairs of layers of the encoder and of the language model")
    elif len(said) > _MOST or not all(map(_is_pair, said)):
        whole.refuse("deepstack_layer_map", said, f"at most {_MOST} pairs of integers")
    return len(said or ())


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(layer.__class__ is int for layer in value)


def _asking(former: Tower, text: Reader, queries: int, length: int) -> Stack:
    """Return a Q-former with its queries, positions of what it asks, and the projection of its answers."""
    stack, hidden = former.stack, former.r.size("hidden_size")
    before = (
        Norm(hidden, "layer", bias=True),
        PositionEmbedding(positions=length, hidden_size=hidden),
        LearnedTokens(hidden_size=hidden, count=queries),
        *stack.before,
    )
    rows = ("source", "source", "rows", *("rows",) * len(stack.before))
    into = Projection(input_size=hidden, output_size=text.size("hidden_size"), bias=True)
    return replace(stack, before=before, before_rows=rows, after=(into,), after_rows=("rows",))


def _times(stack: Stack, count: int) -> Stack:
    """Return so many stacks that run on the same rows as one."""
    return replace(
        stack,
        order=stack.order * count,
        before=stack.before * count,
        before_rows=stack.before_rows * count,
        after=stack.after * count,
        after_rows=stack.after_rows * count,
    )


_RATE: Final = re.compile(r"([1-9]\d{0,3})/([1-9]\d{0,3})")
_MOST: Final = 100
_LAYERS: Final = LARGEST["num_hidden_layers"]
_FORMER: Final = blip_2_qformer.DIALECT.like("blip_2_qformer", num_hidden_layers=1, cross_attention_frequency=1)

DIALECT = granite4_vision_text.DIALECT.like(
    "granite4_vision",
    text_config="text_config",
    towers=towers,
    costless={
        "image_seq_length": "how many tokens a tile becomes: what its windows' queries are",
        "projector_dropout": "a dropout: of training alone",
    },
    vision_feature_select_strategy="default",
    image_grid_pinpoints=llava_next.DIALECT.defaults["image_grid_pinpoints"],
)
