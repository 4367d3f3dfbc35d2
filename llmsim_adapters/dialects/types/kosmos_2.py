"""Kosmos-2: its text model with CLIP's picture encoder, which trained vectors ask. Source: `Kosmos2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.resampler import STATES, TOKENS, apart, asking
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.types import kosmos_2_text_model
from llmsim_adapters.spec.components import LearnedTokens, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.tower import Tower
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "kosmos_2_vision_model", fixed=True)
    if vision is not None:
        extra, queries = class_tokens(vision.stack), int(whole.size("latent_query_num"))
        yield asked(vision.running(square(vision.r, tokens=queries, extra=extra, text=2)), whole, text)


def asked(vision: Tower, whole: Reader, text: Reader) -> Stack:
    """Return the encoder with what takes its results to the text's size, where trained vectors ask them."""
    hidden, queries = text.size("hidden_size"), whole.size("latent_query_num")
    into = Projection(input_size=vision.r.size("hidden_size"), output_size=hidden, bias=True)
    attention = asking(queries, hidden, text.size("num_attention_heads"), themselves=True)
    parts, rows = apart(
        ((into, STATES), (LearnedTokens(hidden_size=hidden, count=queries), TOKENS), (attention, STATES))
    )
    return vision.then(*parts, rows=rows)


DIALECT = kosmos_2_text_model.DIALECT.like(
    "kosmos-2",
    text_config="text_config",
    towers=towers,
    latent_query_num=64,
    ties="either",
)
