"""North Micro Vision: Cohere 2 with Qwen3-VL's picture encoder. Source: transformers `CohereCompassConfig`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import QWEN3_VL, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import cohere_compass_text

towers = one_tower("cohere_compass_vision", partial(resized, of=QWEN3_VL))

DIALECT = cohere_compass_text.DIALECT.like(
    "cohere_compass", text_config="text_config", towers=towers, tie_word_embeddings=False
)
