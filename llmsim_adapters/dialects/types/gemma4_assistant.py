"""Gemma 4's assistant: a small Gemma 4 that drafts tokens from the target's embeddings, hidden states, keys and values.

It has no keys and values of its own, and projects the target's states to its size and back. With ordered embeddings, it
scores centroids first, and the tokens of some of them. Source: transformers
`Gemma4AssistantConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import gemma4_text
from llmsim_adapters.spec.components import Attention, Projection, Scale

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

OF_WHOLE = (
    *("backbone_hidden_size", "centroid_intermediate_top_k", "num_centroids", "use_ordered_embeddings"),
    "tie_word_embeddings",
)


def read(r: Reader) -> ModelSpec:
    """Read a Gemma 4 whose every layer reads the target's cache, between two projections."""
    spec = gemma4_text.decoding(r, drafts=True)
    hidden, backbone = r.size("hidden_size"), r.size("backbone_hidden_size")
    count, shared = r.size("num_hidden_layers"), r.count("num_kv_shared_layers")
    r.check(
        "num_kv_shared_layers", shared in (0, count), lambda: f"is {int(shared)}: every layer reads the target's cache"
    )
    spec = spec.transform(Attention, lambda a: replace(a, borrows_cache=True))
    into = Projection(input_size=2 * backbone, output_size=hidden)
    back = Projection(input_size=hidden, output_size=backbone)
    ordered: tuple[Component, ...] = ()
    r.no_effect(("centroid_intermediate_top_k",), "of ordered embeddings, of which the weights alone are modelled")
    if r.flag("use_ordered_embeddings"):
        r.not_modelled("ordered_embeddings")
        order = Scale(size=r.size("vocab_size"), trained=False)
        ordered = (Projection(input_size=hidden, output_size=r.size("num_centroids")), order)
    else:
        r.no_effect(("num_centroids",), "use_ordered_embeddings is false")
    return replace(
        spec,
        inputs=(*spec.inputs, into),
        outputs=(back, *ordered, *spec.outputs),
        from_target=("embeddings", "hidden states", "keys and values"),
    )


DIALECT = gemma4_text.DIALECT.like(
    "gemma4_assistant",
    read=read,
    of_whole=OF_WHOLE,
    backbone_hidden_size=1536,
    use_ordered_embeddings=False,
    num_centroids=2048,
    centroid_intermediate_top_k=32,
)
