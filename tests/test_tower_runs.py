"""What real encoders of pictures run is explained by the weights that are counted, and by who attends to whom.

No graph has these runs yet: the weights of encoders are counted, and a step of text runs none of them. This holds that
what is counted is all that has to run, and the sizes of windows and mergers that the real encoders have.
"""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

RUNS = [
    pytest.param(found["config"], run, id=f"{name}-{run['grids']}")
    for name, found in facts("tower_runs")["types"].items()
    for run in found["runs"]
]


def sequences(grids: list[list[int]], window: int) -> list[int]:
    """Return the patches of each sequence that attends within itself: a frame, or a window cut at its border."""
    return [
        min(window or rows, rows - top) * min(window or columns, columns - left)
        for frames, rows, columns in grids
        for _ in range(frames)
        for top in range(0, rows, window or rows)
        for left in range(0, columns, window or columns)
    ]


@pytest.mark.parametrize(("config", "run"), RUNS)
def test_counted_weights_explain_what_torch_counts(config: dict[str, Any], run: dict[str, Any]) -> None:
    vision = config["vision_config"]
    merged = vision["spatial_merge_size"] ** 2
    patches = sum(frames * rows * columns for frames, rows, columns in run["grids"])
    assert run["tokens"] * merged == patches
    graph = la.load(config).build(checkpoint())
    flops = 0
    for weight in graph.weights:
        if weight.stack == "vision" and len(weight.shape) > 1 and "position" not in weight.name:
            rows = run["tokens"] if weight.block == "after" else patches
            flops += 2 * rows * weight.elements
    width = vision["embed_dim"] if config["model_type"] == "qwen2_vl" else vision["hidden_size"]
    window = vision.get("window_size", 0) // vision["patch_size"]
    for layer in range(vision["depth"]):
        full = layer in vision.get("fullatt_block_indexes", (layer,))
        flops += 4 * width * sum(n * n for n in sequences(run["grids"], 0 if full else window))
    assert flops == run["flops"]
