"""BLIP-2: OPT, or another language model, with a ViT that the queries of a Q-former ask. Source: `Blip2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import blip_2_qformer
from llmsim_adapters.dialects.types import opt
from llmsim_adapters.spec.components import LearnedTokens, Projection
from llmsim_adapters.spec.media.asked import AskedPictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "blip_2_vision_model", fixed=True)
    if vision is None:
        return
    media = square(vision.r, tokens=0, extra=class_tokens(vision.stack))
    yield vision.running(media).stack
    former = tower(whole, "qformer_config", blip_2_qformer.of_encoder(int(vision.r.size("hidden_size"))))
    if former is not None:
        hidden, queries = former.r.size("hidden_size"), whole.size("num_query_tokens")
        into = Projection(input_size=hidden, output_size=text.size("hidden_size"), bias=True)
        tokens = LearnedTokens(hidden_size=hidden, count=queries)
        asked = former.running(AskedPictures(of=media, queries=int(queries)))
        yield asked.then(tokens, into, rows=("rows", "rows"))


DIALECT = opt.DIALECT.like(
    "blip-2",
    text_config="text_config",
    towers=towers,
    costless={
        "image_text_hidden_size": "of a class that compares pictures with texts",
        "use_decoder_only_language_model": "follows from the language model's type",
    },
    num_query_tokens=32,
    ties="text",
)
