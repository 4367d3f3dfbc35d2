"""Every figure against transformers and torch: the facts in `reference/facts`, which this project did not compute."""

from __future__ import annotations

import json
from collections import Counter
from math import prod
from typing import Any

import pytest

import llmsim_adapters as la
from tests import conventions
from tests.facts import CASES as ALL
from tests.facts import MTP_CASES, facts
from tests.reference.index import INDEX, index

CASES = [pytest.param(case, id=f"{name}-{case['name']}") for name, case in ALL]
RUNS = [
    pytest.param(case["config"], run, id=f"{name}-{case['name']}-{run['seq_len']}")
    for name, case in ALL
    for run in case.get("runs", ())
]
PUBLISHED = facts("published")["models"]


def excused(parameters: Any, table: dict[str, str]) -> bool:
    """Whether a run is of a type that a table of conventions names."""
    return parameters.values[0]["model_type"] in table


STEPS = [
    run for run in RUNS if "decode_step" in run.values[1] and not excused(run, conventions.FLOPS | conventions.STEP)
]


def build(config: dict[str, Any], **schedule: Any) -> la.OperatorGraph:
    model = la.load(config)
    assert model.coverage.gaps == ()
    assert model.coverage.status == "fully_supported"
    return model.build(la.Schedule(logits="all", **schedule))


@pytest.mark.parametrize("case", CASES)
def test_parameters_and_buffers_are_those_of_the_real_model(case: dict[str, Any]) -> None:
    lacking = conventions.INCOMPLETE.get((case["config"]["model_type"], case["name"]))
    if lacking is not None:
        gaps = la.evaluate(case["config"]).gaps
        assert [(gap.kind, gap.name) for gap in gaps] == [("missing_parameter", lacking)]
        return
    graph = build(case["config"])
    assert (graph.parameters, graph.buffers) == (case["parameters"], case["buffers"])


@pytest.mark.parametrize("case", [case for case in CASES if "weights" in case.values[0]])
def test_weights_have_the_shapes_of_the_real_model(case: dict[str, Any]) -> None:
    graph = build(case["config"])
    ours: Counter[tuple[int, ...]] = Counter()
    for weight in graph.weights:
        if weight.role == "parameter" and weight.stack != "mtp":
            ours[weight.shape] += weight.count
    theirs: Counter[tuple[int, ...]] = Counter()
    for _, shape, count in case["weights"]:
        theirs[tuple(shape)] += count
    if case["config"]["model_type"] in conventions.FUSED:
        assert sum(prod(s) * n for s, n in ours.items()) == sum(prod(s) * n for s, n in theirs.items())
    else:
        assert ours == theirs


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if not excused(p, conventions.FLOPS)])
def test_flops_are_those_that_torch_counts(config: dict[str, Any], run: dict[str, Any]) -> None:
    assert build(config, batch_size=run["batch"], seq_len=run["seq_len"]).flops == run["flops"]


@pytest.mark.parametrize(
    ("config", "run"),
    STEPS,
)
def test_a_step_after_a_prefill_has_the_flops_that_torch_counts(config: dict[str, Any], run: dict[str, Any]) -> None:
    """transformers expands a latent in every step, which is what mode extend counts; in decode it is absorbed."""
    step = run["decode_step"]
    after = {"batch_size": run["batch"], "seq_len": 1, "context_len": step["context_len"]}
    assert build(config, **after).flops == step["flops"]
    if "kv_lora_rank" not in la.load(config).coverage.parameters:
        assert build(config, mode="decode", **after).flops == step["flops"]


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if not excused(p, conventions.CACHE)])
def test_caches_are_those_of_a_real_prefill(config: dict[str, Any], run: dict[str, Any]) -> None:
    """Layer by layer, all tensors of a layer together; a sliding layer at its window's size (see `kept`)."""
    model = la.load(config)
    graph = model.build(la.Schedule(batch_size=run["batch"], seq_len=run["seq_len"]))
    assert model.spec is not None
    text = model.spec.stack("text")
    assert text is not None
    layers = {layer: group for group in run["cache"] for layer in group["layers"]}
    ours = [
        sum(
            cache.elements_per_entry * cache.entries(run["seq_len"])
            for cache in graph.caches
            if cache.block == text.blocks[block].name
        )
        for block in text.order
    ]
    assert sorted(layers) == list(range(len(ours)))
    assert ours == [kept(layers[layer], run, text, graph) for layer in range(len(ours))]
    states = graph.state_elements_per_sequence
    assert graph.kv_cache_elements(run["seq_len"]) + states == sum(ours)


def kept(group: dict[str, Any], run: dict[str, Any], text: la.Stack, graph: la.OperatorGraph) -> int:
    """The elements that a layer of a group keeps for one sequence.

    transformers keeps window - 1 tokens of a sliding layer, the product the window: what attention needs.
    """
    tensors = {name: shape for name, shape in group.items() if name not in ("layers", "kind")}
    elements = sum(prod(shape) // run["batch"] for shape in tensors.values())
    if group["kind"] != "DynamicSlidingWindowLayer":
        return elements
    block = text.blocks[text.order[group["layers"][0]]].name
    (window,) = {cache.window for cache in graph.caches if cache.block == block and cache.kind == "key_value"}
    assert window is not None
    tokens = tensors["keys"][2]
    assert tokens == min(run["seq_len"], window - 1)
    return elements // tokens * min(run["seq_len"], window)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_configs_have_the_totals_of_the_real_model(name: str) -> None:
    graph = la.build(name, offline=True)
    assert (graph.parameters, graph.buffers) == (PUBLISHED[name]["parameters"], PUBLISHED[name]["buffers"])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in MTP_CASES])
def test_multi_token_prediction_is_counted_apart(case: dict[str, Any]) -> None:
    """Its embedding and head are the main model's, as in transformers' MtpModel."""
    graph = build(case["config"])
    assert (graph.parameters, graph.buffers) == (case["parameters"], case["buffers"])
    assert graph.mtp_parameters == case["mtp_parameters"]
    stored = sum(w.elements for w in graph.weights if w.stack == "mtp" and w.role == "buffer")
    assert stored == case["mtp_buffers"]


@pytest.mark.parametrize(
    ("config", "run"),
    [
        pytest.param(case["config"], run, id=f"{case['name']}-{run['seq_len']}")
        for case in MTP_CASES
        for run in case.get("runs", ())
    ],
)
def test_multi_token_prediction_has_the_flops_and_caches_of_the_real_one(
    config: dict[str, Any], run: dict[str, Any]
) -> None:
    sizes = {"batch_size": run["batch"], "seq_len": run["seq_len"]}
    off, on = build(config, **sizes), build(config, mtp=True, **sizes)
    assert on.flops - off.flops == run["layer_flops"] + run["head_flops"]
    assert all(cache.stack != "mtp" for cache in off.caches)
    (cache,) = [cache for cache in on.caches if cache.stack == "mtp"]
    (group,) = run["cache"]
    keys, values = group["keys"], group["values"]
    assert cache.layers == len(group["layers"])
    assert cache.elements_per_entry == keys[1] * keys[3] + values[1] * values[3]


def test_a_quantized_checkpoint_stores_what_others_counted_in_its_files() -> None:
    """DeepSeek-V3 in fp8: one scale for each 128 x 128 block of each linear layer, none elsewhere."""
    stored = facts("checkpoints")["models"]["deepseek-ai/DeepSeek-V3"]
    model = la.load("deepseek-ai/DeepSeek-V3", offline=True)
    graph = model.build()
    main = sum(w.elements for w in graph.weights if w.stack != "mtp")
    mtp = sum(w.elements for w in graph.weights if w.stack == "mtp")
    copies = sum(w.elements for w in graph.weights if w.sharding == "vocabulary")
    assert main == stored["main_with_scales"]
    assert mtp + copies == stored["mtp_with_scales_embedding_and_head"]
    assert main + mtp + copies == stored["stored"]


def test_evidence_claims_no_more_than_the_facts_hold() -> None:
    """`python -m tests.reference.index` writes the index anew."""
    assert json.loads(INDEX.read_text(encoding="utf-8")) == index()
