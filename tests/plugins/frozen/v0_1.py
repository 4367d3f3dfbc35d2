"""A plugin as one could be written for 0.1, by every hook and most public names. Never edit it: it is what users have.

`tests/test_compatibility.py` holds it to the figures that it had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import llmsim_adapters as la

# A component with a part, a buffer, a grouped matrix, both kinds of cache, a state, an option and a feature.


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixer(la.Component):
    kind: ClassVar[str] = "frozen_mixer"

    hidden_size: int
    num_heads: int
    num_kv_heads: int
    head_dim: int
    window: int
    stride: int
    rank: int | None = None
    q_norm: la.Norm | None = None
    gated: bool = False

    def parts(self) -> tuple[la.Component, ...]:
        return () if self.q_norm is None else (self.q_norm,)


def lower(mixer: Mixer, site: la.Site) -> None:
    step: la.Step = site.step
    hidden, heads, kv_heads, width = mixer.hidden_size, mixer.num_heads, mixer.num_kv_heads, mixer.head_dim
    site.split_heads(heads, kv_heads)
    inputs = hidden
    if mixer.rank is not None:
        site.linear("q_a_proj", hidden, mixer.rank, "replicated", bias=True)
        inputs = mixer.rank
    site.linear("q_proj", inputs, heads * width, "heads")
    if mixer.q_norm is not None:
        site.norm("q_norm", mixer.q_norm, step.tokens * site.local(heads, "heads"))
    site.linear("kv_proj", hidden, 2 * kv_heads * width, "kv_heads", quantized=False)
    site.weight("sinks", (heads,), "heads")
    site.weight("decay", (heads,), "heads", "buffer", "float32")
    site.attend(heads=heads, kv_heads=kv_heads, key_dim=width, value_dim=width, window=mixer.window, causal=True)
    site.cache("key_value", 2 * kv_heads * width, "kv_heads", window=mixer.window)
    site.cache("key_value", 2 * kv_heads * width, "kv_heads", stride=mixer.stride)
    site.cache("state", 2 * hidden, "replicated", dtype="float32")
    dtype = site.matrix("pool", (kv_heads, width, mixer.stride * width), "kv_heads")
    made = step.batch_size * step.new_entries(mixer.stride)
    site.product(
        "pool",
        made,
        width,
        mixer.stride * width,
        kv_heads * width * mixer.stride * width,
        dtype,
        batch=kv_heads,
        kind="linear",
        sharding="kv_heads",
    )
    length = la.minimum(step.kv_length(mixer.window), la.maximum(step.entries(mixer.stride), 1))
    site.product(
        "pooled_scores",
        step.seq_len,
        length,
        width,
        step.batch_size * length * width,
        step.cache_dtype,
        batch=step.batch_size * site.local(heads, "heads"),
        kind="attention",
        pairs=step.pairs(mixer.window, True),
        full_pairs=step.seq_len * step.kv_length(mixer.window),
    )
    if mixer.gated:
        site.linear("gate_proj", hidden, la.ceil_div(heads * width, 2) * 2, "heads")
    site.lower(la.MLP(hidden_size=hidden, intermediate_size=2 * hidden, gated=False, bias=True), "inner")
    site.linear("o_proj", heads * width, hidden, "row")


FEATURES = (
    la.Feature("frozen_gate", "a gate", Mixer, lambda m: m.gated, lambda m: replace(m, gated=False)),
    la.Feature(
        name="frozen_norm",
        summary="a norm of queries",
        on=Mixer,
        present=lambda m: m.q_norm is not None,
        remove=lambda m: replace(m, q_norm=None),
    ),
    la.Feature("frozen_name", "a name", la.Block, lambda b: b.name == "odd", lambda b: b, costless="only a name"),
)

# A dialect that asks everything of the reader and puts the spec together by hand; one by the helpers; one like another.


def read(r: la.Reader) -> la.ModelSpec:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    head_dim = r.size_or("head_dim", lambda: hidden // heads)
    stride = r.derive("frozen_stride", 2 * r.size("frozen_half_stride"))
    r.check("frozen_half_stride", stride <= r.size("sliding_window"), "is more than the window")
    inner = r.nested("frozen_options")
    rank = None if inner is None else inner.optional_size("rank")
    mixer = Mixer(
        hidden_size=hidden,
        num_heads=heads,
        num_kv_heads=r.size_or("num_key_value_heads", lambda: heads),
        head_dim=head_dim,
        window=r.size("sliding_window"),
        stride=stride,
        rank=rank,
        q_norm=la.Norm(head_dim) if r.flag("frozen_norm") else None,
        gated=r.text("frozen_kind") == "gated",
    )
    r.agree("frozen_width", heads * head_dim, "heads times their size")
    r.no_effect(("frozen_note",), "it is a note")
    if r.count("frozen_extra") or (r.number("frozen_scale") or 1.0) != 1.0 or r.has("frozen_towers"):
        r.not_modelled("frozen_extra")
    kinds = r.sequence("layer_types", r.size("num_hidden_layers")) or ()
    norm = la.Norm(hidden, "layer", bias=True)
    mlp = la.MLP(hidden_size=hidden, intermediate_size=r.size("intermediate_size"), activation="gelu")
    attention = la.Attention(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=mixer.num_kv_heads,
        head_dim=head_dim,
        window=mixer.window,
    )
    blocks = tuple(
        la.Block(name, (la.Sublayer((first,), (norm,)), la.Sublayer((mlp,), (norm,), (norm,))))
        for name, first in (("odd", mixer), ("even", attention))
    )
    order = tuple(0 if kind == "frozen" else 1 for kind in kinds)
    vocab, tied = r.size("vocab_size"), r.flag("tie_word_embeddings")
    head = la.Head(vocab_size=vocab, hidden_size=hidden, weight_of="embedding" if tied else "itself")
    return la.ModelSpec(
        r.model_type,
        (la.Stack("text", blocks, order, after=(norm,)),),
        (la.Embedding(vocab_size=vocab, hidden_size=hidden),),
        (head,),
        dtype="bfloat16",
    )


FROZEN = la.Dialect(
    "frozen",
    read,
    defaults={"num_key_value_heads": None, "head_dim": None, "frozen_norm": False, "tie_word_embeddings": False},
    aliases={"frozen_window": "sliding_window"},
    costless={"frozen_seed": "initial weights: training only"},
)


def read_moe(r: la.Reader) -> la.ModelSpec:
    attention = la.attention(r, bias=True, qk_norm=True)
    count = r.size("num_hidden_layers")
    mixers = la.windowed(r, attention, [i % 2 == 0 for i in range(count)])
    experts, dense = la.mixture_of_experts(r), la.mlp(r, bias=True)
    return la.decoder(r, mixers, [dense] + [experts] * (count - 1), layout=la.sandwich_norm)


MOE = la.Dialect("frozen_moe", read_moe, {"hidden_act": "silu", "head_dim": None, "num_shared_experts": 0})
LATENT = MOE.like("frozen_latent", read=lambda r: la.decoder(r, la.latent_attention(r), la.mlp(r), layout=la.post_norm))
PARALLEL = MOE.like("frozen_parallel", read=lambda r: la.decoder(r, la.attention(r), la.mlp(r), layout=la.parallel))
LIKE = la.dialect("llama").like("frozen_llama", aliases={"frozen_depth": "num_hidden_layers"}, tie_word_embeddings=True)

# A builder that leaves all to the host, and one that says and does more.


class Plain(la.Builder):
    name = "frozen_plain"
    requirements = la.Requirements(
        categories=frozenset({la.Category.DENSE, la.Category.MOE, la.Category.MLA}),
        parameters=("hidden_size", "num_hidden_layers", "num_attention_heads"),
        parameters_of={la.Category.MOE: ("num_experts", "num_experts_per_tok")},
        components=frozenset(
            {"norm", "embedding", "head", "attention", "mlp", "mixture_of_experts", "latent_attention"}
        ),
        features=frozenset(
            {"tied_embeddings", "attention_bias", "qk_norm", "sliding_window", "mixed_attention", "post_norms"}
            | {"mlp_bias", "dense_layers", "parallel_mixers", "no_pre_norm", "query_compression", "shared_experts"}
            | {"attention_output_bias"}
        ),
    )


class Frozen(la.Builder):
    name = "frozen"
    requirements = la.Requirements(
        categories=frozenset({la.Category.DENSE}),
        parameters=("hidden_size", "num_hidden_layers", "num_attention_heads", "sliding_window"),
        components=frozenset({"norm", "embedding", "head", "attention", "mlp", "frozen_mixer"}),
        features=frozenset(
            {"frozen_gate", "frozen_norm", "frozen_name", "tied_embeddings", "sliding_window", "activation"}
            | {"layer_norm", "norm_bias", "post_norms", "plain_mlp", "mlp_bias"}
        ),
    )

    def claim(self, reading: la.Reading, claim: la.Claim) -> la.Claim:
        parameter: la.Parameter | None = reading.parameters.get("sliding_window")
        if parameter is None or parameter.origin is la.Origin.DEFAULTED or reading.model_type != "frozen":
            refused = la.Gap(la.GapKind.UNSUPPORTED_FEATURE, "frozen", "it is for frozen models")
            return claim._replace(claims=False, gaps=(*claim.gaps, refused))
        return claim

    def build(self, spec: la.ModelSpec, schedule: la.Schedule, wire: la.Wire) -> la.OperatorGraph:
        if schedule.batch_size > 1000:
            raise la.ScheduleError("schedule field `batch_size` is more than 1000")
        return wire(spec, schedule)


@la.hookimpl
def llmsim_register_components() -> list[la.ComponentKind]:
    return [la.ComponentKind(Mixer, lower, FEATURES)]


@la.hookimpl
def llmsim_register_dialects() -> list[la.Dialect]:
    return [FROZEN, MOE, LATENT, PARALLEL, LIKE]


@la.hookimpl
def llmsim_register_builders() -> list[type[la.Builder]]:
    return [Plain, Frozen]
