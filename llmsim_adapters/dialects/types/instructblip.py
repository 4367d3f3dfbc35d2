"""InstructBLIP: BLIP-2, whose Q-former gets the words of the instruction beside its queries.

They are as many as its own tokenizer makes of it, which a schedule says (`instruction_len`).
Source: transformers `InstructBlipConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import class_tokens, square
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import blip_2_qformer, instructblip_qformer
from llmsim_adapters.dialects.types import blip_2
from llmsim_adapters.spec.components import LearnedTokens, Projection
from llmsim_adapters.spec.media.asked import InstructedPictures
from llmsim_adapters.spec.media.videos import FrameByFrame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    yield from asked(whole, text)


def asked(whole: Reader, text: Reader, *, frames: int = 0) -> Iterator[Stack]:
    """Yield the encoder of pictures and the Q-former; or of videos of so many frames, each of which is a picture."""
    vision = tower(whole, "vision_config", "instructblip_vision_model", fixed=True)
    if vision is None:
        return
    media: Media = square(vision.r, tokens=0, extra=class_tokens(vision.stack))
    if frames:
        media = FrameByFrame(frame=media, only=frames)
    yield vision.running(media).stack
    of_encoder = blip_2_qformer.of_encoder(int(vision.r.size("hidden_size")), instructblip_qformer.DIALECT)
    former = tower(whole, "qformer_config", of_encoder, fixed=True)
    if former is not None:
        hidden, queries = former.r.size("hidden_size"), whole.size("num_query_tokens")
        most = int(former.r.size("max_position_embeddings"))
        former = former.running(InstructedPictures(of=media, queries=int(queries), most_words=most))
        tokens = LearnedTokens(hidden_size=hidden, count=queries)
        into = Projection(input_size=hidden, output_size=text.size("hidden_size"), bias=True)
        yield former.then(tokens, into, rows=("queries", "queries"))


DIALECT = blip_2.DIALECT.like(
    "instructblip",
    text_config="text_config",
    towers=towers,
    costless={"initializer_factor": "of weights before training"},
    ties="text",
)
