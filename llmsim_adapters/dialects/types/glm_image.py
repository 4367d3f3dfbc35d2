"""GLM-Image: a language model that writes pictures' tokens, with an encoder and a table of them. `GlmImageConfig`.

A picture that it is given becomes the codes that are nearest to its patches' features, which are tokens of the text.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.resizing import halved
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import glm_image_text
from llmsim_adapters.spec.components import Codebook, Convolution
from llmsim_adapters.spec.media.media import NEVER
from llmsim_adapters.spec.media.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack

_CODES: Final = PartWords(
    defaults={"embed_dim": 2048, "num_embeddings": 16384, "latent_channels": 1536},
    costless={"in_channels": "pictures come encoded: the class does not read it", "model_type": "a name"},
)


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    """Yield the encoder with what makes codes of its results, and the way back from these, which nothing runs."""
    vision = tower(whole, "vision_config", "glm_image_vision", fixed=True)
    codes = whole.nested("vq_config", dialect=_CODES)
    if vision is None or codes is None:
        return
    codes.mark("model_type", "architectures", "dtype")
    width, channels = codes.size("embed_dim"), codes.size("latent_channels")
    into = Convolution(input_channels=channels, output_channels=width, kernel=(1, 1), bias=True)
    table = Codebook(codes=codes.size("num_embeddings"), size=width)
    back = replace(into, input_channels=width, output_channels=channels)
    media = halved(whole, vision.r)
    if channels != vision.r.size("hidden_size"):
        media = Refused(reason="codes are made of states of another size than the encoder's")
    yield vision.running(media).then(into, table, back, rows=("rows", "rows", NEVER))


DIALECT = glm_image_text.DIALECT.like(
    "glm_image",
    text_config="text_config",
    towers=towers,
    ties="never",
)
