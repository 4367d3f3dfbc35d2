"""A config of a type that nobody declared, read with what the headers of its files show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.proof.quantized import as_matrices, refuse_unknown
from llmsim_adapters.proof.refining import refined
from llmsim_adapters.proof.unexplained import with_unexplained
from llmsim_adapters.proof.units import AROUND
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.proof.folder import Headers

_ENDS: Final = frozenset(
    {"embedding", "embedding_norm", "embedding_size", "head", "head_bias", "positions", "projection"}
    | {"tie_word_embeddings", "vocab_size"}
)
"""Assumptions about what stands around the layers, which tensors show."""

_LAYERS: Final = frozenset(
    {"attention", "attention_bias", "experts", "intermediate_size", "mlp", "mlp_bias", "mlp_layer_types"}
    | {"moe_intermediate_size", "norm", "num_experts", "qk_norm", "router", "shared_expert_gate", "shared_experts"}
    | {"shared_expert_intermediate_size", "moe_layer_freq", "decoder_sparse_step", "first_k_dense_replace"}
)
"""Assumptions about layers that tensors show: what else there is, such as an order or a window, only running would."""

_SHOWN: Final = 5


def read_with(reading: Reading, headers: Headers) -> Reading:
    """Return a reading by keys alone with what tensors show in place of assumptions.

    What is read by a dialect stays as it is, and so does what has no spec.

    Raises:
        HeaderError: the files are quantized by a method of which nobody knows what they hold.
    """
    spec = reading.spec
    if spec is None or reading.dialect:
        return reading
    refuse_unknown(spec)
    tensors = as_matrices(headers.tensors, spec, spec.dtype).tensors
    spec, fitting = refined(spec, tensors, reading.parameters)
    matches = fitting.left(spec).matches
    found = with_unexplained(spec, fitting)
    settled = set(_ENDS) if matches[AROUND].complete else set()
    if all(match.complete for unit, match in matches.items() if unit != AROUND):
        settled |= _LAYERS
    gaps = tuple(gap for gap in reading.gaps if not (gap.kind is GapKind.INFERRED and gap.name in settled))
    if found.names:
        more = f" and {len(found.names) - _SHOWN:,} more" if len(found.names) > _SHOWN else ""
        named = ", ".join(printable(name, 120) for name in found.names[:_SHOWN])
        detail = (
            f"no key explains {len(found.names):,} tensors of the files with {found.elements:,} elements, which are in "
            f"the figures of weights and in no product or cache: {named}{more}"
        )
        gaps += (Gap(GapKind.INFERRED, "tensors", detail),)
    note = f"read with the headers of {headers.files:,} files at {headers.location}, which no key overrules"
    return replace(reading, spec=found.spec, gaps=gaps, notes=(*reading.notes, note))
