"""Decoders that attend to an encoder's output of a given length run what torch counts in transformers' own."""

from __future__ import annotations

from typing import Any

import pytest

import llmsim_adapters as la
from tests.facts import checkpoint, facts

CASES = [
    pytest.param(fact, *run, id=f"{name}-{run[0]}x{run[1]}-beside-{run[2]}")
    for name, fact in facts("decoder_runs")["types"].items()
    for run in fact["runs"]
]


@pytest.mark.parametrize(("fact", "batch", "tokens", "length", "flops"), CASES)
def test_a_decoder_beside_an_encoder_runs_what_torch_counts(
    fact: dict[str, Any], batch: int, tokens: int, length: int, flops: int
) -> None:
    schedule = checkpoint(batch_size=batch, seq_len=tokens, encoder_len=length, logits="all")
    graph = la.load(fact["config"]).build(schedule)
    assert (graph.parameters, graph.flops, graph.encoder_len) == (fact["parameters"], flops, length)


@pytest.mark.parametrize("name", sorted(facts("decoder_runs")["types"]))
def test_a_decode_step_reads_the_encoders_keys_from_the_cache(name: str) -> None:
    """What is kept of the output grows with it, and no later step projects it again."""
    model = la.load(facts("decoder_runs")["types"][name]["config"])
    step, alone = (model.build(la.Schedule(mode="decode", context_len=10, encoder_len=each)) for each in (33, 0))
    keys = {op.n for op in step.operators if op.name == "cross_attention.scores"}
    assert keys == {33}
    assert not any(op.name.startswith("cross_attention.k_proj") for op in step.operators)
    layers, width = 3, 2 * 80
    kept = step.kv_cache_elements(11, encoder_tokens=33) - alone.kv_cache_elements(11)
    assert kept == layers * width * 33


SOURCES = [
    pytest.param(fact, *run, id=f"{name}-{run[0]}x{run[2]}-of-{run[1]}")
    for name, fact in facts("source_runs")["types"].items()
    for run in fact["runs"]
]


@pytest.mark.parametrize(("fact", "batch", "read", "written", "flops"), SOURCES)
def test_an_encoder_of_words_and_its_decoder_run_what_torch_counts(
    fact: dict[str, Any], batch: int, read: int, written: int, flops: int
) -> None:
    schedule = checkpoint(batch_size=batch, seq_len=written, encoder_len=read, logits="all")
    graph = la.load(fact["config"]).build(schedule)
    assert (graph.parameters, graph.buffers, graph.flops) == (fact["parameters"], fact["buffers"], flops)


@pytest.mark.parametrize("name", sorted(facts("source_runs")["types"]))
def test_an_encoder_of_words_runs_in_the_step_that_begins_a_sequence_and_keeps_nothing(name: str) -> None:
    model = la.load(facts("source_runs")["types"][name]["config"])
    begun, later, alone = (
        model.build(la.Schedule(mode=mode, context_len=context, encoder_len=length))
        for mode, context, length in (("extend", 0, 33), ("decode", 10, 33), ("extend", 0, 0))
    )
    stacks = [{op.stack for op in graph.operators} for graph in (begun, later, alone)]
    assert ["encoder" in found for found in stacks] == [True, False, False]
    assert "encoder" in {weight.stack for weight in later.weights}
    assert "encoder" not in {cache.stack for cache in begun.caches if not cache.idle}


OWN = [
    ("bigbird_pegasus", {"attention_type": "block_sparse"}, "block_sparse_attention"),
    ("mvp", {"use_prompt": True}, "prompts"),
]


@pytest.mark.parametrize(("name", "said", "part"), OWN)
def test_what_only_one_types_encoder_has_is_a_gap(name: str, said: dict[str, Any], part: str) -> None:
    config = facts("source_runs")["types"][name]["config"] | said
    coverage = la.evaluate(config)
    assert [gap.name for gap in coverage.gaps] == [part]
    decoder = config["architectures"][0].replace("ForConditionalGeneration", "ForCausalLM")
    assert la.evaluate(config | {"architectures": [decoder]}).status == "fully_supported"


@pytest.mark.parametrize("name", ["bart", "marian", "mbart", "pegasus"])
def test_options_of_old_configs_are_read_under_what_the_type_has_alone(name: str) -> None:
    config = facts("source_runs")["types"][name]["config"]
    before, embeds = name in ("mbart", "pegasus"), name in ("bart", "mbart")
    said = {"normalize_before": before, "add_final_layer_norm": before, "normalize_embedding": embeds}
    assert la.evaluate(config | said).status == "fully_supported"
    for key, value in said.items():
        assert [gap.name for gap in la.evaluate(config | said | {key: not value}).gaps] == [key]


def test_halves_that_share_a_table_have_one_vocabulary() -> None:
    config = facts("source_runs")["types"]["marian"]["config"]
    (gap,) = la.evaluate(config | {"decoder_vocab_size": 97}).gaps
    assert (gap.kind, gap.name) == ("invalid_config", "decoder_vocab_size")


def test_words_see_so_many_on_either_side() -> None:
    """In T5Gemma 2's encoder a window is that of both sides, its half before a token with it, and half behind it."""
    config = facts("source_runs")["types"]["t5gemma2"]["config"]
    graph, words, window = la.load(config).build(checkpoint(seq_len=1, encoder_len=30)), range(30), 8
    near = sum((0 <= i - j < (window + 1) // 2) or (0 < j - i < window // 2 + 1) for i in words for j in words)
    (scores,) = (
        op for op in graph.operators if op.stack == "encoder" and op.block.startswith("sliding") and op.n == 30
    )
    assert scores.pairs == near


def test_a_later_step_sees_all_words_that_were_read_and_projects_none_of_them() -> None:
    model = la.load(facts("source_runs")["types"]["t5gemma2"]["config"])
    step = model.build(checkpoint(mode="decode", context_len=5, encoder_len=30))
    (scores,) = (op for op in step.operators if op.name == "attention.scores" and op.block.startswith("full"))
    keys = [op for op in step.operators if op.name == "attention.k_proj"]
    assert scores.n == 5 + 1 + 30
    assert {op.m for op in keys} == {1}
    width = 2 * 4 * 12
    assert step.kv_cache_elements(6) - step.kv_cache_elements(6, encoder_tokens=0) == 2 * width * 30


def test_words_are_at_least_as_many_as_what_became_of_pictures() -> None:
    model = la.load(facts("source_runs")["types"]["t5gemma2"]["config"])
    graph = model.build(checkpoint(seq_len=1, images=((56, 56),)))
    assert graph.encoder_len == sum(item.length for item in graph.media) > 0
    with pytest.raises(la.ScheduleError, match="encoder_len"):
        model.build(checkpoint(seq_len=1, images=((56, 56),), encoder_len=2))
