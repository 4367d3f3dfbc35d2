"""GLM-Image: a language model that writes pictures' tokens, with an encoder and a table of them. `GlmImageConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import glm_image_text
from llmsim_adapters.spec.components import Convolution, PositionEmbedding
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader

_CODES: Final = PartWords(
    defaults={"embed_dim": 2048, "num_embeddings": 16384, "latent_channels": 1536},
    costless={"in_channels": "pictures come encoded: the class does not read it", "model_type": "a name"},
)


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    """Yield the encoder, and what makes tokens of its results."""
    vision = tower(whole, "vision_config", "glm_image_vision", fixed=True)
    if vision is not None:
        yield vision.stack
    codes = whole.nested("vq_config", dialect=_CODES)
    if codes is not None:
        codes.mark("model_type", "architectures", "dtype")
        width, channels = codes.size("embed_dim"), codes.size("latent_channels")
        into = Convolution(input_channels=channels, output_channels=width, kernel=(1, 1), bias=True)
        table = PositionEmbedding(positions=codes.size("num_embeddings"), hidden_size=width)
        back = replace(into, input_channels=width, output_channels=channels)
        yield Stack("codes", (), (), after=(into, table, back), axis="codes")


DIALECT = replace(
    glm_image_text.DIALECT.like("glm_image", text_config="text_config", towers=towers),
    ties="never",
)
