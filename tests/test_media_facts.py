"""The facts of pictures and sound are whole: weights and attentions explain every operation that torch counts.

What real encoders run, weight by weight, is in `facts/media_runs.json` and `facts/media_sounds.json`; this holds that
nothing is left over.
"""

from __future__ import annotations

from math import prod
from typing import Any

import pytest

from tests.facts import facts

TYPES = [
    pytest.param(found, id=f"{file}-{name}")
    for file in ("runs", "sounds", "varied", "varied_sounds", "varied_videos")
    for name, found in facts(f"media_{file}")["types"].items()
]


def operations(piece: list[int]) -> int:
    """Return what a line of products costs: of an attention both of its products."""
    if len(piece) == 6:
        batch, queries, keys, width, width_of_values, times = piece
        return 2 * batch * queries * keys * (width + width_of_values) * times
    return 2 * prod(piece)


@pytest.mark.parametrize("found", TYPES)
def test_weights_and_attentions_explain_what_torch_counts(found: dict[str, Any]) -> None:
    for number, flops in enumerate(found["flops"]):
        # rows are those of all of a name's weights together, as each of them has the same elements
        weights = sum(2 * rows[number] * prod(shape) for rows, line in found["weights"] for _, shape, _ in line)
        products = sum(operations(piece) for _, _, runs in found["products"] for piece in runs[number])
        assert weights + products == flops


@pytest.mark.parametrize("found", TYPES)
def test_the_text_has_a_token_for_each_row(found: dict[str, Any]) -> None:
    for rows, tokens in zip(found["rows"], found["tokens"], strict=True):
        if tokens is not None and "apart" not in found:
            assert tokens[0] == rows
