"""Streams, patches, chunks and sources: what is executed and moved, counted a second time, token by token."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.spec.components import AttentionResidual
from tests.facts import CASES, checkpoint

TINY: dict[str, dict[str, Any]] = {name: case["config"] for name, case in CASES if case["name"] == "tiny-minimal"}
STREAMS = TINY["prophetnet"] | {"ngram": 3}
STEPS = [pytest.param(cached, new, id=f"{cached}+{new}") for cached, new in product((0, 1, 7, 20), (1, 2, 9))]


def operators(config: dict[str, Any], ending: str, cached: int, new: int, **schedule: Any) -> list[la.Operator]:
    """The operators of this name, in a step of two sequences."""
    graph = la.build(config, checkpoint(batch_size=2, seq_len=new, context_len=cached, **schedule))
    return [operator for operator in graph.operators if operator.name.endswith(ending)]


def executed(operator: la.Operator) -> int:
    """The (query, key) pairs of one sequence and head that are executed, of an operator of so many features."""
    pairs = operator.flops_executed * operator.m * operator.n * operator.batch
    return pairs // max(operator.flops, 1)


@pytest.mark.parametrize(("cached", "new"), STEPS)
def test_tokens_of_a_block_see_all_of_it_and_the_blocks_before(cached: int, new: int) -> None:
    config = TINY["qwen3"] | {"model_type": "sdar", "architectures": ["SDARForCausalLM"], "block_size": 4}
    scores = operators(config, "scores", cached, new)[0]
    seen = sum(min((i // 4 + 1) * 4, cached + new) for i in range(cached, cached + new))
    assert executed(scores) == seen * scores.batch


def test_a_convolution_that_looks_ahead_runs_once_for_each_token_and_keeps_nothing() -> None:
    config = TINY["lfm2"] | {"conv_L_cache": 3}
    causal, centred = (la.load(config | {"architectures": [f"Lfm2{name}"]}) for name in ("Model", "BidirectionalModel"))
    assert not any("state" in cache.kind for cache in centred.build(checkpoint(seq_len=9)).caches)
    assert any("state" in cache.kind for cache in causal.build(checkpoint(seq_len=9)).caches)
    found = [o for o in centred.build(checkpoint(seq_len=9)).operators if o.kind == "convolution"]
    assert found
    assert all((o.m, o.k) == (9, 3) for o in found)


@pytest.mark.parametrize(("cached", "new"), STEPS)
class TestStreams:
    """ProphetNet: each stream predicts one token further."""

    def test_a_stream_sees_what_was_before_it_began_and_its_own_token(self, cached: int, new: int) -> None:
        config, tokens = STREAMS, range(cached + 1, cached + new + 1)
        (scores,) = operators(config, "predicted_scores", cached, new)
        seen = sum(max(i - stream, 1) + 1 for i in tokens for stream in range(config["ngram"]))
        heads = config["num_decoder_attention_heads"]
        assert executed(scores) == 2 * heads * seen
        assert (scores.m, scores.n) == (new, cached + 2 * new)
        own = cached + new + config["ngram"] * new
        assert scores.operand_elements == 2 * heads * own * scores.k

    def test_layers_run_on_all_streams_and_the_head_on_those_that_predict(self, cached: int, new: int) -> None:
        config = STREAMS
        (up,) = operators(config, "mlp.up_proj", cached, new)
        (logits,) = operators(config, "logits", cached, new, logits="all")
        (last,) = operators(config, "logits", cached, new)
        assert up.m == 2 * new * (1 + config["ngram"])
        assert (logits.m, last.m) == (2 * new * config["ngram"], 2 * config["ngram"])


@pytest.mark.parametrize(("cached", "new"), STEPS)
class TestChosenBlocks:
    """Qwen 4: whole blocks are chosen, and the tokens after the last one are attended to beside them."""

    def test_a_token_attends_to_the_chosen_blocks_and_the_unfinished_one(self, cached: int, new: int) -> None:
        config = TINY["qwen4_exp_text"]
        block, budget, heads = (
            config[name] for name in ("indexer_compress_ratio", "indexer_budget", "num_attention_heads")
        )
        (scores,) = operators(config, "attention.scores", cached, new)
        seen = [min(i // block * block, budget) + i % block for i in range(cached + 1, cached + new + 1)]
        assert executed(scores) == 2 * heads * sum(seen)
        if new == 1 and cached:
            (step,) = operators(config, "attention.scores", cached, new, mode="decode")
            assert (step.m, step.n) == (1, seen[-1])

    def test_the_indexer_scores_whole_blocks(self, cached: int, new: int) -> None:
        config = TINY["qwen4_exp_text"]
        block, heads, size = (
            config[name] for name in ("indexer_compress_ratio", "indexer_n_heads", "indexer_head_dim")
        )
        (scores,) = operators(config, "indexer.scores", cached, new)
        (norm,) = operators(config, "indexer.k_norm", cached, new)
        blocks = (cached + new) // block
        seen = sum(i // block for i in range(cached + 1, cached + new + 1))
        assert executed(scores) == 2 * heads * seen
        assert (scores.m, scores.n, scores.operand_elements) == (new, blocks, 2 * blocks * size)
        assert (norm.m, norm.n) == (2 * blocks, size)


def test_a_table_of_ngrams_has_rows_for_the_first_primes_of_each_head() -> None:
    """The sizes of Qwen 4's heads, found by a sieve; each table is padded to whole divisors."""
    config = {**TINY["qwen4_exp_text"], "ple_layer_ids": [3, 1], "ngram_size": 3, "heads_per_ngram": 2}
    primes = [n for n in range(101, 200) if all(n % d for d in range(2, n))]
    tables = [w for w in la.build(config, checkpoint()).weights if w.name.endswith("ngram_embedding")]
    rows = sorted({w.shape[0] for w in tables})
    assert rows == sorted(-(-sum(some) // 8) * 8 for some in (primes[:4], primes[4:8]))
    (lookup, _) = operators(config, "ngram_input.lookup", 0, 9)
    assert (lookup.m, lookup.n) == (18, config["ple_embed_dim"])


class TestSources:
    """Inkling 2: what a mixer gets is a sum over the blocks of layers before."""

    @pytest.mark.parametrize(("count", "size"), [(1, 6), (5, 6), (7, 3), (12, 1)])
    def test_a_block_of_layers_is_a_source_once_the_next_one_begins(self, count: int, size: int) -> None:
        config = {**TINY["inkling2_text"], "num_hidden_layers": count, "n_layers_per_attn_res_block": size}
        spec = la.load(config).spec
        assert spec is not None
        (text,) = spec.stacks
        ours = []
        for index in text.order:
            mixers = [sublayer.mixers[0] for sublayer in text.blocks[index].sublayers]
            ours.append([mixer.sources for mixer in mixers if isinstance(mixer, AttentionResidual)])
        blocks, theirs = 0, []
        for layer in range(count):
            before = [] if layer == 0 else [blocks + 1]
            blocks += layer % size == 0
            theirs.append([*before, blocks + 1])
        assert ours == theirs
        last = text.after[0]
        assert isinstance(last, AttentionResidual)
        assert last.sources == blocks + 1

    def test_each_token_has_its_own(self) -> None:
        for name in ("scores", "sums"):
            for operator in operators(TINY["inkling2_text"], f"residual.{name}", 7, 9):
                hidden = max(operator.n, operator.k)
                sources = min(operator.n, operator.k)
                assert hidden == TINY["inkling2_text"]["hidden_size"]
                assert operator.operand_elements == 18 * sources * hidden


def patched(size: int) -> dict[str, Any]:
    """A tiny byte latent transformer with patches of so many bytes."""
    return {**TINY["blt"], "patch_size": size}


@pytest.mark.parametrize("size", [1, 3, 4])
class TestPatches:
    """Byte latent transformers, with patches of equal size."""

    def test_a_patch_begins_after_so_many_bytes_however_they_come(self, size: int) -> None:
        def begun(cached: int, new: int) -> int:
            (up,) = [o for o in operators(patched(size), "mlp.up_proj", cached, new) if o.stack == "text"]
            return up.m // 2

        starts = [byte for byte in range(200) if byte % size == 0]
        for prompt in (1, 5, 12):
            steps = [begun(prompt + i, 1) for i in range(9)]
            assert begun(0, prompt) == len([byte for byte in starts if byte <= prompt])
            assert begun(0, prompt) + sum(steps) == begun(0, prompt + 9)
            assert sum(steps) == begun(prompt, 9)

    def test_each_byte_meets_its_own_patch_only(self, size: int) -> None:
        config = patched(size)
        states, heads = config["cross_attn_k"], config["encoder_config"]["num_attention_heads"]
        for new in (5, 12):
            for operator in operators(config, "patch_attention.scores", 0, new):
                assert executed(operator) == 2 * heads * states * new
                patches = new // size + 1
                assert {operator.m, operator.n} == {patches * states, new}

    def test_a_later_byte_meets_the_patch_in_progress(self, size: int) -> None:
        config = patched(size)
        states = config["cross_attn_k"]
        for cached in (12, 13, 14):
            into, out = operators(config, "patch_attention.scores", cached, 1)
            begins = int((cached + 1) % size == 0)
            assert (into.m, into.n) == (begins * states, min(cached, size - 1) + 1)
            assert (out.m, out.n) == (1, (1 + begins) * states)
            heads = config["encoder_config"]["num_attention_heads"]
            assert executed(into) == 2 * heads * begins * states * size
            assert executed(out) == 2 * heads * states

    def test_a_patch_is_cached_once(self, size: int) -> None:
        graph = la.build(patched(size), checkpoint())
        (cache,) = [cache for cache in graph.caches if cache.stack == "text"]
        assert cache.entries(100) == 100 // size


@pytest.mark.parametrize("new", [5, 6, 7, 12, 13, 30])
def test_tokens_in_order_attend_to_their_chunk_and_those_before(new: int) -> None:
    """Reformer's local layers, over what a sequence is padded to."""
    config = TINY["reformer"]
    size, before, heads = config["local_attn_chunk_length"], 1, config["num_attention_heads"]
    padded = new if new <= 6 else -(-new // 12) * 12
    (scores,) = [o for o in operators(config, "chunk_attention.scores", 0, new) if o.repeat == 3]
    seen = sum(i % size + 1 + size * min(i // size, before) for i in range(padded))
    assert executed(scores) == 2 * heads * seen
    chunks, length = (1, padded) if padded <= size else (padded // size, 2 * size)
    assert (scores.batch, scores.m, scores.n) == (2 * heads * chunks, padded // chunks, length)
    (by_hash,) = [o for o in operators(config, "chunk_attention.scores", 0, new) if o.repeat == 2]
    chunks, length = (1, padded) if padded <= 12 else (padded // 12, 24)
    assert (by_hash.batch, by_hash.m, by_hash.n) == (2 * heads * chunks, padded // chunks, length)
    (up,) = {o.m for o in operators(config, "mlp.up_proj", 0, new)}
    (logits,) = operators(config, "logits", 0, new, logits="all")
    assert (up, logits.m) == (2 * padded, 2 * new)


@pytest.mark.parametrize(("buckets", "rotations"), [(8, 4), ([4, 6], 5), (None, 2)])
def test_a_hash_is_of_as_many_products_as_half_the_buckets(buckets: Any, rotations: int) -> None:
    """Null means a power of two that follows from the number of chunks: 2 chunks, 4 buckets."""
    config = {**TINY["reformer"], "num_buckets": buckets, "num_hashes": 3}
    (hashes,) = operators(config, "hashes", 0, 13)
    assert (hashes.m, hashes.n, hashes.k) == (24, 3 * rotations, config["attention_head_size"])
    assert hashes.operand_elements == prod((hashes.batch, hashes.n, hashes.k))


@pytest.mark.parametrize("cached", [1, 5, 6, 7, 11, 12, 13, 17, 18, 30])
def test_a_later_token_in_order_has_its_chunk_and_those_before_in_reach(cached: int) -> None:
    """Reformer keeps hidden states: the keys and values of those in reach are projected anew."""
    config = TINY["reformer"]
    size = config["local_attn_chunk_length"]
    kept = cached - max(cached // size - 1, 0) * size
    (scores,) = [o for o in operators(config, "chunk_attention.scores", cached, 1) if o.repeat == 3]
    (key,) = [o for o in operators(config, "chunk_attention.key", cached, 1) if o.repeat == 3]
    assert (scores.m, scores.n, key.m) == (1, kept + 1, 2 * (kept + 1))
    (window,) = {c.window for c in la.build(config, checkpoint()).caches if c.kind == "latent" and c.layers == 3}
    assert window == 2 * size >= kept + 1


@pytest.mark.parametrize("cached", [1, 10, 11, 12, 13, 30])
def test_a_later_token_by_hash_has_chunks_of_each_head_in_reach(cached: int) -> None:
    """Reformer: up to one chunk there is nothing to sort, so that all tokens are in reach of all heads."""
    config = {**TINY["reformer"], "num_hashes": 3, "num_buckets": 8}
    size, heads, width = (
        config[name] for name in ("lsh_attn_chunk_length", "num_attention_heads", "attention_head_size")
    )
    (scores,) = [o for o in operators(config, "chunk_attention.scores", cached, 1) if o.repeat == 2]
    (key,) = [o for o in operators(config, "chunk_attention.key", cached, 1) if o.repeat == 2]
    hashes = operators(config, "hashes", cached, 1)
    hidden = config["hidden_size"]
    if cached > size:
        assert (scores.batch, scores.m, scores.n) == (2 * heads * 3, 1, 2 * size)
        assert (key.batch, key.m, key.n, key.k) == (heads, 2 * 3 * 2 * size, width, hidden)
        assert [o.m for o in hashes] == [1]
    else:
        assert (scores.batch, scores.m, scores.n) == (2 * heads, 1, cached + 1)
        assert (key.batch, key.m, key.n, key.k) == (1, 2 * (cached + 1), heads * width, hidden)
        assert [o.m for o in hashes] == ([cached + 1] if cached + 1 >= size else [])
    assert scores.operand_elements == scores.batch * scores.n * width


class TestMoved:
    """What is moved, against the shapes written out by hand."""

    def test_both_sides_between_bytes_and_patches(self) -> None:
        """12 bytes make 4 patches of two states each; there are 8 heads of 10 features, and 4 of keys and values."""
        graph = la.build(patched(4), checkpoint(batch_size=2, seq_len=12))
        found = {(o.stack, o.name.rpartition("patch_attention.")[2]): o for o in graph.operators if "patch_" in o.name}
        for stack, asking, asked in (("encoder", 8, 12), ("decoder", 12, 8)):
            assert (found[stack, "q_norm"].m, found[stack, "k_norm"].m) == (2 * asking, 2 * asked)
            assert found[stack, "scores"].operand_elements == 2 * 4 * asked * 10
            assert found[stack, "values"].operand_elements == 2 * 4 * asked * 10
            assert found[stack, "q_norm"].n == found[stack, "k_norm"].n == 80
        kept = {c.stack: c for c in graph.caches if c.window == 4 or (c.stack == "decoder" and c.kind == "state")}
        assert (kept["encoder"].kind, kept["encoder"].elements_per_entry) == ("key_value", 2 * 4 * 10)
        assert (kept["decoder"].kind, kept["decoder"].elements_per_entry) == ("state", 2 * 4 * 10 * 2)

    @pytest.mark.parametrize(
        ("model_type", "ending", "rows", "size"),
        [
            ("qwen4_exp_text", "hc_norm", 10, 240),
            ("qwen4_exp_text", "ngram_input.norm_key", 10, 240),
            ("qwen4_exp_text", "indexer.q_norm", 40, 16),
            ("inkling2_text", "residual.norm", 20, 80),
            ("inkling2_text", "relative_norm", 50, 16),
            ("inkling2_text", "attention.q_norm", 50, 22),
            ("inkling2_text", "attention.v_norm", 50, 22),
            ("blt", "hash_embedding.lookup", 20, 80),
            ("reformer", "axial_position_embedding.lookup_0", 10, 24),
            ("reformer", "axial_position_embedding.lookup_1", 10, 56),
            ("prophetnet", "position_embedding.lookup", 30, 80),
        ],
    )
    def test_norms_and_look_ups_run_on_every_row(self, model_type: str, ending: str, rows: int, size: int) -> None:
        found = operators(TINY[model_type], ending, 7, 5)
        assert {(o.m, o.n) for o in found} == {(rows, size)}

    @pytest.mark.parametrize("model_type", ["prophetnet", "inkling2_text", "qwen4_exp_text", "blt", "reformer"])
    def test_what_is_read_is_the_weight_of_that_name_or_the_rows(self, model_type: str) -> None:
        graph = la.build(TINY[model_type], checkpoint(batch_size=2, seq_len=5, context_len=7))
        weights = {(w.stack, w.block, w.name): prod(w.shape) for w in graph.weights}
        for operator in graph.operators:
            own = weights.get((operator.stack, operator.block, operator.name), 0)
            if operator.kind == "norm":
                assert operator.operand_elements == own
            elif operator.kind == "lookup":
                assert operator.operand_elements == operator.m * operator.n
            elif own:
                assert operator.operand_elements == own
            if operator.name.endswith("conv1d") and "ngram" in operator.name:
                assert operator.operand_elements == weights[operator.stack, operator.block, f"{operator.name}.weight"]


@pytest.mark.parametrize(
    ("layers", "start", "end", "passes", "parameters", "flops"),
    [
        (2, 6, 18, 3, 74_432, 2_776_896),  # no layer is in a loop
        (10, 6, 18, 3, 510_704, 43_243_840),  # the last of them are not there
        (9, 6, 12, 2, 430_576, 22_929_856),
        (7, 6, 12, 1, 272_624, 9_007_552),  # one pass: gates that nothing runs
    ],
)
def test_passes_over_layers_that_are_not_all_there(
    layers: int, start: int, end: int, passes: int, parameters: int, flops: int
) -> None:
    """Counted by transformers' `Inkling2LoopForCausalLM` and torch, of two sequences of 13 tokens."""
    config = {
        "model_type": "inkling2_loop_text",
        "vocab_size": 131,
        "unpadded_vocab_size": 127,
        "hidden_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 12,
        "moe_intermediate_size": 28,
        "swa_num_attention_heads": 4,
        "swa_num_key_value_heads": 2,
        "swa_head_dim": 12,
        "rel_extent": 16,
        "n_routed_experts": 4,
        "num_experts_per_tok": 2,
        "sliding_window_size": 9,
        "num_hidden_layers": layers,
        "loop_layer_index_start": start,
        "loop_layer_index_end": end,
        "loop_num_passes": passes,
    }
    graph = la.build(config, checkpoint(logits="all", batch_size=2, seq_len=13))
    assert (graph.parameters, graph.flops) == (parameters, flops)
