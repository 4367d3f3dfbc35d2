"""A decoder by keys alone: its mixers, networks and norms, and what stands around the layers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly import layouts
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.ends import learned_positions, narrow_ends
from llmsim_adapters.dialects.assembly.per_layer import per_layer_embedding, with_per_layer_input
from llmsim_adapters.dialects.assembly.recurrent import says_instead
from llmsim_adapters.dialects.inferring.manner import habits, layout, manner
from llmsim_adapters.dialects.inferring.mixers import beside, mixers
from llmsim_adapters.dialects.inferring.networks import feed_forward
from llmsim_adapters.dialects.inferring.recurrences import nothing_else
from llmsim_adapters.dialects.inferring.singles import one_each, single_kinds
from llmsim_adapters.spec.components import Embedding, Head

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def any_decoder(r: Reader) -> ModelSpec:
    """Read a decoder of whatever kind."""
    if r.has("tie_embedding"):
        says_instead(r, "tie_word_embeddings", "tie_embedding")
    if r.count("num_nextn_predict_layers"):
        r.not_modelled("multi_token_prediction")
    if r.raw.get("is_encoder_decoder") is True and not r.architecture.endswith("ForCausalLM"):
        r.not_modelled("encoder")
    how = manner(r)
    family = habits(r, how)
    if not family.norm_bias:
        how = how._replace(norm=replace(how.norm, bias=False))
    singles = single_kinds(r)
    if singles is not None:
        each = one_each(r, singles, how, family)
        return decoder(r, each, each, layout=layouts.alone, norm=how.norm)
    mixer = mixers(r, how, family)
    if nothing_else(r):
        r.no_effect(("intermediate_size",), "layers are taken to have nothing but the mixer")
        return decoder(r, mixer, mixer, layout=layouts.alone, norm=how.norm)
    other = beside(r, how, family)
    where = layout(r, how.gated, family) if other is None else layouts.beside(other)
    inputs: tuple[Component, ...] = (learned_positions(r),) if how.positions == "learned" else ()
    if not inputs:
        r.no_effect(("max_position_embeddings", "n_ctx"), "there is no table of positions")
    if r.has("hidden_size_per_layer_input"):
        where, inputs = with_per_layer_input(r, where), (*inputs, *per_layer_embedding(r))
    if family.head_bias:
        r.inferred("head_bias", f"no key says so: the head is taken to have a bias{family.like}")
    spec = decoder(
        r,
        mixer,
        feed_forward(r, how, family),
        layout=where,
        norm=how.norm,
        inputs=inputs,
        head_bias=r.flag("head_bias") or family.head_bias,
    )
    spec = _ends(r, spec) if r.has("embedding_size") else spec
    return _head_of_its_own(r, spec)


def _head_of_its_own(r: Reader, spec: ModelSpec) -> ModelSpec:
    """A head that is not the embedding's table may have fewer rows, or more, than there are tokens."""
    said = next((name for name in ("output_vocab_size", "unpadded_vocab_size") if r.has(name)), None)
    if said is None or not any(isinstance(end, Head) and end.weight_of == "itself" for end in spec.outputs):
        return spec
    rows = r.size(said)
    r.inferred("head", f"{said} is taken to be the rows of the head")
    return spec.transform(Head, lambda h: replace(h, vocab_size=rows))


def _ends(r: Reader, spec: ModelSpec) -> ModelSpec:
    """`embedding_size` is the width of narrow embeddings (OPT), or how many rows the table has (OLMo)."""
    hidden, size = r.size("hidden_size"), r.size("embedding_size")
    if size <= hidden:
        return narrow_ends(spec, hidden, size)
    spec = spec.transform(Embedding, lambda e: replace(e, vocab_size=size))
    return spec.transform(Head, lambda h: replace(h, vocab_size=size))
