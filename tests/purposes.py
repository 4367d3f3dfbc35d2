"""Specs of models that make no text: for each purpose, one of each way that layers can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Attention, BlockConvolution, Head, LatticeHead, MarkovHead, Score
from llmsim_adapters.testing.features import features_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import llmsim_adapters as la

HIDDEN = 2048

SCORES = {
    "a score": Score(hidden_size=HIDDEN, labels=3),
    "a score of layers": Score(hidden_size=HIDDEN, labels=3, dense_layers=1, bias=True),
}
DRAFTING: Mapping[str, la.Component] = {
    "a block_convolution": BlockConvolution(hidden_size=HIDDEN, kernel_size=4, groups=32),
    "a choice_of_candidates": MarkovHead(hidden_size=HIDDEN, vocab_size=999, rank=16, candidates=4),
    "a lattice_head": LatticeHead(
        hidden_size=HIDDEN,
        state_size=64,
        block_size=8,
        candidates=4,
        layers=2,
        num_attention_heads=4,
        intermediate_size=96,
        factors=16,
        features=5,
    ),
    "a markov_head": MarkovHead(hidden_size=HIDDEN, vocab_size=999, rank=16),
}


def draft(spec: la.ModelSpec) -> la.ModelSpec:
    return replace(spec, from_target=("hidden states",))


def classifier(spec: la.ModelSpec) -> la.ModelSpec:
    """The model with scores beside its logits, so that it has everything that it had."""
    return replace(spec, outputs=(*spec.outputs, SCORES["a score"]))


def encoder(spec: la.ModelSpec) -> la.ModelSpec:
    return spec.transform(Attention, lambda a: replace(a, cached=False, borrows_cache=False))


def embedder(spec: la.ModelSpec) -> la.ModelSpec:
    return replace(spec, outputs=tuple(each for each in spec.outputs if not isinstance(each, Head)))


PURPOSES: Mapping[str, Callable[[la.ModelSpec], la.ModelSpec]] = {
    "a draft": draft,
    "a classifier": classifier,
    "an encoder": encoder,
    "an embedder": embedder,
}


def specs(of: Mapping[str, la.ModelSpec]) -> dict[str, la.ModelSpec]:
    """Return models for every purpose, which together have every feature and component of those that are given."""
    telling = dict(_telling(of))
    found = {f"{name} as {what}": purpose(spec) for what, purpose in PURPOSES.items() for name, spec in telling.items()}
    first = next(iter(of.values()))
    for name, scores in SCORES.items():
        found[f"dense with {name}"] = replace(first, outputs=(scores,))
    for name, part in DRAFTING.items():
        found[f"a draft with {name}"] = draft(replace(first, outputs=(*first.outputs, part)))
    return found


def _telling(of: Mapping[str, la.ModelSpec]) -> Iterator[tuple[str, la.ModelSpec]]:
    """Yield those of named specs that have some feature or component that none before has."""
    seen: set[str] = set()
    for name, spec in of.items():
        has = {*features_in(spec), *(component.kind for component in spec.components())}
        if not has <= seen:
            seen |= has
            yield name, spec
