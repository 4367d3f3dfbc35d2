"""The decoder of an encoder-decoder pair by keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.classic import unrotated_attention
from llmsim_adapters.dialects.assembly.decoder import layer_norm
from llmsim_adapters.dialects.assembly.decoder_alone import DECODER_KEYS, decoder_alone
from llmsim_adapters.dialects.assembly.ends import learned_positions
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm
from llmsim_adapters.dialects.assembly.recurrent import says_instead

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

_ROWS: Final = 2
"""The rows of fairseq's tables that precede the first position."""


def decoder_of_a_pair(r: Reader) -> ModelSpec:
    """Read a decoder of BART's time, from which the pairs that write these keys are descended.

    Layer norms after the mixers, biases, networks without a gate; embeddings with learned positions and a norm.
    """
    for key, name in DECODER_KEYS.items():
        says_instead(r, name, key)
    bias = _first(r, ("use_bias",)) is not False
    before = _first(r, ("normalize_before", "do_layer_norm_before", "pre_norm"))
    for name, taken in (
        ("attention_bias", "projections are taken to have biases"),
        ("mlp", "feed-forward networks are taken to have no gate"),
        ("attention", "attention is taken to have no other parts, and to go to an encoder as well"),
        ("norm", "norms are taken to be layer norms with biases"),
    ):
        r.inferred(name, f"no key says so: {taken}")
    r.inferred("layout", f"{_WHERE[before]} each mixer; a layer is taken to have no other parts")
    mixer = unrotated_attention(r, bias=bias)
    where = pre_norm if before else post_norm
    return decoder_alone(r, mixer, layout=where, inputs=_inputs(r), final_norm=bool(before))


_WHERE: Final = {
    None: "no key says so: norms are taken to stand after",
    False: "norms stand after",
    True: "norms stand before",
}


def _first(r: Reader, names: tuple[str, ...]) -> bool | None:
    """Read the first flag of these that the config says."""
    said = [r.flag(name) for name in names if r.has(name)]
    return said[0] if said else None


def _inputs(r: Reader) -> tuple[Component, ...]:
    inputs: list[Component] = []
    computed = _first(r, ("static_position_embeddings",))
    learned = _first(r, ("use_learned_position_embeddings",)) if computed is None else not computed
    if learned is None:
        r.inferred("positions", "no key says so: positions are taken to be learned, behind fairseq's two rows")
    if learned is not False:
        inputs.append(learned_positions(r, offset=_ROWS))
    normed = _first(r, ("layernorm_embedding", "normalize_embedding"))
    if normed is None:
        r.inferred("embedding_norm", "no key says so: embeddings are taken to be normalised")
    if normed is not False:
        inputs.append(layer_norm(r))
    return tuple(inputs)
