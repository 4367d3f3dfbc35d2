"""Graphs: schedules, totals, caches, and the working behind every figure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import llmsim_adapters as la
from llmsim_adapters.sources import bundled_ids
from llmsim_adapters.traced import ceil_div, formula
from tests.facts import CASES

BUNDLED = bundled_ids()
BY_NAME = {name: case["config"] for name, case in CASES} | {name: name for name in BUNDLED}
NAMESPACE: dict[str, Any] = {"min": min, "max": max, "ceil_div": ceil_div, "__builtins__": {}}
SCHEDULES = [
    {},
    {"batch_size": 3, "seq_len": 5000, "logits": "all"},
    {"mode": "decode", "batch_size": 7, "context_len": 6000},
    {"seq_len": 64, "context_len": 8192, "mtp": True},
]


def tiny(model_type: str, **changes: Any) -> dict[str, Any]:
    config = next(case["config"] for name, case in CASES if name == model_type and case["name"] == "tiny-minimal")
    return {**config, **changes}


class TestTotals:
    @pytest.mark.parametrize("name", BUNDLED)
    def test_totals_are_sums_of_operators_and_weights(self, name: str) -> None:
        graph = la.build(name, la.Schedule(seq_len=128))
        main = [w for w in graph.weights if w.stack != "mtp"]
        assert graph.parameters == sum(w.elements for w in main if w.trainable)
        assert graph.buffers == sum(w.elements for w in main if w.role == "buffer")
        assert graph.weight_bytes == sum(w.bytes for w in main)
        assert graph.flops == sum(2 * o.m * o.n * o.k * o.batch * o.repeat for o in graph.operators)

    @pytest.mark.parametrize("name", BUNDLED)
    def test_operators_and_weights_have_unique_names(self, name: str) -> None:
        graph = la.build(name)
        paths = [operator.path for operator in graph.operators]
        weights = [(w.stack, w.block, w.name) for w in graph.weights]
        assert len(set(paths)) == len(paths)
        assert len(set(weights)) == len(weights)

    def test_active_parameters_leave_out_the_experts_that_a_token_does_not_use(self) -> None:
        """Mixtral-8x7B: 2 of 8 experts; Qwen3-30B-A3B has 3.3 B active of 30.5 B, as its card says."""
        mixtral = la.build("mistralai/Mixtral-8x7B-v0.1")
        routed = 32 * 8 * 3 * 4096 * 14336
        assert mixtral.active_parameters == mixtral.parameters - routed * 6 // 8
        assert la.build("Qwen/Qwen3-30B-A3B").active_parameters == pytest.approx(3.3e9, rel=0.02)

    def test_a_narrow_format_changes_no_active_parameters(self) -> None:
        """Scales of experts are no parameters, whether a token goes to the experts or not."""
        narrow = la.load("deepseek-ai/DeepSeek-V3", offline=True).config.data
        wide = {key: value for key, value in narrow.items() if key != "quantization_config"}
        assert la.build(narrow).active_parameters == la.build(wide).active_parameters

    def test_a_model_without_experts_is_active_as_a_whole(self) -> None:
        graph = la.build("Qwen/Qwen3-8B")
        assert graph.active_parameters == graph.parameters

    def test_tied_embeddings_are_counted_once(self) -> None:
        tied, untied = (la.build(tiny("llama", tie_word_embeddings=tie)) for tie in (True, False))
        assert untied.parameters - tied.parameters == 131 * 80
        assert tied.flops == untied.flops

    def test_weight_bytes_are_those_of_the_checkpoint(self) -> None:
        graph = la.build("Qwen/Qwen3-8B")
        assert graph.weight_bytes == 2 * graph.parameters

    def test_building_twice_gives_the_same_graph(self) -> None:
        one, two = (la.build("google/gemma-2-9b") for _ in range(2))
        assert (one.operators[0].path, one.weights, one.caches) == (two.operators[0].path, two.weights, two.caches)


class TestSchedule:
    def test_the_head_runs_for_the_last_token_unless_all_logits_are_asked_for(self) -> None:
        last, everything = (
            la.build("Qwen/Qwen3-8B", la.Schedule(batch_size=2, seq_len=10, logits=logits))
            for logits in ("last", "all")
        )
        assert everything.flops - last.flops == 2 * 2 * 9 * 4096 * 151936

    @pytest.mark.parametrize("name", ["Qwen/Qwen3-8B", "google/gemma-2-9b", "mistralai/Mixtral-8x7B-v0.1"])
    def test_steps_of_decoding_have_the_linear_flops_of_one_prefill(self, name: str) -> None:
        model = la.load(name)

        def linear(**schedule: Any) -> int:
            graph = model.build(la.Schedule(logits="all", **schedule))
            return sum(o.flops for o in graph.operators if o.kind == "linear")

        steps = sum(linear(mode="decode", context_len=i) for i in range(12))
        assert steps == linear(seq_len=12)

    def test_decoding_absorbs_the_latent_and_prefilling_expands_it(self) -> None:
        model = la.load(tiny("deepseek_v3"))
        decode = {o.name for o in model.build(la.Schedule(mode="decode", context_len=9)).operators}
        extend = {o.name for o in model.build(la.Schedule(seq_len=10)).operators}
        assert {name.split(".")[-1] for name in decode - extend} == {"q_absorb", "o_absorb"}
        assert {name.split(".")[-1] for name in extend - decode} == {"kv_b_proj"}

    def test_absorbed_decoding_costs_what_the_paper_says(self) -> None:
        """Each head attends in the latent space: (rank + rope) for scores, rank for values, and both absorptions."""
        model = la.load(tiny("deepseek_v3"))
        batch, context, heads, rank, nope, rope, value, layers = 3, 9, 8, 24, 14, 10, 18, 5
        graph = model.build(la.Schedule(mode="decode", batch_size=batch, context_len=context))
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
            la.Schedule(**{field: value})

    def test_the_cache_follows_its_dtype(self) -> None:
        model = la.load("Qwen/Qwen3-8B")
        wide, narrow = (
            model.build(la.Schedule(kv_cache_dtype=dtype)).caches[0].bytes(100) for dtype in (None, "float8_e4m3fn")
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
        for layout in self.LAYOUTS:
            for sizes in self.SIZES:
                schedule = la.Schedule(**layout, **sizes)
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
        graph = la.build(config, la.Schedule(seq_len=new, context_len=cached, batch_size=2))
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
        graph = la.build(config, la.Schedule(seq_len=new, context_len=cached, batch_size=2))
        queries = range(cached, cached + new)
        pairs = sum(1 for query in queries for key in range(query + 1) if key // chunk == query // chunk)
        scores = next(o for o in graph.operators if o.name.endswith("scores"))
        assert scores.flops_executed == 2 * pairs * 12 * 2 * 8 <= scores.flops

    def test_both_mixtures_of_a_layer_leave_the_same_experts_idle(self) -> None:
        """JetMoE's attention has experts of its own beside those of the feed-forward network."""
        graph = la.build(tiny("jetmoe"))
        routed = sum(w.elements for w in graph.weights if w.sharding == "experts")
        assert routed == 5 * 12 * (3 * 80 * 100 + 2 * 80 * 48)
        assert graph.active_parameters == graph.parameters - routed // 2

    @pytest.mark.parametrize("name", BUNDLED)
    def test_no_operator_executes_more_than_is_counted(self, name: str) -> None:
        graph = la.build(name, la.Schedule(seq_len=6000))
        assert all(0 <= o.flops_executed <= o.flops for o in graph.operators)


class TestBytes:
    """What each operator moves, against the shapes written out by hand, in float32 at tiny sizes."""

    B, S, C, H, HEADS, KV, D, L = 2, 5, 7, 80, 8, 4, 12, 5

    def graph(self, model_type: str) -> dict[str, la.Operator]:
        schedule = la.Schedule(batch_size=self.B, seq_len=self.S, context_len=self.C, logits="all")
        return {
            operator.name: operator
            for operator in la.build(tiny(model_type, use_sliding_window=False), schedule).operators
        }

    @pytest.mark.parametrize(
        ("name", "rows", "size"),
        [
            ("attention_pre_norm.weight", B * S, H),
            ("attention.q_norm", B * S * HEADS, D),
            ("attention.k_norm", B * S * KV, D),
            ("mlp_pre_norm.weight", B * S, H),
        ],
    )
    def test_a_norm_reads_and_writes_its_rows_and_reads_its_gains(self, name: str, rows: int, size: int) -> None:
        operator = self.graph("qwen3")[name]
        assert (operator.m, operator.n, operator.flops) == (rows, size, 0)
        assert operator.bytes == 4 * self.L * (2 * rows * size + size)

    @pytest.mark.parametrize(
        ("name", "inputs", "outputs"),
        [
            ("attention.q_proj", H, HEADS * D),
            ("attention.v_proj", H, KV * D),
            ("attention.o_proj", HEADS * D, H),
            ("mlp.down_proj", 100, H),
        ],
    )
    def test_a_projection_reads_its_weight_once(self, name: str, inputs: int, outputs: int) -> None:
        rows = self.B * self.S
        assert self.graph("qwen3")[name].bytes == 4 * self.L * (rows * inputs + inputs * outputs + rows * outputs)

    @pytest.mark.parametrize(("name", "left", "right"), [("scores", D, S + C), ("values", S + C, D)])
    def test_attention_reads_keys_and_values_once_for_all_heads_that_share_them(
        self, name: str, left: int, right: int
    ) -> None:
        """Queries or probabilities of every head, the stored keys or values of every key/value head, the result."""
        queries = self.B * self.HEADS * self.S
        stored = self.B * self.KV * (self.S + self.C) * self.D
        assert self.graph("qwen3")[f"attention.{name}"].bytes == 4 * self.L * (
            queries * left + stored + queries * right
        )

    @pytest.mark.parametrize(
        ("model_type", "name"),
        [
            ("qwen3", "embedding.lookup"),
            ("gpt2", "position_embedding.lookup"),
            ("deepseek_v3", "next_token_input.lookup"),
        ],
    )
    def test_a_look_up_reads_the_rows_that_it_writes(self, model_type: str, name: str) -> None:
        schedule = la.Schedule(batch_size=self.B, seq_len=self.S, mtp=True)
        (found,) = [o for o in la.build(tiny(model_type), schedule).operators if o.name == name]
        assert (found.m, found.n, found.bytes) == (self.B * self.S, self.H, 4 * 2 * self.B * self.S * self.H)

    def test_the_head_reads_its_table_once(self) -> None:
        rows, vocab = self.B * self.S, 131
        assert self.graph("qwen3")["head.logits"].bytes == 4 * (rows * self.H + self.H * vocab + rows * vocab)

    def test_norms_of_latents_run_on_every_token(self) -> None:
        rows = self.B * self.S
        found = self.graph("deepseek_v3")
        for name, size in (("latent_attention.q_a_layernorm", 20), ("latent_attention.kv_a_layernorm", 24)):
            assert (found[name].m, found[name].n) == (rows, size)

    @pytest.mark.parametrize(("tokens", "read"), [(1, 6), (2, 12), (9, 12)])
    def test_no_more_experts_are_read_than_tokens_are_sent_to(self, tokens: int, read: int) -> None:
        """DeepSeek-V3 at tiny sizes: 6 of 12 experts of width 28 for each token, in 4 of 5 layers."""
        graph = la.build(tiny("deepseek_v3"), la.Schedule(seq_len=tokens))
        found = {o.name.rpartition(".")[2]: o for o in graph.operators if ".experts." in o.name}
        rows = tokens * 6
        assert found["up"].bytes == 4 * 4 * (rows * 80 + read * 80 * 56 + rows * 56)
        assert found["down"].bytes == 4 * 4 * (rows * 28 + read * 28 * 80 + rows * 80)

    def test_an_expanded_latent_is_read_by_every_head(self) -> None:
        """DeepSeek-V3 at tiny sizes: 8 heads, whose keys are 14 + 10 and whose values are 18 wide, in 5 layers."""
        length = self.S + self.C
        queries, stored = self.B * 8 * self.S, self.B * 8 * length
        schedule = la.Schedule(batch_size=self.B, seq_len=self.S, context_len=self.C)
        moved = {"scores": 0, "values": 0}
        for operator in la.build(tiny("deepseek_v3"), schedule).operators:
            if operator.kind == "attention":
                moved[operator.name.rpartition(".")[2]] += operator.bytes
        assert moved["scores"] == 4 * 5 * (queries * 24 + stored * 24 + queries * length)
        assert moved["values"] == 4 * 5 * (queries * length + stored * 18 + queries * 18)

    def test_choices_without_weights_take_their_share_of_the_rows(self) -> None:
        """LongCat-Flash sends tokens to identity experts, too: the mean share of the others, rounded up once."""
        config = tiny("longcat_flash")
        experts, idle, top_k = (config[key] for key in ("n_routed_experts", "zero_expert_num", "moe_topk"))
        for tokens in range(1, 12):
            graph = la.build(config, la.Schedule(seq_len=tokens))
            (up,) = {o.m for o in graph.operators if o.name.endswith("experts.up")}
            assert up == ceil_div(tokens * top_k * experts, experts + idle)


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
        graph = la.build(name)
        assert graph.kv_cache_elements_per_token == per_token
        grown = graph.kv_cache_elements(100_001) - graph.kv_cache_elements(100_000)
        assert grown == per_token

    @pytest.mark.parametrize("tokens", [1, 4095, 4096, 4097, 32768])
    def test_a_window_bounds_the_cache_unless_it_is_reserved(self, tokens: int) -> None:
        graph = la.build("mistralai/Mistral-7B-v0.1")
        assert graph.kv_cache_elements(tokens) == 2 * 32 * 8 * 128 * min(tokens, 4096)
        assert graph.kv_cache_elements(tokens, reserve=True) == 2 * 32 * 8 * 128 * tokens

    def test_states_have_number_formats_of_their_own(self) -> None:
        """A narrow cache is one of keys and values; implementations keep the delta rule's states in float32."""
        schedule = la.Schedule(kv_cache_dtype="float8_e4m3fn")
        graph = la.build(tiny("qwen3_next", dtype="bfloat16"), schedule)
        assert {(cache.kind, cache.dtype) for cache in graph.caches} == {
            ("key_value", "float8_e4m3fn"),
            ("state", "bfloat16"),
            ("state", "float32"),
        }
        narrow = la.build(tiny("qwen3_5_text", dtype="bfloat16", mamba_ssm_dtype="bfloat16"), schedule)
        assert {cache.dtype for cache in narrow.caches if cache.kind == "state"} == {"bfloat16"}

    def test_caches_say_which_layers_keep_what(self) -> None:
        full, sliding = sorted(la.build("google/gemma-2-9b").caches, key=lambda cache: cache.window or 0)
        assert (full.layers, full.window, sliding.layers, sliding.window) == (21, None, 21, 4096)


class TestWorking:
    """What `explain` prints is the working: evaluating the formulas gives the figures."""

    @pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
    @pytest.mark.parametrize("name", BUNDLED)
    def test_every_formula_evaluates_to_its_value(self, name: str, schedule: dict[str, Any]) -> None:
        model = la.load(name)
        working = model.explain(la.Schedule(**schedule))
        names = NAMESPACE | {entry.name: entry.value for entry in working.names}
        graph = model.build(la.Schedule(**schedule))
        for figure in working.figures:
            for line in figure.lines:
                assert eval(line.formula, names) == line.value, f"{figure.name}: {line.of}"
            assert sum(line.value for line in figure.lines) == figure.value
            if figure.name != "kv_cache_elements":
                assert figure.value == getattr(graph, figure.name)
        assert {figure.name for figure in working.figures} >= {"parameters", "flops", "weight_bytes"}

    @pytest.mark.parametrize("name", BUNDLED)
    def test_formulas_hold_names_and_no_sizes_of_the_model(self, name: str) -> None:
        """A size that is a bare number has lost its origin. Bytes per element and scale blocks are numbers."""
        working = la.load(name).explain()
        for figure in working.figures:
            for line in figure.lines:
                numbers = {int(text) for text in re.findall(r"(?<![\w.])\d+", line.formula)}
                assert numbers <= {1, 2, 4, 8, 128}, f"{figure.name}: {line.formula}"

    @pytest.mark.parametrize("name", BUNDLED)
    def test_every_name_says_which_key_it_is(self, name: str) -> None:
        model = la.load(name)
        for entry in model.explain().names:
            said = re.fullmatch(r"key `(.*)`", entry.origin)
            if said is not None:
                value: Any = model.config.data
                for key in said[1].split("."):
                    value = value[key]
                assert value == entry.value
            else:
                assert entry.origin

    def test_an_operator_shows_its_own_trace(self) -> None:
        graph = la.build("Qwen/Qwen3-8B", la.Schedule(seq_len=7))
        operator = next(o for o in graph.operators if o.name == "attention.q_proj")
        assert operator.trace["n"] == "num_attention_heads * head_dim"
        assert operator.trace["m"] == "batch_size * seq_len"
        names = NAMESPACE | {n.name: n.value for n in la.load("Qwen/Qwen3-8B").explain(la.Schedule(seq_len=7)).names}
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
        graph = la.build("deepseek-ai/DeepSeek-V3")
        assert graph.kv_cache_elements(1) == 61 * 576

    def test_deepseek_v3_has_two_totals(self) -> None:
        graph = la.build("deepseek-ai/DeepSeek-V3")
        assert (graph.parameters, graph.mtp_parameters) == (671_026_404_352, 11_610_067_968)
        assert graph.active_parameters == pytest.approx(37.5e9, rel=0.01)  # the paper: 37 B
