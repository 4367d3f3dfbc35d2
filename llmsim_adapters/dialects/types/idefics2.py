"""Idefics2: Mistral with SigLIP's picture encoder and a resampler, whose queries are asked beside patches.

Source: transformers `Idefics2Config`, `Idefics2PerceiverConfig`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.media import Settings, origin, rule
from llmsim_adapters.dialects.assembly.resampler import STATES, TOKENS, apart, asking
from llmsim_adapters.dialects.assembly.tower import PartWords, tower
from llmsim_adapters.dialects.types import mistral
from llmsim_adapters.spec.components import MLP, LearnedTokens, Norm, Projection
from llmsim_adapters.spec.media.padded import PaddedToLargest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.assembly.resampler import Part
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.media.media import Media
    from llmsim_adapters.spec.model import Stack

_PERCEIVER = PartWords(
    defaults={
        "hidden_act": "silu",
        "resampler_n_latents": 64,
        "resampler_depth": 3,
        "resampler_n_heads": 16,
        "resampler_head_dim": 96,
        "num_key_value_heads": 4,
    },
    costless={
        "hidden_size": "the class takes the language model's",
        "model_type": "a name",
        "qk_layer_norms_perceiver": "the class has no norms of queries and keys",
    },
)
_NARROWER = 4
"""How much wider than the hidden size a network of the resampler is."""


def towers(whole: Reader, text: Reader) -> Iterator[Stack]:
    vision = tower(whole, "vision_config", "idefics2_vision", fixed=True)
    perceiver = whole.nested("perceiver_config", dialect=_PERCEIVER)
    if vision is None or perceiver is None:
        return
    width, hidden, inner = vision.r.size("hidden_size"), text.size("hidden_size"), text.size("intermediate_size")
    into = Projection(input_size=width, output_size=inner)
    gated = (into, STATES), (into, STATES), (Projection(input_size=inner, output_size=hidden), STATES)
    parts, rows = apart((*gated, *_resampler(perceiver, hidden)))
    yield vision.running(_padded(whole, vision.r, perceiver)).then(*parts, rows=rows)


def _resampler(r: Reader, hidden: int) -> Iterator[Part]:
    """Yield the layers of the resampler: attention of trained vectors to patches and to themselves, and a network."""
    latents, norm = r.size("resampler_n_latents"), Norm(hidden)
    yield LearnedTokens(hidden_size=hidden, count=latents), TOKENS
    attention = asking(
        latents,
        hidden,
        r.size("resampler_n_heads"),
        kv_heads=r.size("num_key_value_heads"),
        head_dim=r.size("resampler_head_dim"),
        bias=False,
        themselves=True,
    )
    network = MLP(hidden_size=hidden, intermediate_size=_NARROWER * hidden, activation=r.text("hidden_act") or "silu")
    for _ in range(int(r.size("resampler_depth"))):
        yield from ((norm, TOKENS), (norm, STATES), (attention, STATES), (norm, TOKENS), (network, TOKENS))
    yield norm, TOKENS


def _padded(whole: Reader, r: Reader, perceiver: Reader) -> Media:
    """Return the rule of pictures padded to the largest. Settings: `size`, `do_image_splitting`."""

    def made(images: Settings) -> Media:
        return PaddedToLargest(
            patch_size=int(r.size("patch_size")),
            shortest=images.integer("size.shortest_edge", default=378),
            longest=images.integer("size.longest_edge", default=980),
            tokens=int(perceiver.size("resampler_n_latents")),
            splits=images.flag("do_image_splitting", default=False),
            origin=origin(images, "Idefics2ImageProcessor"),
        )

    return rule(whole, "image", made)


DIALECT = mistral.DIALECT.like("idefics2", text_config="text_config", towers=towers)
