"""T5Gemma 2: Gemma 3's layers as an encoder and a decoder, and its encoder of pictures. Source: `T5Gemma2Config`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.media import scanned
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import t5gemma2_decoder, t5gemma2_text
from llmsim_adapters.spec.components import Norm, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_ENCODER: Final = PartWords(
    defaults={"mm_tokens_per_image": 256},
    costless={"model_type": "a name"},
)
_AROUND: Final = 2
"""Tokens that begin and end a picture."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    """Yield the encoder of words, and that of pictures, which are among them."""
    encoder = whole.nested("encoder", dialect=_ENCODER)
    if encoder is None:
        return
    encoder.no_effect(("tie_word_embeddings", "dtype"), "the encoder takes the decoder's table")
    words = encoder.nested("text_config", dialect=t5gemma2_text.DIALECT)
    if words is not None:
        words.mark("model_type", "architectures")
        words.no_effect(("tie_word_embeddings", "dtype", "final_logit_softcapping"), "an encoder has no head")
        words.agree("vocab_size", text.size("vocab_size"), "the encoder takes the decoder's table")
        words.agree("hidden_size", text.size("hidden_size"), "the encoder takes the decoder's table")
        yield t5gemma2_text.words(words, tied=whole.flag("tie_word_embeddings"))
    vision = tower(encoder, "vision_config", "siglip_vision_model")
    if vision is not None:
        width, tokens = vision.r.size("hidden_size"), int(encoder.size("mm_tokens_per_image"))
        rule = replace(scanned(whole, vision.r, tokens=tokens, text=_AROUND), source=True)
        into = Projection(input_size=width, output_size=text.size("hidden_size"))
        yield vision.running(rule).then(Norm(width), into, rows=("tokens", "tokens"))


DIALECT = t5gemma2_decoder.DIALECT.like(
    "t5gemma2",
    text_config="decoder",
    towers=towers,
    costless={"classifier_dropout_rate": "a dropout", "dropout_rate": "a dropout", "vocab_size": "the decoder's"},
)
