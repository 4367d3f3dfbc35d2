"""Experts for tokens of pictures: language models run what torch counts, however many of their tokens are such."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

RUNS = [
    pytest.param(row["config"], *run, id=f"{name}-{number}-{run[0]}-{run[1]}")
    for name, rows in facts("experts_of_media")["types"].items()
    for number, row in enumerate(rows)
    for run in row["runs"]
]


@pytest.mark.parametrize(("config", "tokens", "of_pictures", "flops"), RUNS)
def test_words_and_pictures_run_what_torch_counts(
    config: dict[str, Any], tokens: int, of_pictures: int, flops: int
) -> None:
    model, vision = la.load(config), config["vision_config"]
    side = vision["patch_size"] * vision["spatial_merge_size"]
    seen: dict[str, Any] = {"images": ((side, side * of_pictures),), "preprocessed": True} if of_pictures else {}
    graph = model.build(checkpoint(batch_size=2, seq_len=tokens, logits="all", **seen))
    assert sum(op.flops for op in graph.operators if op.stack != "vision") == flops


def test_a_token_of_text_uses_none_of_them() -> None:
    config = facts("experts_of_media")["types"]["ernie4_5_vl_moe"][0]["config"]
    graph = la.load(config).build(checkpoint())
    idle = sum(weight.elements for weight in graph.weights if "of_media.experts" in weight.name)
    others = [weight for weight in graph.weights if "experts.experts." in weight.name and "of_media" not in weight.name]
    text = config["text_config"]
    used = sum(weight.elements for weight in others) * text["moe_k"] // text["moe_num_experts"]
    assert graph.idle_parameters == idle + sum(weight.elements for weight in others) - used
