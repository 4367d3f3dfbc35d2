"""Every figure against transformers and torch: the facts in `reference/facts`, which this project did not compute."""

from __future__ import annotations

import json
from collections import Counter
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.evaluation.evidence import verified
from llmsim_adapters.evaluation.seen import tower_name
from llmsim_adapters.spec.components import MixtureOfExperts
from tests import conventions
from tests.facts import CASES as OF_TYPES
from tests.facts import HEAD_CASES, MTP_CASES, checkpoint, facts, with_value
from tests.reference.index import INDEX, index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL = OF_TYPES + HEAD_CASES
RUNS = [
    pytest.param(case["config"], run, id=f"{name}-{case['name']}-{run['seq_len']}")
    for name, case in ALL
    for run in case.get("runs", ())
]
EDGES: dict[str, dict[str, Any]] = facts("edges")["types"]
"""Prefills of lengths below, at and above each window, and a multiple of each stride, by type."""
EDGE_RUNS = [
    pytest.param(case["config"], run, id=f"{name}-{run['seq_len']}")
    for name, case in EDGES.items()
    for run in case["runs"]
]
PUBLISHED = facts("published")["models"]
REMOTE = facts("published_totals")["models"]


class Case:
    """A config of a type and what was measured of it; the model is loaded once for all that it is held to."""

    def __init__(self, model_type: str, case: dict[str, Any]) -> None:
        self.type, self.name, self.facts = model_type, case["name"], case
        self.config: dict[str, Any] = case["config"]
        self.runs: list[dict[str, Any]] = case.get("runs", [])

    @cached_property
    def model(self) -> la.Model:
        return la.load(self.config)

    @cached_property
    def unmasked(self) -> la.Model:
        """The model without its window, where the type's window is only a mask over all tokens."""
        return self.model if (config := unmasked(self.config)) is self.config else la.load(config)

    @property
    def lacks(self) -> str | None:
        """The parameter that it is known to lack."""
        return conventions.INCOMPLETE.get((self.config["model_type"], self.name))

    @property
    def has_figures(self) -> bool:
        """Whether it has, or lacks a parameter: transformers refuses some class defaults."""
        return self.facts.get("parameters") is not None or (self.type, self.name) in conventions.INCOMPLETE

    def excused(self, table: dict[str, str]) -> bool:
        """Whether it is of a type, or is a case of it, that a table of conventions names."""
        return self.config["model_type"] in table or f"{self.type}-{self.name}" in table


EVERY = [Case(name, case) for name, case in ALL]
EVERY += [Case(name, {**case, "name": "edges"}) for name, case in EDGES.items()]


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> Iterator[list[Case]]:
    """The cases of a type, whose models are dropped when the next type has its turn."""
    found = [case for case in EVERY if case.type == request.param]
    yield found
    for case in found:
        vars(case).pop("model", None)
        vars(case).pop("unmasked", None)


def of_types(has: Callable[[Case], object]) -> pytest.MarkDecorator:
    """Run a test for each type that has such a case, one type after the other."""
    names = dict.fromkeys(case.type for case in EVERY if has(case))
    return pytest.mark.parametrize("cases", names, indirect=True, scope="module")


def prefills(case: Case) -> list[dict[str, Any]]:
    """The runs of which torch counted what the product counts."""
    return [] if case.name == "edges" or case.excused(conventions.FLOPS) else case.runs


def steps(case: Case) -> list[dict[str, Any]]:
    """The runs that have a step behind them."""
    if case.excused(conventions.STEP):
        return []
    return [run for run in prefills(case) if "decode_step" in run]


def cached(case: Case) -> list[dict[str, Any]]:
    """The runs that fill a cache as the product does."""
    return [] if case.excused(conventions.CACHE) else [run for run in case.runs if "no_cache" not in run]


def build(config: dict[str, Any], **schedule: Any) -> la.OperatorGraph:
    return built(la.load(config), **schedule)


def built(model: la.Model, **schedule: Any) -> la.OperatorGraph:
    config = model.config.data
    gaps = [gap.name for gap in model.coverage.gaps]
    twice = {gap.name for gap in model.coverage.gaps if gap.kind == "conflicting_keys"} & conventions.SAID_TWICE
    unsaid = {"vision_config", "audio_config"} - config.keys()  # of an encoder whose sizes are the class's defaults
    assert set(gaps) - twice - unsaid <= set(conventions.PARTIAL.get(config["model_type"], ()))
    assert model.coverage.status == ("partially_supported" if gaps else "fully_supported")
    return model.build(checkpoint(logits="all", **schedule))


@of_types(lambda case: case.has_figures)
def test_parameters_and_buffers_are_those_of_the_real_model(cases: list[Case]) -> None:
    ours, theirs = {}, {}
    for case in cases:
        if case.lacks is not None:
            gaps = case.model.coverage.gaps
            assert [(gap.kind, gap.name) for gap in gaps] == [("missing_parameter", case.lacks)]
        elif case.has_figures:
            graph = built(case.model)
            ours[case.name] = graph.parameters, graph.buffers
            theirs[case.name] = case.facts["parameters"] - never_used(case.model), case.facts["buffers"]
    assert ours == theirs


@of_types(lambda case: case.has_figures and "random" not in case.name)
def test_what_a_class_writes_says_of_no_layer_two_things(cases: list[Case]) -> None:
    """Random configs do: their keys are drawn one by one."""
    for case in cases:
        if case.has_figures and "random" not in case.name:
            assert not {gap.name for gap in case.model.coverage.gaps} & conventions.SAID_TWICE, case.name


def never_used(model: la.Model) -> int:
    """The elements that transformers allocates and no token uses."""
    times, names, _ = conventions.ALLOCATED.get(model.config.data["model_type"], (0, (), ""))
    said = model.coverage.parameters
    return times * prod(said[name].value for name in names)


@of_types(lambda case: "weights" in case.facts)
def test_weights_have_the_shapes_of_the_real_model(cases: list[Case]) -> None:
    for case in cases:
        if "weights" not in case.facts:
            continue
        graph = built(case.model)
        ours: Counter[tuple[int, ...]] = Counter()
        for weight in graph.weights:
            if weight.role == "parameter" and weight.stack != "mtp":
                ours[weight.shape] += weight.count
        theirs: Counter[tuple[int, ...]] = Counter()
        for _, shape, count in case.facts["weights"]:
            theirs[tuple(shape)] += count
        if case.config["model_type"] in conventions.FUSED:
            allocated = sum(prod(s) * n for s, n in theirs.items())
            assert sum(prod(s) * n for s, n in ours.items()) == allocated - never_used(case.model), case.name
        else:
            assert ours == theirs, case.name


AXIS = {"audio_tower": "frames", "vision_tower": "patches"}
"""What each kind of encoder runs over."""

TOWERS = {"audio_tower": ("audio",), "vision_tower": ("vision", "image", "visual.", "vqmodel")}
"""The gap of each kind of encoder, and what its weights are called."""


@of_types(lambda case: "weights" in case.facts)
def test_an_encoder_runs_nothing_on_text_and_is_a_gap_unless_its_runs_are_held(cases: list[Case]) -> None:
    """The weights of encoders beside the language model are among those compared; a step of text runs none of them.

    But for those that run with each token, whose FLOPs and caches are among those compared, too.
    """
    for case in cases:
        if "weights" not in case.facts:
            continue
        names = [name for name, _, _ in case.facts["weights"]]
        encoders = {gap for gap, words in TOWERS.items() if any(word in name for word in words for name in names)}
        model = case.model
        assert model.spec is not None
        whole = model.spec.whole_type or model.spec.model_type
        runs = [stack for stack in model.spec.towers if stack.media is not None]
        held = {stack.axis for stack in runs if tower_name(whole, stack) in verified().towers}
        doubted = {name for name in encoders if AXIS[name] not in held}
        assert doubted == {gap.name for gap in model.coverage.gaps if gap.name in TOWERS}, case.name
        towers = {stack.name for stack in model.spec.towers if stack.axis in AXIS.values()}
        graph = model.build(checkpoint())
        assert len({stack.axis for stack in model.spec.towers if stack.name in towers}) == len(encoders), case.name
        assert towers <= {weight.stack for weight in graph.weights}, case.name
        streaming = {stack.name for stack in model.spec.towers if stack.streams_rows}
        assert towers & {operator.stack for operator in graph.operators} == streaming, case.name
        assert towers & {cache.stack for cache in graph.caches} == streaming, case.name


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.id is not None and p.id.startswith("dory-")])
def test_each_loop_has_caches_of_its_own_or_all_have_those_of_the_last(config: dict[str, Any], run: Any) -> None:
    graph = la.build(config, checkpoint(batch_size=run["batch"], seq_len=run["seq_len"]))
    theirs = [group for group in by_layer(run["cache"]) for _ in group["layers"]]
    text = la.load(config).spec.stack("text")
    kept_there = sum(kept(group, run, text, graph) for group in theirs)
    assert graph.kv_cache_elements(run["seq_len"]) == kept_there


@of_types(prefills)
def test_flops_are_those_that_torch_counts(cases: list[Case]) -> None:
    ours, theirs = {}, {}
    for case in cases:
        for run in prefills(case):
            name = f"{case.name}-{run['seq_len']}"
            ours[name] = built(case.model, batch_size=run["batch"], seq_len=run["seq_len"]).flops
            theirs[name] = run["flops"]
    assert ours == theirs


@of_types(steps)
def test_a_step_after_a_prefill_has_the_flops_that_torch_counts(cases: list[Case]) -> None:
    """transformers expands a latent in every step, which is what mode extend counts; in decode it is absorbed."""
    ours, theirs = {}, {}
    for case in cases:
        for run in steps(case):
            name, step = f"{case.name}-{run['seq_len']}", run["decode_step"]
            after = {"batch_size": run["batch"], "seq_len": 1, "context_len": step["context_len"]}
            ours[name, "extend"] = built(case.unmasked, **after).flops
            theirs[name, "extend"] = step["flops"]
            if "kv_lora_rank" not in case.unmasked.coverage.parameters:
                ours[name, "decode"] = built(case.unmasked, mode="decode", **after).flops
                theirs[name, "decode"] = step["flops"]
    assert ours == theirs


def in_order_of_caches(stack: la.Stack) -> list[int]:
    """Return the blocks of a stack's positions, those of weights that have run before behind the others."""
    owners = stack.weights_of or tuple(range(len(stack.order)))
    again = [owner in owners[:at] for at, owner in enumerate(owners)]
    return [stack.order[at] for at in sorted(range(len(owners)), key=lambda at: again[at])]


@of_types(cached)
def test_caches_are_those_of_a_real_prefill(cases: list[Case]) -> None:
    """Layer by layer, all tensors of a layer together; a sliding layer at its window's size (see `kept`)."""
    for case in cases:
        for run in cached(case):
            name = f"{case.name}-{run['seq_len']}"
            graph = case.unmasked.build(checkpoint(batch_size=run["batch"], seq_len=run["seq_len"]))
            assert case.unmasked.spec is not None
            text = case.unmasked.spec.stack("text")
            assert text is not None
            ours = [
                sum(
                    cache.elements_per_entry * cache.entries(run["seq_len"])
                    for cache in graph.caches
                    if cache.block == text.blocks[block].name
                )
                for block in in_order_of_caches(text)
            ]
            layers = {layer: group for group in by_layer(run["cache"]) for layer in group["layers"]}
            # A decoder by itself gets a cache of as many layers as its encoder would have, which are empty.
            layers = {layer: group for layer, group in layers.items() if layer < len(text.order) or len(group) > 2}
            assert sorted(layers) == list(range(len(ours))), name
            assert ours == [kept(layers[layer], run, text, graph) for layer in range(len(ours))], name
            states = graph.state_elements_per_sequence
            assert graph.kv_cache_elements(run["seq_len"]) + states == sum(ours), name


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if "beside" in p.values[1]])
def test_an_encoder_that_runs_with_each_token_keeps_what_the_real_one_does(
    config: dict[str, Any], run: dict[str, Any]
) -> None:
    """Its layers' rows, of a window one less, and the inputs that its convolutions need once more."""
    graph = la.build(config, checkpoint(batch_size=run["batch"], seq_len=run["seq_len"]))
    (layers,) = [cache for cache in graph.caches if cache.stack != "text" and cache.kind == "key_value"]
    assert layers.window is not None
    entries = layers.entries(run["seq_len"])
    rows = [shape[2] for shape in run["beside"]["encoder_cache"].values()]
    assert rows == [min(entries, layers.window - 1)] * 2 * layers.layers
    kept = sum(prod(shape) // run["batch"] for shape in run["beside"]["encoder_cache"].values())
    assert layers.elements(run["seq_len"]) * rows[0] == kept * entries
    states = sum(prod(shape) // run["batch"] for shape in run["beside"]["padding_cache"].values())
    assert graph.state_elements_per_sequence == states
    text = sum(prod(layer["keys"]) * 2 * len(layer["layers"]) // run["batch"] for layer in run["cache"])
    ours = [cache for cache in graph.caches if cache.stack == "text"]
    assert sum(cache.elements(run["cache"][0]["keys"][2]) for cache in ours) == text


def unmasked(config: dict[str, Any]) -> dict[str, Any]:
    """The config without its window, where the type's window is only a mask over all tokens."""
    key, value, _ = conventions.MASKED.get(config["model_type"], (None, None, ""))
    return config if key is None else {**config, key: value}


def by_layer(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The groups, and one for each layer whose tensors the cache keeps outside its layers, with its number last."""
    found = [group for group in groups if group["layers"]]
    for group in groups:
        if not group["layers"]:
            outside = {name: shape for name, shape in group.items() if name not in ("layers", "kind")}
            found += [{"layers": [int(n.rsplit(".")[-1])], "kind": group["kind"], n: s} for n, s in outside.items()]
    return found


def _parts(text: la.Stack, group: dict[str, Any]) -> list[Any]:
    """The parts of a layer's mixers."""
    mixers = text.blocks[text.order[group["layers"][0]]].mixers()
    return [part for mixer in mixers for part in mixer.parts()]


def kept(group: dict[str, Any], run: dict[str, Any], text: la.Stack, graph: la.OperatorGraph) -> int:
    """The elements that a layer of a group keeps for one sequence.

    transformers keeps window - 1 tokens of a sliding layer, the product the window: what attention needs. Beside the
    keys and gates of an indexer's pools it keeps which tokens are padding.
    """
    names = ("layers", "kind", *conventions.POSITIONS)
    tensors = {name: shape for name, shape in group.items() if name not in names}
    elements = sum(prod(shape) // run["batch"] for shape in tensors.values())
    elements -= run["seq_len"] * any(part.kind == "indexer" and part.pool_gated for part in _parts(text, group))
    if "SlidingWindow" not in group["kind"]:
        return elements
    states = sum(prod(shape) // run["batch"] for name, shape in tensors.items() if "_states." in name)
    block = text.blocks[text.order[group["layers"][0]]].name
    caches = [cache for cache in graph.caches if cache.block == block]
    (window,) = {cache.window for cache in caches if cache.kind in ("key_value", "latent")}
    assert window is not None
    tokens = tensors["keys"][2]
    assert tokens == min(run["seq_len"], window - 1)
    return states + (elements - states) // tokens * min(run["seq_len"], window)


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"] == "llama4_text"])
def test_a_type_that_runs_every_expert_has_the_flops_of_all(config: dict[str, Any], run: dict[str, Any]) -> None:
    """What torch counts of Llama 4 in transformers is what it would be if each token went to all experts."""
    every = {**config, "num_experts_per_tok": config["num_local_experts"]}
    assert build(every, batch_size=run["batch"], seq_len=run["seq_len"]).flops == run["flops"]


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"] == "longcat_flash"])
def test_experts_without_weights_cost_nothing(config: dict[str, Any], run: dict[str, Any]) -> None:
    """What torch counts differs by whole rows of experts, of which there are between none and all choices."""
    graph = build(config, batch_size=run["batch"], seq_len=run["seq_len"])
    spec = la.load(config).spec
    assert spec is not None
    (moe,) = {component for component in spec.components() if isinstance(component, MixtureOfExperts)}
    (down,) = [operator for operator in graph.operators if operator.name.endswith("experts.down")]
    row = 3 * 2 * moe.hidden_size * moe.moe_intermediate_size
    fewer, rest = divmod(graph.flops - run["flops"], row)
    assert rest == 0
    assert 0 <= down.m * down.repeat - fewer <= run["batch"] * run["seq_len"] * moe.num_experts_per_tok * down.repeat


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"] == "zaya"])
def test_a_type_that_runs_an_expert_for_skipped_tokens_has_the_flops_of_all(
    config: dict[str, Any], run: dict[str, Any]
) -> None:
    """What torch counts of ZAYA1 in transformers is what it would be if every token went to an expert."""
    sizes = [{"seq_len": run["seq_len"]}, {"seq_len": 1, "context_len": run["seq_len"]}]
    counted = [run["flops"], run.get("decode_step", {}).get("flops")]
    for size, flops in zip(sizes, counted, strict=True):
        graph = build(config, batch_size=run["batch"], **size)
        experts = [operator for operator in graph.operators if operator.name.endswith(("experts.up", "experts.down"))]
        tokens = run["batch"] * size["seq_len"]
        skipped = sum(2 * (tokens - operator.m) * operator.n * operator.k * operator.repeat for operator in experts)
        assert flops is None or graph.flops + skipped == flops


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"] == "gemma3n"])
def test_projections_of_tokens_that_text_has_none_of_cost_nothing(config: dict[str, Any], run: dict[str, Any]) -> None:
    """What torch counts of Gemma 3n in transformers is what it would be if each token were a picture's and sound's."""
    said, step = la.load(config).coverage.parameters, run.get("decode_step")
    widths = [said[f"{name}_config.hidden_size"].value for name in ("vision", "audio")]
    counted = [({"seq_len": run["seq_len"]}, run["flops"])]
    counted += [({"seq_len": 1, "context_len": step["context_len"]}, step["flops"])] if step else []
    for size, flops in counted:
        projected = 2 * run["batch"] * size["seq_len"] * said["hidden_size"].value * sum(widths)
        assert build(config, batch_size=run["batch"], **size).flops + projected == flops


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"].startswith("qwen4_exp")])
def test_an_indexer_that_goes_token_by_token_has_the_flops_of_the_blocks_before_each(
    config: dict[str, Any], run: dict[str, Any]
) -> None:
    """What torch counts of Qwen 4's indexer is what causality leaves; in a step of one token, that is all."""
    graph = build(config, batch_size=run["batch"], seq_len=run["seq_len"])
    scores = [operator for operator in graph.operators if operator.name.endswith("indexer.scores")]
    assert graph.flops - sum(o.flops - o.flops_executed for o in scores) == run["flops"]
    if "decode_step" in run:
        after = {"batch_size": run["batch"], "seq_len": 1, "context_len": run["decode_step"]["context_len"]}
        assert build(config, **after).flops == run["decode_step"]["flops"]
        if config != unmasked(config):
            assert build(unmasked(config), mode="decode", **after).flops == run["decode_step"]["flops"]


@pytest.mark.parametrize(
    ("config", "run"),
    [p for p in RUNS if p.values[0]["model_type"] in ("rwkv", "xlstm") and "no_cache" not in p.values[1]],
)
def test_states_of_all_layers_together_are_those_of_the_real_model(config: dict[str, Any], run: dict[str, Any]) -> None:
    """RWKV's are five tensors of one shape, but for another width of attention."""
    (group,) = run["cache"]
    kept = sum(prod(shape) // run["batch"] for name, shape in group.items() if name not in ("layers", "kind"))
    graph = la.build(config, checkpoint())
    if config["model_type"] == "rwkv":
        hidden, layers = config["hidden_size"], config["num_hidden_layers"]
        assert kept == hidden * layers
        kept = layers * (2 * hidden + 3 * (config.get("attention_hidden_size") or hidden))
    assert graph.state_elements_per_sequence == kept
    assert graph.kv_cache_elements(run["seq_len"]) == 0


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"] == "reformer"])
def test_chunks_keep_hidden_states_and_hashes(config: dict[str, Any], run: dict[str, Any]) -> None:
    """Of each token, in layers that sort tokens the hashes too; transformers has none within one chunk."""
    model = la.load(config)
    text = model.spec.stack("text") if model.spec else None
    assert text is not None
    (kept,) = run["cache"]
    graph = model.build(checkpoint(batch_size=run["batch"], seq_len=run["seq_len"]))
    for layer, block in enumerate(text.order):
        caches = {cache.kind: cache for cache in graph.caches if cache.block == text.blocks[block].name}
        tokens = run["batch"] * run["seq_len"]
        assert caches["latent"].elements_per_entry * tokens == prod(kept[f"states_cache.{layer}"])
        if f"buckets_cache.{layer}" in kept:
            assert caches["indexer"].elements_per_entry * tokens == prod(kept[f"buckets_cache.{layer}"])
        else:
            assert config["attn_layers"][layer] == "local" or run["seq_len"] <= config["lsh_attn_chunk_length"]


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS if p.values[0]["model_type"] == "blt"])
def test_patches_have_the_flops_of_as_many_as_they_are(config: dict[str, Any], run: dict[str, Any]) -> None:
    """torch counted what patches of a given size run, without the patcher; and with it, where every byte was one."""
    sizes = {"batch_size": run["batch"], "seq_len": run["seq_len"]}
    for patched in run["patched"]:
        regular = {"patch_in_forward": True, "max_patch_length": None, "patch_size": patched["patch_size"]}
        operators = build({**config, **regular}, **sizes).operators
        assert sum(o.flops for o in operators if o.stack != "patcher") == patched["flops"]
    if "depends_on_tokens" not in run:
        assert build({**config, "patch_size": 1}, **sizes).flops == run["flops"]


@pytest.mark.parametrize(("config", "run"), [p for p in RUNS + EDGE_RUNS if p.values[0]["model_type"] == "deepseek_v4"])
def test_compressed_tokens_are_cached_beside_a_window(config: dict[str, Any], run: dict[str, Any]) -> None:
    """Keys, which are the values too, once, and each entry; what is no entry yet is at most the state."""
    model, tokens = la.load(config), run["seq_len"]
    graph = model.build(checkpoint(batch_size=run["batch"], seq_len=tokens))
    text = model.spec.stack("text") if model.spec else None
    assert text is not None
    for group in run["cache"]:
        sizes = {name: prod(s) // run["batch"] for name, s in group.items() if name not in ("layers", "kind")}
        entries = sum(size for name, size in sizes.items() if name.startswith("compressed_kv"))
        unfinished = sum(size for name, size in sizes.items() if name.startswith(("buffer", "overlap")))
        for layer in group["layers"]:
            caches = [cache for cache in graph.caches if cache.block == text.blocks[text.order[layer]].name]
            kept = sum(cache.elements_per_entry * cache.entries(tokens) for cache in caches if cache.kind != "state")
            (window,) = {cache.window for cache in caches if cache.window is not None}
            held = group["keys"][2]
            assert held == min(tokens, window - 1)
            assert kept == sizes["keys"] // held * min(tokens, window) + entries
            assert unfinished <= sum(cache.elements_per_entry for cache in caches if cache.kind == "state")


@pytest.mark.parametrize(("model_type", "most"), [(name, most) for name, (most, _) in conventions.IN_FULL.items()])
def test_blocks_that_long_inputs_leave_out_are_counted(model_type: str, most: int) -> None:
    graph = la.build({"model_type": model_type}, checkpoint(seq_len=2 * most))
    (scores,) = [operator for operator in graph.operators if operator.name == "attention.scores"]
    assert (scores.m, scores.n, scores.pairs) == (2 * most, 2 * most, (2 * most) ** 2)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_configs_have_the_totals_of_the_real_model(name: str) -> None:
    graph = la.build(name, checkpoint(), offline=True)
    assert (graph.parameters, graph.buffers) == (PUBLISHED[name]["parameters"], PUBLISHED[name]["buffers"])


@pytest.mark.parametrize("name", REMOTE)
def test_published_configs_of_remote_code_have_the_totals_of_their_stand_ins(name: str) -> None:
    """Types that transformers has no class for; one of its own, of equal dimensions, was built in their place."""
    graph = build(REMOTE[name]["config"])
    assert (graph.parameters, graph.buffers) == (REMOTE[name]["parameters"], REMOTE[name]["buffers"])


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
    graph = model.build(checkpoint())
    main = sum(w.elements for w in graph.weights if w.stack != "mtp")
    mtp = sum(w.elements for w in graph.weights if w.stack == "mtp")
    copies = sum(w.elements for w in graph.weights if w.sharding == "vocabulary")
    assert main == stored["main_with_scales"]
    assert mtp + copies == stored["mtp_with_scales_embedding_and_head"]
    assert main + mtp + copies == stored["stored"]


def test_evidence_claims_no_more_than_the_facts_hold() -> None:
    """`python -m tests.reference.index` writes the index anew."""
    assert json.loads(INDEX.read_text(encoding="utf-8")) == index()


TOWERS_CHANGED = [
    pytest.param(found["config"], *change, id=f"{name}-{change[0]}")
    for name, found in facts("towers")["types"].items()
    for change in found["changed"]
]
"""Whole models with one key of an encoder's config changed, and the totals of the real model."""


@pytest.mark.parametrize(("config", "path", "value", "parameters", "buffers"), TOWERS_CHANGED)
def test_each_key_of_an_encoder_counts_as_in_the_real_model(
    config: dict[str, Any], path: str, value: Any, parameters: int, buffers: int
) -> None:
    model = la.load(with_value(config, path, value))
    if path in [gap.name for gap in model.coverage.gaps if gap.kind is la.GapKind.INVALID_CONFIG]:
        return  # transformers makes layers that it can't run
    graph = model.build(checkpoint())
    assert (graph.parameters, graph.buffers) == (parameters, buffers)
