"""Models of BERT's kind by keys alone: `type_vocab_size` is the table of the kinds of token that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of, masked, tables, widened

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def bert_like(r: Reader) -> ModelSpec:
    """Read an encoder's layers with tables of positions and kinds of token, of their own width where a key says so."""
    for name, taken in (
        ("attention_bias", "projections are taken to have biases"),
        ("attention", "attention is taken to have no other parts"),
        ("mlp", "feed-forward networks are taken to have no gate"),
        ("norm", "norms are taken to be layer norms with biases, also after the embeddings"),
        ("layout", "norms are taken to stand after each mixer, and a layer to have no other parts"),
        ("positions", "positions are taken to be learned"),
        ("projection", "the head is taken to have a layer and a norm before it"),
    ):
        r.inferred(name, f"no key says so, but type_vocab_size is BERT's: {taken}")
    hidden = r.size("hidden_size")
    width = r.size_or("embedding_size", lambda: hidden)
    spec = widened(r, encoder(r, inputs=(*tables(r, width), layer_norm_of(width))), width)
    if r.has("output_embedding_size"):
        return masked(r, spec, r.size("output_embedding_size"), spare_bias=False, pooler=False)
    narrow = width != hidden
    return masked(r, spec, width, spare_bias=not narrow, pooler=not narrow)
