"""A model over ranks: what each of them has, runs and sends, as laws over all model types and many schedules.

How each tensor is split is stated here once more, by its name and apart from the lowerings.
"""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import CASES, LLAMA, MTP_CASES, REPORT

if TYPE_CHECKING:
    from llmsim_adapters.graph import Operator, OperatorGraph, Weight
    from llmsim_adapters.graph.transfer import Transfer
    from llmsim_adapters.model import Model
    from llmsim_adapters.spec.model import ModelSpec

BUNDLED: Final = {name.replace("/", "--"): dict(la.load(name).config.data) for name in REPORT}
CONFIGS: Final[dict[str, list[dict[str, Any]]]] = {name: [config] for name, config in sorted(BUNDLED.items())}
"""Of every bundled model its config, of every type those of its reference facts."""
for _type, _case in [*CASES, *(("mtp", case) for case in MTP_CASES)]:
    CONFIGS.setdefault(_type, []).append(_case["config"])

STEP: Final[dict[str, Any]] = {"batch_size": 3, "seq_len": 5, "context_len": 7, "logits": "all", "mtp": True}

BY_HEADS: Final = {
    "attention": "q_proj q_b_proj gate_proj sinks sink_proj relative_proj relative_norm head_gate_bias gate_factors "
    "channel_conv head_conv "
    "output_norm",
    "cross_attention": "q_proj gate_proj",
    "query_attention": "q_proj",
    "patch_attention": "q_proj",
    "plane_attention": "attention.q_proj",
    "conformer_attention": "q_proj k_proj v_proj relative_k_proj",
    "chunk_attention": "query key value query_key",
    "latent_attention": "q_proj q_b_proj q_gate_proj kv_b_proj gate_proj sinks score_scale score_scale_bias",
    "compressed_attention": "q_b_proj sinks o_a_proj",
    "relative_attention": "q k v r r_w_bias r_r_bias r_s_bias seg_embed",
    "ngram_attention": "query_proj key_proj value_proj relative_pos_embeddings",
    "gated_delta_net": "q_proj k_proj v_proj conv1d a_proj b_proj A_log dt_bias g_proj",
    "kimi_delta_attention": "q_proj k_proj v_proj conv1d f_proj f_b_proj b_proj A_log dt_bias g_proj g_b_proj",
    "lightning_attention": "qkv_proj slope_rate query_decay key_decay diagonal_decay norm output_gate",
    "matrix_lstm": "q k v ogate_preact igate_preact fgate_preact multihead_norm",
    "mamba": "in_proj conv1d dt_proj A_log D x_proj_weight dt_proj_weight dt_proj_bias",
    "mamba2": "in_proj conv1d dt_bias A_log D norm",
    "gated_linear_recurrence": "linear_y linear_x conv_1d rg_lru",
    "rwkv_time_mix": "time_decay time_first key value receptance",
    "rwkv_channel_mix": "key",
    "short_convolution": "in_proj conv",
    "mlp": "gate_proj up_proj gate_factors up_factors inner_norm",
    "self_conditioning": "mlp.gate_proj mlp.up_proj",
    "mixture_of_experts": "shared_experts.gate_proj shared_experts.up_proj",
    "adapter": "up copy_1.up copy_2.up copy_3.up copy_4.up copy_5.up",
}
"""What of each kind of component is split by outputs: whole heads, or columns."""

BY_INPUTS: Final = {
    "attention": "o_proj",
    "cross_attention": "o_proj",
    "query_attention": "o_proj",
    "patch_attention": "o_proj",
    "plane_attention": "attention.o_proj",
    "conformer_attention": "o_proj",
    "chunk_attention": "output",
    "latent_attention": "o_proj",
    "compressed_attention": "o_b_proj",
    "relative_attention": "o",
    "ngram_attention": "out_proj",
    "gated_delta_net": "o_proj",
    "kimi_delta_attention": "o_proj",
    "lightning_attention": "out_proj",
    "matrix_lstm": "out_proj",
    "mamba": "x_proj out_proj",
    "mamba2": "out_proj",
    "gated_linear_recurrence": "linear_out",
    "rwkv_time_mix": "output",
    "rwkv_channel_mix": "value",
    "short_convolution": "out_proj",
    "mlp": "down_proj",
    "self_conditioning": "mlp.down_proj",
    "mixture_of_experts": "shared_experts.down_proj",
}
"""What is split by inputs, so that ranks add up its results; its bias is whole."""

BY_KV_HEADS: Final = {
    "attention": "k_proj v_proj v_proj_current v_proj_delayed key_scale k_conv v_conv mask_scale sink_keys sink_values",
    "cross_attention": "k_proj v_proj",
    "query_attention": "k_proj v_proj",
    "patch_attention": "k_proj v_proj",
    "plane_attention": "attention.k_proj attention.v_proj",
    "mixture_of_attention": "k_proj v_proj",
}
"""What is split by key/value heads, and copied where ranks are more."""

BY_VOCABULARY: Final = {
    "embedding": "weight spare_weight",
    "hash_embedding": "weight",
    "head": "weight bias spare_bias",
    "per_layer_embedding": "weight",
    "ngram_input": "ngram_embedding",
}

EXPERTS: Final = ("mixture_of_experts", "mixture_of_attention", "retrieved_experts")
WHOLE_NORMS: Final = ("q_norm", "k_norm", "v_norm", "output_norm")
"""Norms of each head are whole; those of all heads together, and those with gains of each head, are split."""


def kind_of(entry: Weight | Operator | Transfer) -> str:
    """The kind of component that an entry is of: its label without a number."""
    label = entry.name.partition(".")[0]
    stem, _, number = label.rpartition("_")
    kind = stem if number.isdigit() else label
    return kind if kind == "cross_attention" else kind.removeprefix("cross_")


def names(table: dict[str, str], entry: Weight | Operator) -> bool:
    """Whether a table has an entry's name, or that of the module or the matrix which it is a part of."""
    inner = entry.name.partition(".")[2]
    listed = table.get(kind_of(entry), "").split()
    return any(inner == name or inner.startswith((f"{name}.", f"{name}_weight_", f"{name}_scale")) for name in listed)


def heads_of(spec: ModelSpec, entry: Weight | Operator) -> tuple[int, int]:
    """The numbers of heads and of key/value heads of an entry's attention."""
    found = attention_of(spec, entry)
    heads = getattr(found, "num_attention_heads", 0)
    return heads, getattr(found, "num_key_value_heads", heads)


def joint(spec: ModelSpec, weight: Weight) -> bool:
    """Whether a norm of heads has gains for all of them."""
    heads, kv_heads = heads_of(spec, weight)
    count = heads if ".q_norm" in weight.name or "output_norm" in weight.name else kv_heads
    elements = weight.elements // weight.count
    return count == 1 or len(weight.shape) > 1 or elements == count * attention_of(spec, weight).head_dim


def attention_of(spec: ModelSpec, entry: Weight | Operator | Transfer) -> Any:
    """The component of an entry's kind in its block."""
    stack = spec.stack(entry.stack)
    components: Any = (*spec.inputs, *spec.outputs)
    if stack is not None:
        components = (*stack.before, *stack.after)
        for block in stack.blocks:
            if block.name == entry.block:
                components = [mixer for sublayer in block.sublayers for mixer in sublayer.mixers]
    kind = kind_of(entry).removeprefix("cross_")
    found = next(c for c in components if c.kind == kind)
    return getattr(found, "attention", found)  # what is around attention has it inside


def expected_ways(spec: ModelSpec, schedule: la.Schedule, weight: Weight) -> int:
    """In how many different parts a tensor is, by the rules."""
    kind, tp = kind_of(weight), schedule.tp_size
    world = tp * schedule.dp_size
    inner = weight.name.partition(".")[2]
    if kind in EXPERTS and inner.startswith(("experts.", "of_media.experts.")):
        return world if schedule.moe_tp else schedule.ep_size
    stack = spec.stack(weight.stack)
    tower = stack is not None and stack.is_tower
    if (inner.startswith("shared_experts.") and schedule.deepep) or is_fully_dp(schedule, weight, tower=tower):
        return 1
    if (tower or kind.startswith("cross_")) and kind.endswith("attention"):
        heads, kv_heads = heads_of(spec, weight)
        if heads % tp or max(kv_heads, tp) % min(kv_heads, tp):
            return 1
    if kind in ("attention", "cross_attention") and inner.removesuffix(".bias") in WHOLE_NORMS:
        if not joint(spec, weight):
            return 1
        return tp if inner.startswith(("q_norm", "output_norm")) else min(tp, heads_of(spec, weight)[1])
    if names(BY_KV_HEADS, weight):
        return min(tp, heads_of(spec, weight)[1])
    if names(BY_INPUTS, weight):
        return 1 if inner.endswith(".bias") else tp
    return tp if names(BY_HEADS, weight) or names(BY_VOCABULARY, weight) else 1


def is_fully_dp(schedule: la.Schedule, entry: Weight | Operator, *, tower: bool = False) -> bool:
    """Whether an entry is of a dense network that every rank has and runs by itself."""
    return kind_of(entry) in ("mlp", "self_conditioning") and schedule.dense_fully_dp and not tower


def spreads(seed: str) -> list[dict[str, Any]]:
    """Some of the ways to spread a model: over a few ranks, and others for each seed."""
    every = [
        {
            "tp_size": tp,
            "dp_size": dp,
            "ep_size": ep,
            "moe_tp": moe_tp,
            "deepep": deepep,
            "dense_fully_dp": fully,
        }
        for tp, dp, moe_tp, deepep, fully in product((1, 2, 3, 4, 5), (1, 2, 3), *[(False, True)] * 3)
        for ep in range(1, tp * dp + 1)
        if tp * dp > 1 and tp * dp % ep == 0
    ]
    return [{"tp_size": tp} for tp in (2, 3, 4, 5)] + random.Random(seed).sample(every, 6)


def built(model: Model, fields: dict[str, Any]) -> OperatorGraph | None:
    """The graph, or None where the model can't be spread so or no builder models it."""
    try:
        return model.build(la.Schedule(engine="llmsim", **fields))
    except (la.ScheduleError, la.BuildError):
        return None


@lru_cache(maxsize=1)  # the laws of one type follow each other
def models(name: str) -> list[Model]:
    """The models of a type."""
    return [la.load(config) for config in CONFIGS[name]]


def some(name: str, count: int) -> list[Model]:
    """So many of a type's models, where it has as many."""
    return random.Random(name).sample(models(name), min(len(models(name)), count))


@lru_cache(maxsize=1)
def spread_graphs(name: str) -> list[tuple[ModelSpec, OperatorGraph, OperatorGraph]]:
    """The spec of some of a type's models, its graph on one rank, and one on many."""
    found = []
    for number, model in enumerate(some(name, 4)):
        whole = built(model, STEP)
        if whole is None or model.spec is None:
            continue
        for fields in spreads(f"{name} {number}"):
            graph = built(model, {**STEP, **fields})
            if graph is not None:
                found.append((model.spec, whole, graph))
    return found


every_model: Final = pytest.mark.parametrize("name", CONFIGS, scope="module")


class TestWeights:
    @every_model
    def test_ranks_have_the_parts_that_the_rules_say(self, name: str) -> None:
        for spec, whole, graph in spread_graphs(name):
            assert [w._replace(ways=1) for w in graph.weights] == [w._replace(ways=1) for w in whole.weights]
            for weight in graph.weights:
                assert weight.ways == expected_ways(spec, graph.schedule, weight), weight

    @every_model
    def test_the_parts_together_are_the_model(self, name: str) -> None:
        for spec, _, graph in spread_graphs(name):
            for weight in graph.weights:
                own = weight.copied * weight.count
                together = (weight.rank_elements - own) * weight.ways + own
                if weight.sharding == "vocabulary":
                    rows = weight.elements // weight.shape[0]
                    assert 0 <= together - weight.elements < rows * weight.ways, weight
                elif weight.stack in {tower.name for tower in spec.towers}:
                    assert 0 <= together - weight.elements < weight.ways, weight
                else:
                    assert together == weight.elements, weight


WHOLE: Final = {
    "adapter": "down",
    "alternating_updates": "router prediction mix correction",
    "attention": "indexer q_a_proj mask_proj k_norm v_norm",
    "attention_residual": "scores sums",
    "compressed_attention": "q_a_proj kv_proj compressor indexer",
    "convolution": "product",
    "hyper_connection": "fn mix",
    "hyper_head": "fn",
    "convolved_residual": "conv",
    "kimi_delta_attention": "f_a_proj g_a_proj",
    "latent_attention": "indexer q_a_proj kv_a_proj",
    "low_rank_hyper_connection": "input_mix_weight_down input_mix_weight_up block_inject_weight",
    "message_gate": "down_proj forget_gate_proj message_gate_proj",
    "mixture_of_attention": "router",
    "mixture_of_experts": "router router_down_proj router_fc1 router_fc2 latent_in_proj latent_out_proj "
    "shared_expert_gate",
    "next_token_input": "eh_proj e_proj h_proj",
    "ngram_input": "key_proj value_proj conv1d",
    "norm": "weight",
    "per_layer_embedding": "projection",
    "per_layer_input": "gate projection",
    "projection": "weight",
    "retrieved_experts": "router",
    "rwkv_channel_mix": "receptance",
    "stream_projections": "projection_0 projection_1 projection_2",
}
"""Operators that every rank of a data-parallel group runs in full."""


def runs_whole(operator: Operator) -> bool:
    kind = kind_of(operator)
    for prefix in ("_pre_", "_post_", "_residual_"):  # what stands beside a mixer is labelled after both
        kind = kind.rpartition(prefix)[2]
    inner = operator.name.partition(".")[2]
    listed = WHOLE.get(kind, "").split()
    return any(inner == name or inner.startswith(f"{name}.") for name in listed)


class TestOperators:
    @every_model
    def test_each_rank_runs_its_part(self, name: str) -> None:
        """What is split is run once by the ranks of a group together, what is whole by each of them."""
        for spec, whole, graph in spread_graphs(name):
            schedule = graph.schedule
            for one, part in zip(whole.operators, graph.operators, strict=True):
                assert (one.path, one.kind, one.repeat) == (part.path, part.kind, part.repeat)
                if not one.flops:
                    continue
                if is_routed(one):
                    check_share(one, part, schedule)
                elif kind_of(one) == "head":  # a vocabulary is padded to equal parts
                    assert (part.m, part.n) == (one.m, -(-one.n // schedule.tp_size)), part
                elif copied := copied_outputs(graph, one):
                    outputs = (one.n * one.batch - copied) // schedule.tp_size + copied
                    assert (part.m, part.n * part.batch, part.k) == (one.m, outputs, one.k)
                else:
                    assert part.flops * ways_of(spec, schedule, one) == one.flops, (one, part)

    @every_model
    def test_an_operator_reads_the_part_of_the_weight_that_the_rank_has(self, name: str) -> None:
        for _, whole, graph in spread_graphs(name):
            read = {one.path: one.operand_elements for one in whole.operators}
            parts = {part.path: part.operand_elements for part in graph.operators}
            for weight in graph.weights:
                path, each = f"{weight.stack}.{weight.block}.{weight.name}", weight.elements // weight.count
                if read.get(path) == each and not is_routed(weight):
                    assert parts[path] == weight.rank_elements // weight.count, weight
            for part in graph.operators:  # no more experts than have rows
                if is_routed(part) and part.batch == 1:
                    own = {w.rank_elements // w.count for w in graph.weights if is_read_by(part, w)}
                    experts = {w.shape[0] for w in graph.weights if is_read_by(part, w)}
                    (local,) = {count // graph.schedule.ep_size for count in experts}
                    assert part.operand_elements == min(local, part.m) * part.n * part.k, part
                    assert local * part.n * part.k in own, part


def is_read_by(operator: Operator, weight: Weight) -> bool:
    """Whether a weight is of the operator's experts."""
    group = operator.name.partition(".experts.")[0] + ".experts."
    places = {(weight.stack, block) for block in (weight.block, weight.block.removesuffix("_with_messages"))}
    return (operator.stack, operator.block) in places and weight.name.startswith(group) and weight.role == "parameter"


def is_routed(entry: Weight | Operator) -> bool:
    return kind_of(entry) in EXPERTS and ".experts." in f".{entry.name}"


def ways_of(spec: ModelSpec, schedule: la.Schedule, operator: Operator) -> int:
    """How many ranks run different parts of an operator."""
    whole_shared = ".shared_experts." in operator.name and schedule.deepep
    stack = spec.stack(operator.stack)
    tower = stack is not None and stack.is_tower
    if runs_whole(operator) or whole_shared or is_fully_dp(schedule, operator, tower=tower):
        return 1
    if names(BY_KV_HEADS, operator):
        return min(schedule.tp_size, heads_of(spec, operator)[1])
    return schedule.tp_size


def copied_outputs(graph: OperatorGraph, operator: Operator) -> int:
    """The outputs that every rank has beside its own: the one group of a state space."""
    for weight in graph.weights:
        same = (weight.stack, weight.block, weight.name.removesuffix(".weight")) == (*operator[2:4], operator.name)
        if same and weight.copied and kind_of(weight) == "mamba2":
            return weight.copied // operator.k
    return 0


def check_share(one: Operator, part: Operator, schedule: la.Schedule) -> None:
    """All ranks together run what is routed in all data-parallel groups, each a mean share that is rounded up once."""
    together, every = part.flops * schedule.world_size, one.flops * schedule.dp_size
    row = part.flops // max(part.m if part.batch == 1 else part.batch, 1)
    assert every <= together < every + row * schedule.world_size, (one, part)


class TestOneRank:
    @every_model
    def test_no_option_of_spreading_changes_anything(self, name: str) -> None:
        for model in models(name):
            plain = built(model, STEP)
            spread = built(model, {**STEP, "moe_tp": True, "deepep": True, "dense_fully_dp": True})
            if plain is None or spread is None:
                assert plain is spread
                continue
            assert [op[:-1] for op in spread.operators] == [op[:-1] for op in plain.operators]
            assert (spread.weights, spread.caches) == (plain.weights, plain.caches)
            assert not plain.transfers
            assert {(t.kind, t.bytes) for t in spread.transfers} <= {("dispatch", 0), ("combine", 0)}
            assert plain.weight_bytes == sum(weight.bytes for weight in plain.weights)
            assert plain.rank_kv_cache_bytes(99) == plain.kv_cache_bytes(99)

    @every_model
    def test_data_parallel_groups_are_copies(self, name: str) -> None:
        """A batch is that of a group, and without experts no group knows of another."""
        for model in models(name)[:3]:
            plain, groups = built(model, STEP), built(model, {**STEP, "dp_size": 3, "ep_size": 3})
            if plain is None or groups is None or plain.routing:
                continue
            assert [op[:-1] for op in groups.operators] == [op[:-1] for op in plain.operators]
            assert (groups.weights, groups.caches, groups.transfers) == (plain.weights, plain.caches, ())

    @every_model
    def test_every_type_that_is_built_can_be_spread(self, name: str) -> None:
        """So that no law holds for want of anything to hold for."""
        assert spread_graphs(name) or not any(built(model, STEP) for model in models(name))


DECODED_OTHERWISE: Final = {
    **dict.fromkeys(
        (f"mlp_pre_norm.weight.condition_{way}_proj" for way in ("down", "up")), "the time is that of a step (Voxtral)"
    ),
    "attention.mask_proj": "the mask is made of all cached values in every step (Doge)",
    "latent_attention.kv_b_proj": "absorbed in a decode step: a law of its own",
    "latent_attention.q_absorb": "as kv_b_proj",
    "latent_attention.o_absorb": "as kv_b_proj",
    "mixture_of_experts.experts.up": "the share of experts without weights is rounded up in each step",
    "mixture_of_experts.experts.down": "as experts.up",
    "projection.weight": "that of a sequence's one token is run in each step (BigBird)",
    "relative_attention.k": "hidden states are kept, and projected again in each step (XLNet)",
    "relative_attention.v": "as relative_attention.k",
    "relative_attention.r": "keys of positions are projected in each step (XLNet)",
}
"""Linear layers of which steps one by one cost otherwise than all tokens at once, and why."""

PREFIXED_OTHERWISE: Final = {
    "attention.mask_proj": "the mask is made of all cached values, too (Doge)",
    "attention.v_proj_delayed": "only a sequence that begins has a zero before it (ZAYA1)",
    "latent_attention.kv_b_proj": "cached latents are expanded, too: a law of its own",
    "relative_attention.k": "kept hidden states are projected, too (XLNet)",
    "relative_attention.v": "as relative_attention.k",
    "relative_attention.r": "positions of kept hidden states are projected, too (XLNet)",
}
"""Linear layers that cost otherwise behind cached tokens, and why."""

OWN_LENGTH: Final = {
    "cpmant": "a sequence that begins has tokens of the model's own before it",
    "reformer": "keys in reach are projected anew, and a sequence that begins is chunked",
    "pi0": "a text is taken in by one stack, and another refines a chunk of actions",
    "blt": "how many patches bytes complete depends on those before",
}
"""Types whose step has other lengths behind cached tokens."""

TOKENS: Final = 9


def looks_ahead(spec: ModelSpec) -> bool:
    """Whether tokens attend to later ones, so that a step for each is another computation."""
    return any(
        not getattr(component, "causal", True) or getattr(component, "block", 0) for component in spec.components()
    )


def at(model: Model, new: int, cached: int, mode: str = "extend") -> dict[str, Operator] | None:
    graph = built(model, {"batch_size": 2, "seq_len": new, "context_len": cached, "mode": mode, "logits": "all"})
    return None if graph is None else {op.path: op for op in graph.operators}


def short(operator: Operator) -> str:
    return f"{kind_of(operator)}.{operator.name.partition('.')[2]}"


@pytest.mark.parametrize("name", [name for name in CONFIGS if name not in OWN_LENGTH], scope="module")
class TestTokensOneByOne:
    def test_steps_cost_what_all_tokens_at_once_cost(self, name: str) -> None:
        """Linear layers; and of attention the pairs that causality and windows leave, but for absorbed attention."""
        other_cores = ("latent_attention.scores", "latent_attention.values", "relative")
        for model in some(name, 4):
            together = at(model, TOKENS, 0)
            if together is None or model.spec is None:
                continue
            steps = [at(model, 1, cached, "decode") or {} for cached in range(TOKENS)]
            idle = any(getattr(component, "identity_experts", 0) for component in model.spec.components())
            for path, op in together.items():
                routed = short(op).startswith("mixture_of_experts.")
                if op.kind == "linear" and (short(op) not in DECODED_OTHERWISE or (routed and not idle)):
                    assert sum(step[path].flops for step in steps) == op.flops, op
                elif op.kind == "attention" and not looks_ahead(model.spec) and not short(op).startswith(other_cores):
                    assert sum(step[path].flops_executed for step in steps) == op.flops_executed, op

    def test_behind_a_prefix_attention_has_the_pairs_that_the_prefix_has_not(self, name: str) -> None:
        for model, cached in product(some(name, 4), (4, 30)):
            first, both = at(model, cached, 0), at(model, cached + TOKENS, 0)
            behind, alone = at(model, TOKENS, cached), at(model, TOKENS, 0)
            if first is None or both is None or behind is None or alone is None or model.spec is None:
                continue
            for path, op in behind.items():
                if op.kind == "linear" and short(op) not in PREFIXED_OTHERWISE:
                    assert op.flops == alone[path].flops, op
                elif op.kind == "attention" and not looks_ahead(model.spec) and not short(op).startswith("relative"):
                    assert op.flops_executed == both[path].flops_executed - first[path].flops_executed, op


@pytest.mark.parametrize("name", ["deepseek-ai--DeepSeek-V3", "deepseek-ai--DeepSeek-V2-Lite"])
class TestLatentAttention:
    """The sizes of DeepSeek-V2 and -V3: H heads, latent R, rotary key P, keys N, values V."""

    def sizes(self, name: str) -> tuple[int, ...]:
        keys = ("num_attention_heads", "kv_lora_rank", "qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim")
        return tuple(BUNDLED[name][key] for key in keys)

    def test_absorbed(self, name: str) -> None:
        """2·H·(N·R + R·V) into and out of the latent space for each token; 2·H·S·(R + P) and 2·H·S·R over the cache."""
        heads, rank, rope, nope, values = self.sizes(name)
        found = at(la.load(BUNDLED[name]), 1, 99, "decode") or {}
        for op in found.values():
            expected = {
                "q_absorb": nope * rank,
                "o_absorb": rank * values,
                "scores": 100 * (rank + rope),
                "values": 100 * rank,
            }.get(op.name.partition(".")[2])
            if expected is not None:
                assert op.flops == 2 * 2 * heads * expected * op.repeat, op
        assert not any("kv_b_proj" in path for path in found)

    def test_expanded(self, name: str) -> None:
        """Every key in reach is expanded: 2·R·H·(N + V) each, cached ones included."""
        heads, rank, rope, nope, values = self.sizes(name)
        found = at(la.load(BUNDLED[name]), TOKENS, 30) or {}
        for op in found.values():
            expected = {
                "kv_b_proj": (30 + TOKENS) * rank * (nope + values),
                "scores": TOKENS * (30 + TOKENS) * (nope + rope),
                "values": TOKENS * (30 + TOKENS) * values,
            }.get(op.name.partition(".")[2])
            if expected is not None:
                assert op.flops == 2 * 2 * heads * expected * op.repeat, op

    def test_absorbed_projections_cost_what_expanding_each_token_once_costs(self, name: str) -> None:
        model = la.load(BUNDLED[name])
        steps = [at(model, 1, cached, "decode") or {} for cached in range(TOKENS)]
        absorbed = sum(op.flops for step in steps for path, op in step.items() if path.endswith("_absorb"))
        expanded = sum(op.flops for path, op in (at(model, TOKENS, 0) or {}).items() if "kv_b_proj" in path)
        assert absorbed == expanded


def test_grouped_query_attention_executes_half_of_a_square() -> None:
    graph = la.load(LLAMA).build(la.Schedule(engine="llmsim", seq_len=TOKENS))
    cores = [op for op in graph.operators if op.kind == "attention"]
    assert {(op.pairs, op.full_pairs) for op in cores} == {(TOKENS * (TOKENS + 1) // 2, TOKENS**2)}


def config(name: str, **changes: Any) -> dict[str, Any]:
    return {**BUNDLED[name], **changes}


QWEN3_MOE: Final = config("Qwen--Qwen3-30B-A3B", num_experts=24)
GPT2: Final = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_head": 12, "n_embd": 48, "n_layer": 2}


class TestRefusals:
    @pytest.mark.parametrize(
        ("source", "fields", "message"),
        [
            (LLAMA, {"tp_size": 3}, "`tp_size` is 3; expected a divisor of num_attention_heads = 8"),
            (LLAMA, {"tp_size": 16}, "`tp_size` is 16; expected a divisor of num_attention_heads = 8"),
            (
                {**LLAMA, "num_attention_heads": 12, "num_key_value_heads": 3},
                {"tp_size": 4},
                "`tp_size` is 4; expected a divisor or a multiple of num_key_value_heads = 3",
            ),
            (
                {**LLAMA, "intermediate_size": 201},
                {"tp_size": 2},
                "`tp_size` is 2; expected a divisor of intermediate_size = 201",
            ),
            (GPT2, {"tp_size": 5}, "`tp_size` is 5; expected a divisor of num_attention_heads = 12 (key `n_head`)"),
            (QWEN3_MOE, {"ep_size": 3, "tp_size": 4}, "`ep_size` is 3; expected a divisor of tp_size * dp_size = 4"),
            (QWEN3_MOE, {"ep_size": 2}, "`ep_size` is 2; expected a divisor of tp_size * dp_size = 1"),
            (
                QWEN3_MOE,
                {"dp_size": 16, "ep_size": 16},
                "`ep_size` is 16; expected a divisor of num_experts = 24",
            ),
            (
                QWEN3_MOE,
                {"dp_size": 48, "ep_size": 48},
                "`ep_size` is 48; expected a divisor of num_experts = 24",
            ),
            (
                QWEN3_MOE,
                {"dp_size": 10, "ep_size": 2, "moe_tp": True},
                "`moe_tp` splits experts over 5 ranks; expected a divisor of moe_intermediate_size = 768",
            ),
            (
                config("mistralai--Mixtral-8x7B-v0.1"),
                {"dp_size": 3, "ep_size": 3},
                "`ep_size` is 3; expected a divisor of num_experts = 8 (key `num_local_experts`)",
            ),
        ],
    )
    def test_what_a_model_has_no_equal_parts_of(self, source: Any, fields: dict[str, Any], message: str) -> None:
        """One error that names the field, its value, and the parameter, with the config's key where that is another."""
        model = la.load(source)
        for ask in (model.build, model.explain):
            with pytest.raises(la.ScheduleError) as caught:
                ask(la.Schedule(engine="llmsim", **fields))
            assert str(caught.value) == f"schedule field {message}"

    @pytest.mark.parametrize("field", ["tp_size", "dp_size", "ep_size"])
    @pytest.mark.parametrize("value", [0, -1, True, 1.0, "2", None, 2**40 + 1])
    def test_sizes_that_no_model_can_have(self, field: str, value: Any) -> None:
        with pytest.raises(la.ScheduleError, match=rf"^schedule field `{field}` is .*; expected an integer from 1"):
            la.Schedule(engine="llmsim", **{field: value})

    @pytest.mark.parametrize("field", ["moe_tp", "deepep", "dense_fully_dp", "mtp"])
    def test_a_flag_is_true_or_false(self, field: str) -> None:
        flag: dict[str, Any] = {field: 1}
        with pytest.raises(la.ScheduleError, match=f"^schedule field `{field}` is 1; expected True or False"):
            la.Schedule(engine="llmsim", **flag)

    def test_a_number_format_is_a_known_one(self) -> None:
        with pytest.raises(la.ScheduleError, match=r"^schedule field `weight_dtype` is 'int7'; expected one of "):
            la.Schedule(engine="llmsim", weight_dtype="int7")

    def test_what_a_text_model_does_not_run_refuses_nothing(self) -> None:
        """An encoder of pictures with 4 heads is whole on each of 3 ranks."""
        case = next(case for kind, case in CASES if kind == "gemma3" and case["name"] == "tiny-full")
        text = {**case["config"]["text_config"], "num_attention_heads": 9, "num_key_value_heads": 3}
        text |= {"intermediate_size": 90}
        graph = la.load({**case["config"], "text_config": text}).build(la.Schedule(engine="llmsim", tp_size=3))
        vision = [weight for weight in graph.weights if weight.stack == "vision" and "q_proj" in weight.name]
        assert {weight.ways for weight in vision} == {1}


class TestNotes:
    def test_what_a_dense_model_has_no_use_for_is_ignored_and_said(self) -> None:
        model = la.load(LLAMA)
        fields: dict[str, Any] = {"tp_size": 2, "ep_size": 7, "moe_tp": True, "deepep": True, "mtp": True}
        graph, plain = (
            model.build(la.Schedule(engine="llmsim", **fields)),
            model.build(la.Schedule(engine="llmsim", tp_size=2)),
        )
        assert graph.notes == (
            "`ep_size` is ignored: the model has no experts",
            "`moe_tp` is ignored: the model has no experts",
            "`deepep` is ignored: the model has no experts",
            "`mtp` is ignored: the model has no multi-token prediction",
        )
        assert (graph.weights, graph.caches, graph.transfers) == (plain.weights, plain.caches, plain.transfers)
        assert plain.notes == ()

    @pytest.mark.parametrize("fields", [{}, {"tp_size": 2, "dp_size": 2}, {"tp_size": 2, "moe_tp": True}], ids=str)
    def test_deepep_without_expert_parallelism_is_noted(self, fields: dict[str, Any]) -> None:
        model = la.load(BUNDLED["deepseek-ai--DeepSeek-V3"])
        graph = model.build(la.Schedule(engine="llmsim", deepep=True, ep_size=1, **fields))
        assert graph.notes == (
            "`deepep` sends no tokens: `ep_size` is 1, so that all experts are on every group of ranks",
        )
        assert not [t for t in graph.transfers if t.kind in ("dispatch", "combine") and t.bytes]

    def test_what_a_model_has_is_not_noted(self) -> None:
        fields: dict[str, Any] = {"tp_size": 2, "ep_size": 2, "moe_tp": True, "deepep": True, "mtp": True}
        assert la.load(BUNDLED["deepseek-ai--DeepSeek-V3"]).build(la.Schedule(engine="llmsim", **fields)).notes == ()


def sent(source: Any, **fields: Any) -> list[tuple[Any, ...]]:
    """Of each transfer in the stack of text: its name, rows, width, copies, ranks, executions."""
    graph = la.load(source).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=4, **fields))
    return [(t.name, t.rows, t.width, t.copies, t.ranks, t.repeat) for t in graph.transfers if t.stack == "text"]


TOKENS_OF_STEP: Final = STEP["batch_size"] * STEP["seq_len"]


@every_model
def test_what_is_sent_is_what_an_operator_takes_or_gives(name: str) -> None:
    """Tokens go to experts, and their results back; results of parts are added up or put together."""
    for spec, whole, graph in spread_graphs(name):
        one = {operator.path: operator for operator in whole.operators}
        for transfer in graph.transfers:
            path = transfer.path.rpartition(".")[0]
            label, _, inner = transfer.name.rpartition(".")[0].partition(".")
            sent = (transfer.rows, transfer.width, transfer.copies)
            assert transfer.ranks == ranks_of(graph.schedule, inner, transfer.kind), transfer
            if inner.startswith("experts"):
                top_k = attention_of(spec, transfer).num_experts_per_tok
                assert sent == sent_to_experts(graph.schedule, one, transfer, top_k), transfer
            elif inner.endswith("norm"):  # a number for each token
                assert (transfer.width, transfer.copies) == (1, 1), transfer
                assert name in OWN_LENGTH or transfer.rows == TOKENS_OF_STEP, transfer
            elif inner not in ("mask_proj", "values"):  # of attention's values: a test of its own
                operator = one[path]
                summed = spec.inputs[1].count if label == "hash_embedding" else 1  # before they are sent
                assert sent == (operator.m // summed, operator.n * operator.batch, 1), transfer


def ranks_of(schedule: la.Schedule, inner: str, kind: str) -> int:
    """How many ranks take part: those of a group, but for what goes to experts and comes back."""
    if not inner.startswith("experts"):
        return schedule.tp_size
    sizes = {"all_gather": schedule.dp_size, "all_reduce": schedule.world_size}
    return sizes.get(kind, schedule.ep_size)


def sent_to_experts(
    schedule: la.Schedule, one: dict[str, Operator], transfer: Transfer, top_k: int
) -> tuple[int, int, int]:
    """Rows, width and copies of what goes to a mixture's experts, or comes back."""
    path, _, kind = transfer.path.rpartition(".")
    first, last = (one.get(path) or one[f"{path}.{end}"] for end in ("up", "down"))
    if "retrieved" in path:
        first, last = last, first
    width = first.k if kind in ("dispatch", "all_gather") else last.n
    if kind in ("dispatch", "combine"):
        return -(-TOKENS_OF_STEP // schedule.tp_size), width, top_k
    apart = (path.rpartition(".")[2], kind) in (("q", "all_reduce"), ("o", "all_gather"))  # a row for each expert
    return TOKENS_OF_STEP * schedule.dp_size * (top_k if apart else 1), width, 1


class TestTransfers:
    """Of 12 tokens in each data-parallel group."""

    def test_ranks_add_up_what_attention_and_networks_give(self) -> None:
        graph = la.load(LLAMA).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=4, tp_size=4))
        assert [(t.path, t.kind, t.rows, t.width, t.ranks, t.repeat) for t in graph.transfers] == [
            ("model.inputs.embedding.lookup.all_reduce", "all_reduce", 12, 96, 4, 1),
            ("text.layer.attention.o_proj.all_reduce", "all_reduce", 12, 96, 4, 3),
            ("text.layer.mlp.down_proj.all_reduce", "all_reduce", 12, 96, 4, 3),
            ("model.outputs.head.logits.all_gather", "all_gather", 3, 1000, 4, 1),
        ]

    def test_bytes_are_those_of_rings(self) -> None:
        """2 (p - 1) / p of the payload for an all-reduce, half of that for an all-gather; here of bfloat16."""
        graph = la.load(LLAMA).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=4, tp_size=4))
        reduce, *_, gather = graph.transfers
        assert (reduce.payload, reduce.bytes) == (12 * 96 * 2, 12 * 96 * 2 * 6 // 4)
        assert (gather.payload, gather.bytes) == (3 * 1000 * 2, 3 * 1000 * 2 * 3 // 4)
        assert graph.transfer_bytes == (1 + 2 * 3) * reduce.bytes + gather.bytes

    def test_they_have_the_format_of_the_activations(self) -> None:
        graph = la.load(LLAMA).build(la.Schedule(engine="llmsim", tp_size=2, activation_dtype="float32"))
        assert {transfer.dtype for transfer in graph.transfers} == {"float32"}

    @pytest.mark.parametrize("name", ["falcon", "gptj", "gpt_neox", "phi", "codegen"])
    def test_parallel_mixers_are_added_up_together(self, name: str) -> None:
        for source in CONFIGS[name]:
            model = la.load(source)
            graph = built(model, {"tp_size": 2})
            if graph is None or model.spec is None:
                continue
            layers = sum(len(stack.order) for stack in model.spec.stacks)
            sublayers = {len(block.sublayers) for stack in model.spec.stacks for block in stack.blocks}
            text = [t for t in graph.transfers if t.stack == "text"]
            assert sum(t.repeat for t in text if t.kind == "all_reduce") == layers * sublayers.pop()

    def test_attention_beside_experts_is_added_up_with_them_over_all_ranks(self) -> None:
        source = next(c for c in CONFIGS["cohere2_moe"] if built(la.load(c), {"tp_size": 2, "dp_size": 2}))
        found = sent(source, tp_size=2, dp_size=2)
        assert {(rows, ranks) for name, rows, _, _, ranks, _ in found if name.endswith("experts.all_reduce")} == {
            (24, 4)
        }
        assert not any("attention" in name for name, *_ in found)

    def test_mixers_that_are_normalised_apart_are_added_up_apart(self) -> None:
        """Gemma 4's network and experts, with a norm each."""
        source = next(
            c for c in CONFIGS["gemma4_text"] if c.get("enable_moe_block") and built(la.load(c), {"tp_size": 2})
        )
        names = {name for name, *_ in sent(source, tp_size=2)}
        assert {"mlp.down_proj.all_reduce", "mixture_of_experts.experts.all_reduce"} <= names

    def test_without_deepep_all_ranks_add_up_the_experts_of_all_tokens(self) -> None:
        assert sent(QWEN3_MOE, tp_size=2, dp_size=4, ep_size=8) == [
            ("attention.o_proj.all_reduce", 12, 2048, 1, 2, 48),
            ("mixture_of_experts.experts.all_gather", 48, 2048, 1, 4, 48),
            ("mixture_of_experts.experts.all_reduce", 48, 2048, 1, 8, 48),
        ]

    def test_with_deepep_tokens_go_to_their_experts_and_back(self) -> None:
        assert sent(QWEN3_MOE, tp_size=2, dp_size=4, ep_size=8, deepep=True) == [
            ("attention.o_proj.all_reduce", 12, 2048, 1, 2, 48),
            ("mixture_of_experts.experts.dispatch", 6, 2048, 8, 8, 48),
            ("mixture_of_experts.experts.combine", 6, 2048, 8, 8, 48),
        ]

    def test_tokens_are_sent_in_the_format_that_the_experts_take(self) -> None:
        """And each comes back from every one of its experts, 7 of 8 of them on other ranks."""
        graph = la.load(BUNDLED["deepseek-ai--DeepSeek-V3"]).build(
            la.Schedule(engine="llmsim", seq_len=64, tp_size=8, ep_size=8, deepep=True)
        )
        dispatch, combine = (t for t in graph.transfers if t.kind in ("dispatch", "combine"))
        assert (dispatch.dtype, combine.dtype) == ("float8_e4m3fn", "bfloat16")
        assert (dispatch.payload, dispatch.bytes) == (8 * 7168 * 8, 58 * 8 * 7168 * 8 * 7 // 8)
        assert (combine.payload, combine.bytes) == (2 * dispatch.payload, 2 * dispatch.bytes)

    def test_what_all_ranks_need_whole_is_gathered(self) -> None:
        """Doge's mask is of the values of all key/value heads, 5 cached tokens of each sequence among them."""
        config = {**LLAMA, "model_type": "doge", "architectures": ["DogeForCausalLM"]}
        graph = la.load(config).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=4, context_len=5, tp_size=2))
        assert [(t.rows, t.width) for t in graph.transfers if "mask" in t.name] == [(3 * 9, 2 * 12)]
        adapted = la.load({"model_type": "xmod"}).build(
            la.Schedule(engine="llmsim", batch_size=3, seq_len=4, context_len=5, tp_size=2)
        )
        assert [(t.rows, t.width) for t in adapted.transfers if "adapter" in t.name] == [(12, 768)]
        source = next(config for config in CONFIGS["jetmoe"] if built(la.load(config), {"tp_size": 2}))
        graph = la.load(source).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=4, tp_size=2))
        (values,) = [t for t in graph.transfers if t.name.endswith("values.all_gather")]
        (mixture,) = [c for c in la.load(source).spec.components() if c.kind == "mixture_of_attention"]
        width = mixture.num_key_value_heads * mixture.head_dim
        assert (values.rows, values.width) == (12 * mixture.num_experts_per_tok, width)

    def test_one_group_of_ranks_needs_no_gathering(self) -> None:
        assert [name for name, *_ in sent(QWEN3_MOE, tp_size=4, ep_size=2)] == [
            "attention.o_proj.all_reduce",
            "mixture_of_experts.experts.all_reduce",
        ]

    def test_a_network_that_every_rank_runs_is_not_added_up(self) -> None:
        names = [name for name, *_ in sent(LLAMA, tp_size=2, dense_fully_dp=True)]
        assert names == ["attention.o_proj.all_reduce"]

    def test_a_norm_of_all_heads_adds_up_a_number_of_each_token(self) -> None:
        source = next(config for config in CONFIGS["olmo2"] if built(la.load(config), {"tp_size": 2}))
        graph = la.load(source).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=4, tp_size=2))
        joint = [t for t in graph.transfers if "q_norm" in t.name]
        assert [(t.kind, t.rows, t.width, t.dtype) for t in joint] == [("all_reduce", 12, 1, "float32")]


class TestCaches:
    @pytest.mark.parametrize(("tp", "parts"), [(1, 1), (2, 2), (4, 2), (8, 2)])
    def test_key_value_heads_are_split_and_then_copied(self, tp: int, parts: int) -> None:
        """Two of them."""
        graph = la.load(LLAMA).build(la.Schedule(engine="llmsim", tp_size=tp))
        assert graph.rank_kv_cache_bytes(100) == 3 * 2 * 2 * 12 * 100 * 2 // parts
        assert graph.kv_cache_bytes(100) == 3 * 2 * 2 * 12 * 100 * 2

    @pytest.mark.parametrize(("tp", "kv_heads"), [(1, 2), (2, 1), (4, 1), (8, 1)])
    def test_the_core_of_attention_reads_the_rank_s_keys(self, tp: int, kv_heads: int) -> None:
        graph = la.load(LLAMA).build(la.Schedule(engine="llmsim", batch_size=3, seq_len=5, context_len=7, tp_size=tp))
        cores = [op for op in graph.operators if op.kind == "attention"]
        assert {(op.batch, op.operand_elements) for op in cores} == {(3 * 8 // tp, 3 * kv_heads * 12 * 12)}

    def test_latents_and_the_keys_of_indexers_are_on_every_rank(self) -> None:
        graph = la.load(BUNDLED["deepseek-ai--DeepSeek-V3"]).build(la.Schedule(engine="llmsim", tp_size=128))
        assert graph.rank_kv_cache_bytes(100) == graph.kv_cache_bytes(100) == 61 * (512 + 64) * 100 * 2

    def test_one_group_of_a_state_space_is_on_every_rank(self) -> None:
        """The convolution keeps channels of heads, split, and those of the group's two matrices, whole."""
        source = next(
            c for c in CONFIGS["bamba"] if c.get("mamba_n_groups", 1) == 1 and built(la.load(c), {"tp_size": 4})
        )
        model = la.load(source)
        whole, part = (
            model.build(
                la.Schedule(
                    engine="llmsim",
                )
            ),
            model.build(la.Schedule(engine="llmsim", tp_size=4)),
        )
        assert model.spec is not None
        mamba: Any = next(c for c in model.spec.components() if c.kind == "mamba2")
        heads, group = mamba.num_heads * mamba.head_dim, 2 * mamba.state_size
        one, state = (cache for cache in part.caches if cache.kind == "state")
        assert one.elements_per_entry == (heads + group) * mamba.conv_kernel
        assert one.rank_bytes(0) == one.layers * (heads // 4 + group) * mamba.conv_kernel * 4
        assert state.rank_bytes(0) * 4 == state.bytes(0)
        rows = {w.name: w.rank_elements // w.count // mamba.hidden_size for w in part.weights if "in_proj" in w.name}
        assert rows["mamba2.in_proj"] == (2 * heads + mamba.num_heads) // 4 + group
        assert whole.parameters == part.parameters


class TestEncoders:
    @pytest.mark.parametrize("name", ["gpt2", "bert", "xglm", "trocr"])
    def test_keys_and_values_of_an_encoders_output_are_kept(self, name: str) -> None:
        """As `cross_attention_cache` of transformers 5.23 has them: 5 layers, 2 × 80 numbers for each of 7 tokens."""
        case = next(case for kind, case in CASES if kind == name and case["name"] == "tiny-full")
        graph = la.load({**case["config"], "add_cross_attention": True, "is_decoder": True}).build()
        alone, beside = graph.kv_cache_elements(4), graph.kv_cache_elements(4, encoder_tokens=7)
        assert (alone, beside - alone) == (5 * 2 * 80 * 4, 5600)
        assert graph.kv_cache_elements_per_token == 5 * 2 * 80
