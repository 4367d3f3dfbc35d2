"""Graphs: schedules, totals, caches, and the working behind every figure."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llmsim_adapters as la
from llmsim_adapters.graph.figures import figures, meanings
from llmsim_adapters.sources import bundled_ids
from llmsim_adapters.traced import ceil_div, formula
from tests.facts import CASES, checkpoint

BUNDLED = bundled_ids()
BY_NAME = {name: case["config"] for name, case in CASES} | {name: name for name in BUNDLED}
NAMESPACE: dict[str, Any] = {"min": min, "max": max, "ceil_div": ceil_div, "__builtins__": {}}


def tiny(model_type: str, **changes: Any) -> dict[str, Any]:
    config = next(case["config"] for name, case in CASES if name == model_type and case["name"] == "tiny-minimal")
    return {**config, **changes}


class TestTotals:
    def test_active_parameters_leave_out_the_experts_that_a_token_does_not_use(self) -> None:
        """Mixtral-8x7B: 2 of 8 experts; Qwen3-30B-A3B has 3.3 B active of 30.5 B, as its card says."""
        mixtral = la.build("mistralai/Mixtral-8x7B-v0.1", checkpoint())
        routed = 32 * 8 * 3 * 4096 * 14336
        assert mixtral.active_parameters == mixtral.parameters - routed * 6 // 8
        assert la.build("Qwen/Qwen3-30B-A3B", checkpoint()).active_parameters == pytest.approx(3.3e9, rel=0.02)

    def test_a_narrow_format_changes_no_active_parameters(self) -> None:
        """Scales of experts are no parameters, whether a token goes to the experts or not."""
        narrow = la.load("deepseek-ai/DeepSeek-V3", offline=True).config.data
        wide = {key: value for key, value in narrow.items() if key != "quantization_config"}
        assert la.build(narrow, checkpoint()).active_parameters == la.build(wide, checkpoint()).active_parameters

    def test_a_model_without_experts_is_active_as_a_whole(self) -> None:
        graph = la.build("Qwen/Qwen3-8B", checkpoint())
        assert graph.active_parameters == graph.parameters

    def test_tied_embeddings_are_counted_once(self) -> None:
        tied, untied = (la.build(tiny("llama", tie_word_embeddings=tie), checkpoint()) for tie in (True, False))
        assert untied.parameters - tied.parameters == 131 * 80
        assert tied.flops == untied.flops

    def test_weight_bytes_are_those_of_the_checkpoint(self) -> None:
        graph = la.build("Qwen/Qwen3-8B", checkpoint())
        assert graph.weight_bytes == 2 * graph.parameters


class TestSchedule:
    def test_a_prefill_is_of_4096_tokens_and_a_decode_step_of_one_unless_said(self) -> None:
        assert (checkpoint().seq_len, checkpoint(mode="decode").seq_len) == (
            4096,
            1,
        )

    def test_the_head_runs_for_the_last_token_unless_all_logits_are_asked_for(self) -> None:
        last, everything = (
            la.build("Qwen/Qwen3-8B", checkpoint(batch_size=2, seq_len=10, logits=logits)) for logits in ("last", "all")
        )
        assert everything.flops - last.flops == 2 * 2 * 9 * 4096 * 151936

    def test_decoding_absorbs_the_latent_and_prefilling_expands_it(self) -> None:
        model = la.load(tiny("deepseek_v3"))
        decode = {o.name for o in model.build(checkpoint(mode="decode", context_len=9)).operators}
        extend = {o.name for o in model.build(checkpoint(seq_len=10)).operators}
        assert {name.split(".")[-1] for name in decode - extend} == {"q_absorb", "o_absorb"}
        assert {name.split(".")[-1] for name in extend - decode} == {"kv_b_proj"}

    def test_absorbed_decoding_costs_what_the_paper_says(self) -> None:
        """Each head attends in the latent space: (rank + rope) for scores, rank for values, and both absorptions."""
        model = la.load(tiny("deepseek_v3"))
        batch, context, heads, rank, nope, rope, value, layers = 3, 9, 8, 24, 14, 10, 18, 5
        graph = model.build(checkpoint(mode="decode", batch_size=batch, context_len=context))
        core = [o for o in graph.operators if o.name.split(".")[-1] in ("scores", "values", "q_absorb", "o_absorb")]
        pairs = heads * (context + 1) * (rank + rope + rank)
        absorbed = heads * rank * (nope + value)
        assert sum(o.flops for o in core) == 2 * batch * layers * (pairs + absorbed)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("batch_size", 0),
            ("batch_size", -1),
            ("batch_size", 1.5),
            ("batch_size", True),
            ("seq_len", -3),
            ("context_len", -1),
            ("mode", "prefill"),
            ("logits", "some"),
            ("mtp", 1),
            ("kv_cache_dtype", "float12"),
            ("tp_size", 0),
            ("moe_tp", 1),
            ("ep_size", 0),
        ],
    )
    def test_a_value_that_can_not_be_is_one_clear_error(self, field: str, value: Any) -> None:
        with pytest.raises(la.ScheduleError, match=f"schedule field `{field}` is .*; expected "):
            checkpoint(**{field: value})

    def test_the_cache_follows_its_dtype(self) -> None:
        model = la.load("Qwen/Qwen3-8B")
        wide, narrow = (
            model.build(checkpoint(kv_cache_dtype=dtype)).caches[0].bytes(100) for dtype in (None, "float8_e4m3fn")
        )
        assert wide == 2 * narrow


class TestOneModelManySchedules:
    """A model records how its graphs follow from sizes; they are those of a model that was just loaded.

    The first graph of a layout is lowered, the second one recorded, and later ones follow from that or differ in a
    branch: those of a sequence that begins, of one token, below and above windows and paddings.
    """

    LAYOUTS = (
        {},
        {"mode": "decode"},
        {"logits": "all", "activation_dtype": "float32", "kv_cache_dtype": "int8"},
        {"mtp": True, "weight_dtype": "float8_e4m3fn"},
        {"tp_size": 2, "deepep": True},
    )
    SIZES = (
        {"seq_len": 5},
        {"batch_size": 3, "seq_len": 70, "context_len": 9},
        {"seq_len": 1, "context_len": 300},
        {"batch_size": 2, "seq_len": 9, "context_len": 5000},
        {"batch_size": 2, "seq_len": 5000},
        {"batch_size": 5, "seq_len": 7},
        {"seq_len": 1},
    )

    @pytest.mark.parametrize("config", BY_NAME.values(), ids=list(BY_NAME))
    def test_graphs_are_the_same_as_alone(self, config: Any) -> None:
        model = la.load(config)
        if model.coverage.builder is None:
            return
        some = random.Random(str(config)).sample(self.SIZES, 4)  # each model another part of them
        for layout in self.LAYOUTS:
            for sizes in some:
                schedule = checkpoint(**layout, **sizes)
                assert self.graph(model, schedule) == self.graph(la.load(config), schedule)

    def graph(self, model: la.Model, schedule: la.Schedule) -> object:
        try:
            graph = model.build(schedule)
        except la.ScheduleError as error:
            return str(error)
        operators = [operator._replace(tracer=None) for operator in graph.operators]
        return operators, graph.weights, graph.caches, graph.routing, graph.transfers, graph.notes


class TestPairs:
    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(
        st.integers(1, 40),
        st.integers(0, 40),
        st.none() | st.integers(1, 50),
        st.booleans(),
    )
    def test_executed_flops_count_the_pairs_that_causality_and_the_window_leave(
        self, new: int, cached: int, window: int | None, bidirectional: bool
    ) -> None:
        """Against counting them one by one."""
        config = tiny("gemma2", num_hidden_layers=1, sliding_window=window, use_bidirectional_attention=bidirectional)
        graph = la.build(config, checkpoint(seq_len=new, context_len=cached, batch_size=2))
        reach = window or cached + new
        pairs = sum(
            1
            for query in range(cached, cached + new)
            for key in range(cached + new)
            if abs(query - key) < reach and (bidirectional or key <= query)
        )
        scores = next(o for o in graph.operators if o.name.endswith("scores"))
        assert scores.flops_executed == 2 * pairs * 12 * 2 * 8

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 50))
    def test_attention_in_chunks_executes_the_pairs_inside_them(self, new: int, cached: int, chunk: int) -> None:
        """Against counting them one by one."""
        config = tiny("llama4_text", num_hidden_layers=1, attention_chunk_size=chunk)
        graph = la.build(config, checkpoint(seq_len=new, context_len=cached, batch_size=2))
        queries = range(cached, cached + new)
        pairs = sum(1 for query in queries for key in range(query + 1) if key // chunk == query // chunk)
        scores = next(o for o in graph.operators if o.name.endswith("scores"))
        assert scores.flops_executed == 2 * pairs * 12 * 2 * 8 <= scores.flops

    def test_both_mixtures_of_a_layer_leave_the_same_experts_idle(self) -> None:
        """JetMoE's attention has experts of its own beside those of the feed-forward network."""
        graph = la.build(tiny("jetmoe"), checkpoint())
        routed = sum(w.elements for w in graph.weights if w.sharding == "experts")
        assert routed == 5 * 12 * (3 * 80 * 100 + 2 * 80 * 48)
        assert graph.active_parameters == graph.parameters - routed // 2


class TestCaches:
    @pytest.mark.parametrize(
        ("name", "per_token"),
        [
            ("meta-llama/Llama-2-7b-hf", 2 * 32 * 32 * 128),
            ("Qwen/Qwen3-8B", 2 * 36 * 8 * 128),
            ("deepseek-ai/DeepSeek-V3", 61 * (512 + 64)),
            ("google/gemma-2-9b", 2 * 21 * 8 * 256),
            ("mistralai/Mistral-7B-v0.1", 0),
        ],
    )
    def test_elements_per_token_are_marginal_at_long_context(self, name: str, per_token: int) -> None:
        graph = la.build(name, checkpoint())
        assert graph.kv_cache_elements_per_token == per_token
        grown = graph.kv_cache_elements(100_001) - graph.kv_cache_elements(100_000)
        assert grown == per_token

    @pytest.mark.parametrize("tokens", [1, 4095, 4096, 4097, 32768])
    def test_a_window_bounds_the_cache_unless_it_is_reserved(self, tokens: int) -> None:
        graph = la.build("mistralai/Mistral-7B-v0.1", checkpoint())
        assert graph.kv_cache_elements(tokens) == 2 * 32 * 8 * 128 * min(tokens, 4096)
        assert graph.kv_cache_elements(tokens, reserve=True) == 2 * 32 * 8 * 128 * tokens

    def test_states_have_number_formats_of_their_own(self) -> None:
        """A narrow cache is one of keys and values; implementations keep the delta rule's states in float32."""
        schedule = checkpoint(kv_cache_dtype="float8_e4m3fn")
        graph = la.build(tiny("qwen3_next", dtype="bfloat16"), schedule)
        assert {(cache.kind, cache.dtype) for cache in graph.caches} == {
            ("key_value", "float8_e4m3fn"),
            ("state", "bfloat16"),
            ("state", "float32"),
        }
        narrow = la.build(tiny("qwen3_5_text", dtype="bfloat16", mamba_ssm_dtype="bfloat16"), schedule)
        assert {cache.dtype for cache in narrow.caches if cache.kind == "state"} == {"bfloat16"}

    def test_caches_say_which_layers_keep_what(self) -> None:
        full, sliding = sorted(la.build("google/gemma-2-9b", checkpoint()).caches, key=lambda cache: cache.window or 0)
        assert (full.layers, full.window, sliding.layers, sliding.window) == (21, None, 21, 4096)


class TestFigures:
    """Every figure says of what it is and in which number formats."""

    def test_every_total_has_its_meaning(self) -> None:
        graph = la.build("deepseek-ai/DeepSeek-V3", la.Schedule(tp_size=8, ep_size=8), offline=True)
        found = meanings(graph)
        assert set(found) == set(graph.totals())
        assert found["weight_bytes"] == {
            "unit": "bytes",
            "of": "rank",
            "formats": ["float8_e4m3fn", "bfloat16", "float32"],
        }
        assert found["flops"]["of"] == "step of one rank"
        assert found["kv_cache_elements_per_token"] == {"unit": "elements", "of": "sequence", "formats": ["bfloat16"]}

    def test_formats_are_those_that_the_schedule_says(self) -> None:
        schedule = la.Schedule(weight_dtype="int4", kv_cache_dtype="float8_e5m2")
        found = {figure.name: figure for figure in figures(la.build("Qwen/Qwen3-8B", schedule, offline=True), 10)}
        assert found["weight_bytes"].formats[0] == "int4"
        assert found["rank_kv_cache_bytes"].formats == ("float8_e5m2",)
        assert found["flops"].formats[0] == "bfloat16 × int4"

    @pytest.mark.parametrize("model", ["deepseek-ai/DeepSeek-V3", "mistralai/Mixtral-8x7B-v0.1", "google/gemma-2-2b"])
    @pytest.mark.parametrize("mtp", [False, True])
    def test_parts_add_up_to_the_totals(self, model: str, mtp: bool) -> None:
        graph = la.build(model, la.Schedule(tp_size=2, ep_size=2, mtp=mtp), offline=True)
        for figure in figures(graph, 5000):
            total = getattr(graph, figure.name)
            assert figure.value == (total(5000) if callable(total) else total), figure.name
            assert sum(figure.components.values()) == figure.value


class TestWorking:
    """What `explain` prints is the working: evaluating the formulas gives the figures."""

    def test_an_operator_shows_its_own_trace(self) -> None:
        graph = la.build("Qwen/Qwen3-8B", checkpoint(seq_len=7))
        operator = next(o for o in graph.operators if o.name == "attention.q_proj")
        assert operator.trace["n"] == "num_attention_heads * head_dim"
        assert operator.trace["m"] == "batch_size * seq_len"
        names = NAMESPACE | {n.name: n.value for n in la.load("Qwen/Qwen3-8B").explain(checkpoint(seq_len=7)).names}
        assert all(eval(o.trace["flops"], names) == o.flops for o in graph.operators)

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(st.recursive(st.integers(1, 50), lambda e: st.tuples(st.sampled_from("+-*/"), e, e), max_leaves=12))
    def test_any_expression_of_traced_integers_renders_to_itself(self, tree: Any) -> None:
        from llmsim_adapters.traced import Traced

        count = iter(range(100))
        names: dict[str, Any] = {}

        def compute(node: Any) -> int:
            if isinstance(node, int):
                name = f"x{next(count)}"
                names[name] = node
                return Traced.leaf(node, name, "")
            operation, left, right = node[0], compute(node[1]), compute(node[2])
            if operation == "/":
                return left // right if right else left
            return left + right if operation == "+" else left - right if operation == "-" else left * right

        value = compute(tree)
        assert eval(formula(value), NAMESPACE | names) == value


class TestHandCounted:
    """A few published figures by hand, for readers; the reference facts are the proof."""

    def test_deepseek_v3_keeps_576_elements_a_token_and_layer(self) -> None:
        graph = la.build("deepseek-ai/DeepSeek-V3", checkpoint())
        assert graph.kv_cache_elements(1) == 61 * 576

    def test_deepseek_v3_has_two_totals(self) -> None:
        graph = la.build("deepseek-ai/DeepSeek-V3", checkpoint())
        assert (graph.parameters, graph.mtp_parameters) == (671_026_404_352, 11_610_067_968)
        assert graph.active_parameters == pytest.approx(37.5e9, rel=0.01)  # the paper: 37 B
