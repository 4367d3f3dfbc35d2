"""What files hold and no model reads: again, though it is computed, or beyond what there is to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.components import Embedding, Head, MixtureOfExperts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from llmsim_adapters.proof.alike import Side
    from llmsim_adapters.proof.stored import Stored
    from llmsim_adapters.spec.model import ModelSpec

_COPY: Final = re.compile(
    r"(.*\.)?(embed_tokens|wte|word_embeddings|embeddings|lm_head|output_layer|embed_out|head)\.weight"
)
"""Names under which files hold the embedding or the head a second time: tied ones, and those of draft layers."""

_BIAS: Final = re.compile(r"(.*\.)?(lm_head|predictions)(\.decoder)?\.bias")
"""Names under which files hold the bias of a head, that of its matrix being the head's own."""

_DERIVED: Final = re.compile(r".*(rotary_emb\.inv_freq|rotary_pos_emb\.inv_freq|\.attn\.masked_bias)")
"""Names of what a model computes from its config, which old files hold all the same."""

_EXPERT: Final = re.compile(r".*\.experts\.(\d{1,9})\..*")

_VOCABULARY: Final = ("embedding.weight", "head.weight")


def copied(side: Side, around: Iterable[Side]) -> bool:
    """Whether a stored tensor is an embedding or a head, or a head's bias, which the graph has once."""
    sizes: dict[str, set[tuple[int, ...]]] = {"weight": set(), "bias": set()}
    for other in around:
        if other.name in _VOCABULARY:
            sizes["weight"].add(other.dims)
        elif other.name == "head.bias":
            sizes["bias"].add(other.dims)
    return (side.dims in sizes["weight"] and all(map(_COPY.fullmatch, side.keys))) or (
        side.dims in sizes["bias"] and all(map(_BIAS.fullmatch, side.keys))
    )


def derived(side: Side) -> bool:
    """Whether a stored tensor is what a model computes from its config."""
    return all(map(_DERIVED.fullmatch, side.keys))


def idle_experts(tensors: Iterable[Stored], spec: ModelSpec) -> Iterator[str]:
    """Yield the matrices of experts that hand on what they are given, where files hold such all the same."""
    mixtures = [each for each in spec.components() if isinstance(each, MixtureOfExperts) and each.identity_experts]
    if not mixtures:
        return
    first = max(int(each.num_experts) for each in mixtures)
    last = max(int(each.num_experts + each.identity_experts) for each in mixtures)
    for tensor in tensors:
        number = _EXPERT.fullmatch(tensor.name)
        if number is not None and first <= int(number[1]) < last:
            yield tensor.name


def padded_head(side: Side, wanted: Side, spec: ModelSpec) -> bool:
    """Whether a stored head has the rows of the embedding's vocabulary, of which the graph's head has fewer."""
    tables = [each for each in spec.components() if isinstance(each, Embedding)]
    heads = [each for each in spec.components() if isinstance(each, Head)]
    return wanted.name == "head.weight" and any(
        side.shape == (table.vocab_size, head.hidden_size) and wanted.shape == (head.vocab_size, head.hidden_size)
        for table in tables
        for head in heads
        if head.vocab_size < table.vocab_size
    )
