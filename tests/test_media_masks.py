"""Tokens of pictures that see each other: as many pairs of tokens as the masks of transformers' own forward leave."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

CASES = [
    pytest.param(fact, *run, id=f"{name}-{run[0]}")
    for name, fact in facts("media_masks")["types"].items()
    for run in fact["runs"]
]


@pytest.mark.parametrize(("fact", "items", "tokens", "pairs"), CASES)
def test_a_layer_has_as_many_pairs_as_its_mask_leaves(
    fact: dict[str, Any], items: list[Any], tokens: int, pairs: list[int]
) -> None:
    config = {**fact["config"], "architectures": [fact["architecture"]]}
    model = la.load(config, preprocessor={**fact["processor"].get("image", {}), **fact["processor"].get("video", {})})
    field = "videos" if len(items[0]) == 3 else "images"
    if not any(field[:-1] in each.media.takes for each in model.spec.towers if each.media is not None):
        pytest.skip("what its encoder runs is not modelled")
    graph = model.build(checkpoint(seq_len=tokens, **{field: tuple(map(tuple, items))}))
    assert sorted(executed(graph)) == sorted(pairs)


def executed(graph: la.OperatorGraph) -> list[int]:
    """Return the pairs of each layer of the language model, as its scores' FLOPs say."""
    scores = [op for op in graph.operators if op.stack == "text" and op.name == "attention.scores"]
    return [op.flops_executed // op.repeat // (2 * op.batch * op.k) for op in scores for _ in range(op.repeat)]


def test_a_text_without_pictures_is_causal() -> None:
    fact = facts("media_masks")["types"]["gemma3"]
    graph = la.load({**fact["config"], "architectures": [fact["architecture"]]}).build(checkpoint(seq_len=10))
    assert executed(graph) == [55, 55]


def test_tokens_that_are_cached_see_no_later_ones() -> None:
    fact = facts("media_masks")["types"]["paligemma"]
    model = la.load({**fact["config"], "architectures": [fact["architecture"]]})
    fresh, later = (model.build(checkpoint(seq_len=300, context_len=each, images=((9, 9),))) for each in (0, 100))
    assert [after - before for before, after in zip(executed(fresh), executed(later), strict=True)] == [300 * 100] * 2
