"""Janus: Llama with SigLIP's encoder, and VQ-16 with what makes pictures of its tokens. Source: `JanusConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import square
from llmsim_adapters.dialects.assembly.tower import PartWords, patch_count, tower
from llmsim_adapters.dialects.assembly.vq import read_net, vq
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import PositionEmbedding, Projection
from llmsim_adapters.spec.model import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component

_VQ = PartWords(
    canonical={"num_hidden_layers": "depth"},
    defaults={
        "embed_dim": 8,
        "num_embeddings": 16384,
        "double_latent": False,
        "latent_channels": 256,
        "in_channels": 3,
        "out_channels": 3,
        "base_channels": 128,
        "channel_multiplier": [1, 1, 2, 2, 4],
        "num_res_blocks": 2,
        "projection_dim": 2048,
        "depth": 2,
        "image_token_embed_dim": 2048,
    },
    costless={
        "hidden_act": "an activation between two projections: elementwise",
        "model_type": "a name",
        "num_patches": "how many tokens a picture is made of: no weights",
    },
)


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "janus_vision_model", fixed=True)
    if vision is not None:
        width, out = vision.r.size("hidden_size"), vision.r.size("projection_dim")
        media = square(vision.r, tokens=int(patch_count(vision.r)), text=2)
        yield vision.running(media).then(*_aligner(width, out, int(vision.r.size("depth"))))
    yield from _generator(whole)


def _aligner(inputs: int, out: int, depth: int) -> tuple[Component, ...]:
    into = Projection(input_size=inputs, output_size=out, bias=True)
    return (into, *(replace(into, input_size=out),) * (depth - 1))


def _generator(whole: Reader) -> Iterator[Stack]:
    """Yield what makes pictures, which no step of text runs: VQ-16, what takes its tokens in, and their head."""
    r = whole.nested("vq_config", dialect=_VQ)
    if r is None:
        return
    r.only("double_latent", False)
    net = read_net(r)
    net = net._replace(made=r.size("out_channels"), attends=frozenset({len(net.widths) - 1}))
    count, width, out = r.size("num_embeddings"), r.size("embed_dim"), r.size("projection_dim")
    inner = r.size("image_token_embed_dim")
    parts = (
        *vq(net, count, width),
        PositionEmbedding(positions=count, hidden_size=width),
        *_aligner(width, out, int(r.size("depth"))),
        Projection(input_size=out, output_size=inner, bias=True),
        Projection(input_size=inner, output_size=count, bias=True),
    )
    yield Stack("gen_vision", (), (), after=parts, axis="codes")


DIALECT = llama.DIALECT.like("janus", text_config="text_config", towers=towers, tie_word_embeddings=True)
