"""Models that take words in and then refine a canvas of tokens run what torch counts of the real ones either way."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

FACTS: Final = {
    f"{name}-{case}": fact for name, cases in facts("block_diffusion")["types"].items() for case, fact in cases.items()
}
PREFILLS: Final = [
    pytest.param(fact["config"], sizes, id=f"{name}-{sizes[:2]}")
    for name, fact in FACTS.items()
    for sizes in fact["prefills"]
]
CANVASES: Final = [
    pytest.param(fact["config"], sizes, id=f"{name}-{sizes[:3]}")
    for name, fact in FACTS.items()
    for sizes in fact["canvases"]
]
ANY: Final = next(iter(FACTS.values()))["config"]


@pytest.mark.parametrize("logits", ["last", "all"])
@pytest.mark.parametrize(("config", "sizes"), PREFILLS)
def test_words_are_taken_in_without_logits(config: dict[str, Any], sizes: list[int], logits: Any) -> None:
    batch, tokens, flops = sizes
    assert la.load(config).build(checkpoint(batch_size=batch, seq_len=tokens, logits=logits)).flops == flops


@pytest.mark.parametrize(("config", "sizes"), CANVASES)
def test_a_canvas_is_refined_behind_them_all_of_it_with_logits(config: dict[str, Any], sizes: list[int]) -> None:
    batch, context, canvas, first, flops = sizes
    step = checkpoint(mode="decode", batch_size=batch, context_len=context, seq_len=canvas)
    graph = la.load(config).build(step)
    assert graph.flops == flops
    assert sum(op.flops for op in graph.operators if not op.name.endswith("weighed")) == first


def test_a_state_sees_no_actions_and_they_all_that_is_kept_and_each_other() -> None:
    """By the mask of the real class: 5 tokens that were taken in, a state and 5 actions leave 61 pairs of 66."""
    model = la.load(FACTS["pi0-full"]["config"])
    graph = model.build(checkpoint(mode="decode", context_len=5, seq_len=6))
    scores = [op for op in graph.operators if op.name.endswith("scores")]
    assert {(op.stack, op.pairs, op.full_pairs) for op in scores} == {("expert", 61, 66)}


def test_the_half_that_sees_keeps_what_the_expert_reads_and_runs_in_no_step_of_it() -> None:
    model = la.load(FACTS["pi0-full"]["config"])
    taken_in, acted = model.build(checkpoint(seq_len=9)), model.build(checkpoint(mode="decode", context_len=9))
    assert ({op.stack for op in taken_in.operators}, {op.stack for op in acted.operators}) == ({"text"}, {"expert"})
    assert taken_in.kv_cache_elements(9) == acted.kv_cache_elements(9) > 0


def test_all_of_a_canvas_see_each_other_and_words_those_before_them() -> None:
    model = la.load(ANY)
    refined = model.build(checkpoint(mode="decode", context_len=30, seq_len=6))
    assert refined.flops_executed == refined.flops
    taken_in = model.build(checkpoint(seq_len=30))
    assert taken_in.flops_executed < taken_in.flops


def test_a_step_of_another_length_than_the_canvas_says_so() -> None:
    model = la.load(ANY)
    assert any("canvas" in note for note in model.build(checkpoint(mode="decode", context_len=30)).notes)
    assert not any("canvas" in note for note in model.build(checkpoint(mode="decode", seq_len=6)).notes)
    assert not any("canvas" in note for note in model.build(checkpoint()).notes)


def test_a_mean_of_embeddings_is_added_up_where_ranks_share_the_table() -> None:
    graph = la.load(ANY).build(la.Schedule(mode="decode", context_len=9, seq_len=6, tp_size=2))
    assert any("weighed" in transfer.name for transfer in graph.transfers)
