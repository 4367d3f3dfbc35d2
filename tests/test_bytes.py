"""What operators move, which no FLOPs tell: laws over all types, and shapes written out by hand."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.spec.components import MixtureOfExperts
from llmsim_adapters.traced import ceil_div
from tests.facts import CASES, checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.graph import Operator, OperatorGraph
    from llmsim_adapters.spec.model import ModelSpec

SMALL: Final[dict[str, list[dict[str, Any]]]] = {}
"""Of each type two configs or three with sizes that differ."""
for _name, _case in CASES:
    if _case["name"] in ("tiny-minimal", "full", "random-1", "other-sizes"):
        SMALL.setdefault(_name, []).append(_case["config"])

BATCH, NEW, CACHED = 2, 13, 19
STEPS: Final = (
    {"batch_size": BATCH, "seq_len": NEW, "context_len": CACHED, "mtp": True},
    {"batch_size": BATCH, "seq_len": NEW},
    {"batch_size": BATCH, "context_len": CACHED, "mode": "decode"},
)
OTHER_LENGTHS: Final = {
    "blt": "patches of bytes",
    "cpmant": "a sequence that begins has tokens of the model's own before it",
    "prophetnet": "every token is in several streams",
    "reformer": "tokens are padded to whole chunks, and taken in chunks",
}
"""Types of which a step has other rows than its new tokens; `test_streams_and_patches.py` has them by hand."""
BY_HAND: Final = (
    "ngram_attention.predicted_scores",
    "ngram_attention.predicted_values",
    "patch_attention.scores",
    "patch_attention.values",
)
"""What `test_streams_and_patches.py` has by hand."""


def tiny(model_type: str, **changes: Any) -> dict[str, Any]:
    config = next(case["config"] for name, case in CASES if name == model_type and case["name"] == "tiny-minimal")
    return {**config, **changes}


def steps(name: str) -> Iterator[tuple[ModelSpec, OperatorGraph]]:
    for config in SMALL[name]:
        model = la.load(config)
        assert model.spec is not None
        for step in STEPS:
            yield model.spec, model.build(checkpoint(**step))


def weights_of(graph: OperatorGraph) -> dict[tuple[str, str, str], tuple[int, ...]]:
    """The shapes of tensors, those of Inkling 2's passes also as the first pass's, which has none of its own."""
    shapes = {(weight.stack, weight.block, weight.name): weight.shape for weight in graph.weights}
    first = {(stack, block.removesuffix("_with_messages"), name): own for (stack, block, name), own in shapes.items()}
    return first | shapes


def own_weight(shapes: dict[tuple[str, str, str], tuple[int, ...]], operator: Operator) -> tuple[int, ...] | None:
    """The shape of the tensor that has the operator's name."""
    names = (f"{operator.name}{ending}" for ending in ("", ".weight", "_weight"))
    return next((shapes[path] for name in names if (path := (operator.stack, operator.block, name)) in shapes), None)


def queries_of_one_key(spec: ModelSpec, operator: Operator, decode: bool) -> int:
    """How many heads' products of attention have one right-hand side."""
    label, inner = operator.name.partition(".")[::2]
    stack = spec.stack(operator.stack)
    assert stack is not None
    block = next(block for block in stack.blocks if block.name == operator.block)
    kind = label.rstrip("_0123456789")
    mixers: Any = [mixer for sublayer in block.sublayers for mixer in sublayer.mixers]
    mixer = next(mixer for mixer in mixers if mixer.kind == kind.removeprefix("cross_"))
    if inner == "indexer.scores":
        return int(mixer.indexer.num_heads)
    if inner not in ("scores", "values"):
        return 1
    if kind == "latent_attention":
        return int(mixer.num_attention_heads) if decode else 1
    if kind == "compressed_attention":
        return int(mixer.num_attention_heads)
    if kind == "mixture_of_attention":
        return int(mixer.num_experts_per_tok)
    heads = getattr(mixer, "num_attention_heads", 1)
    both = 2 if any(option.kind == "differential" for option in getattr(mixer, "options", ())) else 1
    return int(both * heads // getattr(mixer, "num_key_value_heads", heads))


FOLLOWS: Final = {
    "attention.q_norm": ("q_proj", "n"),
    "attention.k_norm": ("k_proj", "n"),
    "attention.v_norm": ("v_proj", "n"),
    "attention.output_norm": ("o_proj", "k"),
    "attention.relative_norm": ("relative_proj", "n"),
    "attention.indexer.q_norm": ("indexer.q_proj", "n"),
    "compressed_attention.q_b_norm": ("q_b_proj", "n"),
    "hyper_connection.input_norm": ("fn", "k"),
    "hyper_head.input_norm": ("fn", "k"),
    "gated_delta_net.o_norm": ("o_proj", "k"),
    "kimi_delta_attention.o_norm": ("o_proj", "k"),
    "lightning_attention.norm": ("out_proj", "k"),
    "mamba2.norm": ("out_proj", "k"),
    "matrix_lstm.multihead_norm": ("out_proj", "k"),
    "mlp.inner_norm": ("down_proj", "k"),
    "per_layer_embedding.projection_norm": ("projection", "n"),
    "per_layer_embedding.lookup": ("projection", "n"),
}
"""Norms and look-ups of as many features of a token as a linear layer gives (n) or takes (k)."""

TIMES: Final = {
    "alternating_updates.router_norm": (2, "to predict and to correct"),
}
"""Norms that run more than once for each token, and why."""

OTHER_ROWS: Final = {
    "attention.indexer.k_norm": "pooled keys",
    "attention_residual.norm": "the sources of each token",
    "compressed_attention.compressor.kv_norm": "entries",
    "compressed_attention.indexer.compressor.kv_norm": "entries",
    "axial_position_embedding.lookup": "two tables",
    "message_gate.norm": "the state and the message",
    "mixture_of_experts.expert_norm": "the experts of each token",
    "next_token_input.hnorm": "the streams of each token",
    "ngram_input.lookup": "n-grams of several sizes",
}
"""What has rows of its own, each in a test of its own here or in `test_streams_and_patches.py`."""


@pytest.mark.parametrize("name", SMALL)
class TestLaws:
    def test_every_right_hand_side_is_read_once(self, name: str) -> None:
        """A weight once; of products without one as many operands as there are, each for all heads that share it."""
        for spec, graph in steps(name):
            shapes = weights_of(graph)
            for operator in graph.operators:
                m, n, k, batch = operator.m, operator.n, operator.k, operator.batch
                own = own_weight(shapes, operator)
                routed = ".experts." in operator.name and operator.kind == "linear"
                if routed:
                    (experts,) = {shape[0] for path, shape in shapes.items() if is_expert(path, operator)}
                    expected = min(experts, m) * n * k
                elif own is not None:
                    expected = prod(own)
                elif operator.kind == "norm":
                    expected = 0
                elif operator.kind == "lookup" or k == 0:
                    expected = m * n
                elif operator.kind == "attention" and operator.name not in BY_HAND:
                    expected = batch * n * k // queries_of_one_key(spec, operator, graph.schedule.mode == "decode")
                elif operator.name == "mamba2.states":
                    expected = batch * n * k // heads_of_one_group(spec, operator)
                elif operator.name in BY_HAND:
                    continue
                else:
                    expected = batch * n * k
                assert operator.operand_elements == expected, operator

    def test_norms_and_look_ups_are_of_all_new_tokens(self, name: str) -> None:
        if name in OTHER_LENGTHS:
            return
        for spec, graph in steps(name):
            shapes = weights_of(graph)
            found = {operator.path: operator for operator in graph.operators}
            for operator in graph.operators:
                stack = spec.stack(operator.stack)
                tokens = BATCH * graph.schedule.seq_len * ((stack.streams_rows if stack else 0) or 1)
                label, inner = operator.name.partition(".")[::2]
                kind = label.rstrip("_0123456789")
                short = f"{kind.rpartition('_residual_')[2]}.{inner}".rstrip("_0123456789")
                if operator.kind not in ("norm", "lookup") or short in OTHER_ROWS:
                    continue
                if short in FOLLOWS:
                    other, side = FOLLOWS[short]
                    beside = f"{operator.stack}.{operator.block}.{label}."
                    linear = found.get(beside + other) or found[f"{beside}k_proj"]  # where the keys are the values
                    features = getattr(linear, side) * linear.batch
                    tokens_of = linear.m
                elif operator.kind == "lookup":
                    table = shapes.get((operator.stack, operator.block, f"{label}.weight"))
                    features, tokens_of = table[-1] if table else operator.n, tokens
                else:
                    features, tokens_of = operator.n, tokens
                times, _ = TIMES.get(short, (1, ""))
                assert operator.m * operator.n == times * tokens_of * features, operator
                assert tokens_of == tokens, operator
                if operator.kind == "norm" and (own := own_weight(shapes, operator)) is not None:
                    assert operator.n == own[-1], operator


def is_expert(path: tuple[str, str, str], operator: Operator) -> bool:
    stack, block, name = path
    group = operator.name.rpartition(".")[0]
    return (stack, block) == (operator.stack, operator.block) and name.startswith(f"{group}.")


def heads_of_one_group(spec: ModelSpec, operator: Operator) -> int:
    stack = spec.stack(operator.stack)
    assert stack is not None
    block = next(block for block in stack.blocks if block.name == operator.block)
    mixers: Any = [mixer for sublayer in block.sublayers for mixer in sublayer.mixers]
    mixer = next(mixer for mixer in mixers if mixer.kind == "mamba2")
    return int(mixer.num_heads // mixer.num_groups)


class TestByHand:
    """What each operator moves, against the shapes written out by hand, in float32 at tiny sizes."""

    B, S, C, H, HEADS, KV, D, L = 2, 5, 7, 80, 8, 4, 12, 5

    def graph(self, model_type: str) -> dict[str, la.Operator]:
        schedule = checkpoint(batch_size=self.B, seq_len=self.S, context_len=self.C, logits="all")
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
        schedule = checkpoint(batch_size=self.B, seq_len=self.S, mtp=True)
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
        graph = la.build(tiny("deepseek_v3"), checkpoint(seq_len=tokens))
        found = {o.name.rpartition(".")[2]: o for o in graph.operators if ".experts." in o.name}
        rows = tokens * 6
        assert found["up"].bytes == 4 * 4 * (rows * 80 + read * 80 * 56 + rows * 56)
        assert found["down"].bytes == 4 * 4 * (rows * 28 + read * 28 * 80 + rows * 80)

    def test_an_expanded_latent_is_read_by_every_head(self) -> None:
        """DeepSeek-V3 at tiny sizes: 8 heads, whose keys are 14 + 10 and whose values are 18 wide, in 5 layers."""
        length = self.S + self.C
        queries, stored = self.B * 8 * self.S, self.B * 8 * length
        schedule = checkpoint(batch_size=self.B, seq_len=self.S, context_len=self.C)
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
            graph = la.build(config, checkpoint(seq_len=tokens))
            (up,) = {o.m for o in graph.operators if o.name.endswith("experts.up")}
            assert up == ceil_div(tokens * top_k * experts, experts + idle)

    @pytest.mark.parametrize(("cached", "new"), [(0, 13), (19, 13), (20, 1), (19, 1)])
    def test_compressed_entries_are_normalised_as_they_are_completed(self, cached: int, new: int) -> None:
        """DeepSeek-V4 at tiny sizes: entries of 3 tokens, which an indexer scores, and entries of 5."""
        graph = la.build(tiny("deepseek_v4"), checkpoint(batch_size=2, seq_len=new, context_len=cached))
        found = {(o.block, o.name.partition(".")[2]): o for o in graph.operators}
        rates = {block: 3 if (block, "indexer.scores") in found else 5 for block, _ in found if "compressed" in block}
        assert set(rates.values()) == {3, 5}
        for block, rate in rates.items():
            completed = 2 * ((cached + new) // rate - cached // rate)
            assert found[block, "compressor.kv_norm"].m == completed
            if rate == 3:
                assert found[block, "indexer.compressor.kv_norm"].m == completed
                scores = found[block, "indexer.scores"]
                seen = sum(token // 3 for token in range(cached + 1, cached + new + 1))
                assert scores.flops_executed == 2 * 2 * scores.k * (scores.batch // 2) * seen

    def test_a_decode_step_attends_to_a_window_and_the_chosen_entries(self) -> None:
        """DeepSeek-V4 at tiny sizes: 9 tokens, and of 33 entries the 5 best; all of 20 where nothing chooses."""
        graph = la.build(tiny("deepseek_v4"), checkpoint(mode="decode", context_len=100))
        found = {(o.block, o.name.partition(".")[2]): o for o in graph.operators}
        for (block, name), operator in found.items():
            if name == "scores" and "compressed" in block:
                assert operator.n == 9 + (5 if (block, "indexer.scores") in found else 20)

    def test_tokens_that_are_no_entry_yet_are_a_state(self) -> None:
        """DeepSeek-V4: of each, a key and a gate of 16; twice, and those of the entry before, where entries overlap."""
        states = {
            (c.block, c.elements_per_entry)
            for c in la.build(tiny("deepseek_v4"), checkpoint()).caches
            if c.kind == "state"
        }
        assert {elements for _, elements in states} == {2 * 5 * 16, 2 * 3 * (2 * 16 + 16)}

    @pytest.mark.parametrize(("model_type", "kept"), [("recurrent_gemma", 3), ("bamba", 4), ("jamba", 4)])
    def test_a_convolution_keeps_the_tokens_behind_it(self, model_type: str, kept: int) -> None:
        """All of a kernel of 4, or those that a new token does not push out (`RecurrentGemmaRglru`)."""
        graph = la.build(tiny(model_type), checkpoint())
        (conv,) = {prod(w.shape[:-1]) for w in graph.weights if "conv" in w.name and w.name.endswith(".weight")}
        assert conv * kept in {c.elements_per_entry for c in graph.caches if c.kind == "state"}

    def test_a_model_s_own_prompt_is_attended_to(self) -> None:
        """CPM-Ant at tiny sizes: its prompt stands before all cached and new tokens."""
        config = tiny("cpmant")
        graph = la.build(config, checkpoint(seq_len=5, context_len=7))
        (scores,) = [o for o in graph.operators if o.name == "attention.scores"]
        assert scores.n == config.get("prompt_length", 32) + 7 + 5

    @pytest.mark.parametrize("cached", [0, 3, 7, 8, 13])
    def test_chunked_attention_multiplies_with_the_tokens_of_its_chunk(self, cached: int) -> None:
        graph = la.build(
            tiny("llama4_text", num_hidden_layers=1, attention_chunk_size=4),
            checkpoint(seq_len=3, context_len=cached),
        )
        (scores,) = [o for o in graph.operators if o.name == "attention.scores"]
        assert scores.n == cached % 4 + 3

    @pytest.mark.parametrize(
        ("cached", "new", "positions", "rotations"),
        [
            *((0, 13, 64, 4 // 2), (0, 24, 64, 4 // 2), (0, 48, 64, 8 // 2), (0, 96, 64, 16 // 2)),
            *((22, 1, 64, 2 // 2), (23, 1, 64, 4 // 2), (47, 1, 64, 8 // 2)),
            *((0, 192, 64, (4 + 8) // 2), (0, 384, 64, (8 + 8) // 2)),
            *((0, 192, 3072, 32 // 2), (0, 192, 3071, (4 + 8) // 2)),
        ],
    )
    def test_hashes_follow_from_the_number_of_chunks(
        self, cached: int, new: int, positions: int, rotations: int
    ) -> None:
        """Reformer: twice the chunks of 12, down to a power of two, or two factors of it where that is too much.

        Too much is twice the larger of a chunk and the root of the most chunks: 24 here, 32 of 3072 positions.
        """
        config = tiny("reformer") | {"num_buckets": None, "max_position_embeddings": positions, "num_hashes": 1}
        graph = la.build(config, checkpoint(seq_len=new, context_len=cached))
        assert {o.n for o in graph.operators if o.name.endswith("hashes")} == {rotations}

    def test_hashed_attention_within_a_chunk_is_causal(self) -> None:
        """Reformer's layers in order, and those by hash."""
        graph = la.build(tiny("reformer"), checkpoint(seq_len=5))
        scores = [o for o in graph.operators if o.name == "chunk_attention.scores"]
        assert [(o.pairs, o.full_pairs) for o in scores] == [(5 * 6 // 2, 5 * 5)] * 2

    def test_a_windowed_latent_is_attended_to_within_its_window(self) -> None:
        """dots.3-note at tiny sizes: sliding layers see 9 tokens, the others the 5 that are chosen."""
        graph = la.build(tiny("dots3_note_text"), checkpoint(mode="decode", context_len=100))
        assert {o.n for o in graph.operators if o.name == "latent_attention.scores"} == {9, 5}

    @pytest.mark.parametrize(
        ("model_type", "one_more"),
        [
            ("qwen3_next", {"step"}),
            ("kimi_linear", {"step"}),
            ("bamba", {"states"}),
            ("minimax", {"state_update", "state_read"}),
        ],
    )
    def test_one_token_more_needs_no_chunk_and_one_token_alone_is_one(
        self, model_type: str, one_more: set[str]
    ) -> None:
        """As implementations do it: with a state, one token is a step; without one, it is a chunk, and padded."""

        def recurrences(**schedule: Any) -> set[str]:
            graph = la.build(tiny(model_type), checkpoint(**schedule))
            return {o.name.partition(".")[2] for o in graph.operators if o.kind == "recurrence"}

        assert recurrences(seq_len=1, context_len=3) == recurrences(mode="decode", context_len=3) == one_more
        assert recurrences(seq_len=1) > one_more or recurrences(seq_len=1).isdisjoint(one_more)
        assert recurrences(seq_len=2, context_len=3) == recurrences(seq_len=2)

    @pytest.mark.parametrize(
        ("model_type", "name", "chunk", "heads"),
        [
            ("qwen3_next", "chunks.scores", 64, 6),
            ("kimi_linear", "chunks.values", 64, 6),
            ("bamba", "scan.scores", 4, 10),
        ],
    )
    def test_the_last_chunk_is_padded(self, model_type: str, name: str, chunk: int, heads: int) -> None:
        for tokens, chunks in ((1, 1), (chunk, 1), (chunk + 1, 2), (2 * chunk, 2), (2 * chunk + 1, 3)):
            graph = la.build(tiny(model_type), checkpoint(batch_size=2, seq_len=tokens))
            assert {(o.m, o.batch) for o in graph.operators if o.name.endswith(name)} == {(chunk, 2 * heads * chunks)}

    def test_a_step_of_the_delta_rule_reads_and_writes_the_state(self) -> None:
        """Two sequences of 6 heads with keys of 22 and values of 26 in Qwen3-Next at tiny sizes."""
        graph = la.build(tiny("qwen3_next"), checkpoint(batch_size=2, context_len=7, mode="decode"))
        assert {(o.m, o.n) for o in graph.operators if o.name.endswith(".step")} == {(2 * 6 * 22, 26)}

    def test_a_gated_linear_recurrence_keeps_its_width_and_that_of_three_tokens(self) -> None:
        graph = la.build(tiny("recurrent_gemma"), checkpoint())
        assert sorted(c.elements_per_entry for c in graph.caches if c.kind == "state") == [80, 3 * 80]

    @pytest.mark.parametrize(("cached", "new"), [(3, 2), (4, 2), (5, 1), (10, 3)])
    def test_a_memory_is_what_is_kept(self, cached: int, new: int) -> None:
        """XLNet: of 4 tokens, which all new ones see; of the new ones those before, or all (`attn_type`)."""
        schedule = checkpoint(batch_size=2, seq_len=new, context_len=cached)
        for kind, own in (("uni", new * (new + 1) // 2), ("bi", new * new)):
            graph = la.build(tiny("xlnet", mem_len=4, attn_type=kind), schedule)
            found = {o.name.partition(".")[2]: o for o in graph.operators if o.name.startswith("relative_attention.")}
            keys = min(cached, 4) + new
            assert (found["scores"].n, found["k"].m, found["v"].m) == (keys, 2 * keys, 2 * keys)
            assert found["scores"].pairs == new * min(cached, 4) + own

    @pytest.mark.parametrize(("tokens", "read"), [(1, 6), (2, 12), (30, 12)])
    def test_no_more_retrieved_experts_are_read_than_there_are(self, tokens: int, read: int) -> None:
        """Doge at tiny sizes: 6 of 12 experts of one row of 80 each, for each token."""
        graph = la.build(tiny("doge", is_moe=True), checkpoint(seq_len=tokens))
        for name, shape in (("down", (6, 1, 80)), ("up", (1, 80, 6))):
            (operator,) = {o[3:10] for o in graph.operators if o.name == f"retrieved_experts.experts.{name}"}
            assert operator == ("layer", *shape, tokens, 5, read * 80)
        assert graph.active_parameters == graph.parameters - 5 * 12 * 2 * 80 * 6 // 12
        sizes = {"seq_len": 2 * tokens, "tp_size": 2}
        for fields, kinds in (
            ({"deepep": True}, ("dispatch", "combine")),
            ({"dp_size": 2}, ("all_gather", "all_reduce")),
        ):
            schedule = checkpoint(ep_size=2, **sizes, **fields)
            sent = [t for t in la.build(tiny("doge", is_moe=True), schedule).transfers if ".experts." in t.name]
            whole = (4 * tokens, 80, 1) if "dp_size" in fields else (tokens, 80, 6)
            assert [(t.kind, t.rows, t.width, t.copies) for t in sent] == [(kind, *whole) for kind in kinds]

    def test_a_mixture_s_gate_and_up_have_scales_of_their_own(self) -> None:
        """In blocks of 128: two for 130 rows of each, and one for 80 columns."""
        stored = {"quant_method": "fp8", "weight_block_size": [128, 128]}
        graph = la.build(tiny("qwen3_moe", moe_intermediate_size=130, quantization_config=stored), checkpoint())
        shapes = {w.name.partition(".experts.")[2]: w.shape for w in graph.weights if "experts." in w.name}
        assert shapes["gate_up_proj_scale"] == (12, 4, 1)
        assert shapes["down_proj_scale"] == (12, 1, 2)


def test_norms_of_experts_are_of_each_expert_of_a_token() -> None:
    spec, graph = next(steps("muse_spark"))
    norms = [operator for operator in graph.operators if operator.name == "mixture_of_experts.expert_norm"]
    (chosen,) = {each.num_experts_per_tok for each in spec.components() if isinstance(each, MixtureOfExperts)}
    assert norms
    assert {norm.m for norm in norms} == {BATCH * graph.schedule.seq_len * chosen}


@pytest.mark.parametrize("name", SMALL)
def test_a_token_uses_the_experts_that_it_goes_to(name: str) -> None:
    """The others are not active; of choices without weights, each takes its share of the tokens."""
    spec, graph = next(steps(name))
    idle = Fraction(0)
    mixers: dict[tuple[str, str, str], Any] = {
        (stack.name, block.name, mixer.kind): mixer
        for stack in spec.stacks
        for block in stack.blocks
        for sublayer in block.sublayers
        for mixer in sublayer.mixers
    }
    for weight in graph.weights:
        label = weight.name.partition(".experts.")[0].rstrip("_0123456789")
        if ".of_media.experts." in weight.name:  # a token of text is sent to none of them
            idle += weight.elements
        elif ".experts." in weight.name and weight.role == "parameter" and weight.stack != "mtp":
            mixture = mixers[weight.stack, weight.block, label]
            choices = mixture.num_experts + getattr(mixture, "identity_experts", 0)
            idle += weight.elements * (1 - Fraction(mixture.num_experts_per_tok, choices))
    assert 0 <= graph.active_parameters - (graph.parameters - idle) < len(graph.weights)
