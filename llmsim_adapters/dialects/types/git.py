"""GIT: BERT's layers, causal, behind CLIP's picture encoder, a projection and its norm. Source: `GitConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import LearnedTokens, Projection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack


def read(r: Reader) -> ModelSpec:
    inputs = (learned_positions(r), layer_norm(r))
    return classic(r, layout=post_norm, final_norm=False, inputs=inputs, head_bias=True)


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "git_vision_model", fixed=True)
    if vision is not None:
        width, frames = vision.r.size("hidden_size"), whole.optional_size("num_image_with_embedding")
        times = () if frames is None else (LearnedTokens(hidden_size=width, count=frames),)
        into = Projection(input_size=width, output_size=text.size("hidden_size"), bias=True)
        yield vision.then(*times, into, layer_norm(text))


DIALECT = Dialect(
    "git",
    read,
    {
        "vocab_size": 30522,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_hidden_layers": 6,
        "num_attention_heads": 12,
        "max_position_embeddings": 1024,
        "hidden_act": "gelu",
        "tie_word_embeddings": False,
        "num_image_with_embedding": None,
    },
    towers=towers,
)
