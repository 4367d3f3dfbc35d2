"""BERT's family as language models: tables that are added and normalised, and a transform before the head."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.classic import classic, unrotated_attention
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import crossing, post_norm
from llmsim_adapters.spec.components import Embedding, Head, Norm, PositionEmbedding, Projection, Score

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec


def encoder_attention(r: Reader) -> Attention:
    """Read attention that only a decoder restricts to earlier tokens, whose keys and values it keeps."""
    decodes = r.flag("is_decoder")
    return replace(unrotated_attention(r), causal=decodes, cached=decodes)


def encoder(
    r: Reader,
    mixer: Attention | None = None,
    *,
    layout: Layout = post_norm,
    inputs: tuple[Component, ...] | None = None,
    final_norm: bool = False,
) -> ModelSpec:
    """Read a decoder made of an encoder's layers; `add_cross_attention` adds attention to another encoder.

    `inputs` stand after the token embedding, by default positions and kinds of token, and a norm.
    """
    count_as_causal(r)
    mixer = mixer or encoder_attention(r)
    crossed = crossing(layout, replace(mixer, causal=False, cached=True) if r.flag("add_cross_attention") else None)
    inputs = (*tables(r), layer_norm_of(r.size("hidden_size"))) if inputs is None else inputs
    return classic(r, mixer, layout=crossed, inputs=inputs, final_norm=final_norm, head_bias=True)


def count_as_causal(r: Reader) -> None:
    """Count an architecture of masked language models among the causal ones: its head is such a head."""
    if r.architecture.endswith("ForMaskedLM"):
        r.causal_lm = (*r.causal_lm, r.architecture)


def masked(
    r: Reader, spec: ModelSpec, width: int | None = None, *, spare_bias: bool = True, pooler: bool = True
) -> ModelSpec:
    """Return the spec with the head of masked language models: a layer of `width` and a norm before the logits.

    A head that is not tied has a `spare_bias` there; a model without a head has a `pooler`.
    """
    hidden = r.size("hidden_size")
    if not spec.outputs:
        return pooled(spec, hidden) if pooler else spec
    if isinstance(spec.outputs[0], Score):
        return spec
    width = width or hidden
    (text,) = spec.stacks
    before = (Projection(input_size=hidden, output_size=width, bias=True), layer_norm_of(width))
    spec = replace(spec, stacks=(replace(text, after=(*text.after, *before)),))
    return spec.transform(
        Head, lambda h: replace(h, hidden_size=width, spare_bias=spare_bias and h.weight_of == "itself")
    )


def pooled(spec: ModelSpec, hidden: int) -> ModelSpec:
    """Return the spec with a layer for the first token of each sequence, beside the head if there is any."""
    pooler = Projection(input_size=hidden, output_size=hidden, bias=True, one_token=True)
    return replace(spec, outputs=(*spec.outputs, pooler))


def tables(r: Reader, width: int | None = None) -> tuple[PositionEmbedding, PositionEmbedding]:
    """Read the tables of positions and of kinds of token, of the hidden size unless another is given."""
    kinds = token_kinds(r, width)
    return replace(learned_positions(r), hidden_size=kinds.hidden_size), kinds


def token_kinds(r: Reader, width: int | None = None) -> PositionEmbedding:
    """Read the table of the kinds of token, of the hidden size unless another is given."""
    return PositionEmbedding(positions=r.size("type_vocab_size"), hidden_size=width or r.size("hidden_size"))


def widened(r: Reader, spec: ModelSpec, width: int) -> ModelSpec:
    """Return the spec with token embeddings of `width` features, projected to the hidden size after all inputs."""
    hidden = r.size("hidden_size")
    if width == hidden:
        return spec
    spec = spec.transform(Embedding, lambda e: replace(e, hidden_size=width))
    return replace(spec, inputs=(*spec.inputs, Projection(input_size=width, output_size=hidden, bias=True)))


def layer_norm_of(size: int) -> Norm:
    """Return a layer norm over `size` features."""
    return Norm(size, "layer", bias=True)
