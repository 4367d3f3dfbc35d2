"""The common parts of dialects: from a reader to components, and from components to a decoder.

Each function reads the usual canonical parameters; what a family fixes in its code instead of its config is an
argument. A dialect that needs something else builds its components itself.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING, Final, Literal

from llmsim_adapters.dialects.layouts import pre_norm
from llmsim_adapters.spec.components import (
    MLP,
    Attention,
    Component,
    Embedding,
    Head,
    LatentAttention,
    MixtureOfExperts,
    NextTokenInput,
    Norm,
)
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.spec.quick import replace
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.layouts import Layout
    from llmsim_adapters.dialects.reader import Reader

FULL: Final = "full_attention"
SLIDING: Final = "sliding_attention"


def attention(
    r: Reader,
    *,
    bias: bool = False,
    o_bias: bool | None = None,
    qk_norm: bool = False,
    kv_heads: int | None = None,
    rotary_fraction: float = 1.0,
    causal: bool = True,
    softcap: float | None = None,
    floor: bool = False,
) -> Attention:
    """Read grouped-query attention.

    Null or absent key/value heads are as many as query heads, and a null or absent head size is
    hidden_size / num_attention_heads, which then has to divide, or with `floor` is rounded down. `bias` is that of
    queries, keys and values, and of the output too unless `o_bias` says otherwise. `qk_norm` is an RMS norm of each
    query and key head. `kv_heads` and `rotary_fraction` are what the type fixes: the first whatever the config says,
    the second where it says nothing. What is rarer is set on the result by `dataclasses.replace`.
    """
    hidden = r.size("hidden_size")
    heads = r.size("num_attention_heads")
    if kv_heads is None:
        kv_heads = r.size_or("num_key_value_heads", lambda: heads)
    head_dim = r.size_or("head_dim", lambda: hidden // heads if floor else _head_dim(r, hidden, heads))
    r.check(
        "num_key_value_heads",
        heads % kv_heads == 0,
        f"is {int(kv_heads)}, which does not divide num_attention_heads ({int(heads)})",
    )
    if r.has("is_causal"):  # embedding models say it of decoders of any type
        causal = r.flag("is_causal") and causal
    norm = Norm(head_dim) if qk_norm else None
    return Attention(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=head_dim,
        qkv_bias=bias,
        o_bias=bias if o_bias is None else o_bias,
        q_norm=norm,
        k_norm=norm,
        rotary_fraction=partial_rotary(r, rotary_fraction),
        causal=causal,
        softcap=softcap,
    )


def _head_dim(r: Reader, hidden: int, heads: int) -> int:
    r.check(
        "num_attention_heads",
        hidden % heads == 0,
        f"is {int(heads)}, which does not divide hidden_size ({int(hidden)}), and the config has no head_dim",
    )
    return hidden // heads


def partial_rotary(r: Reader, fraction: float) -> float:
    """Read which part of each head is rotated; transformers 5 keeps it inside `rope_parameters`."""
    said = r.number("partial_rotary_factor")
    rope = r.raw.get("rope_parameters")
    if rope.__class__ is dict and "partial_rotary_factor" in rope:
        inner = r.nested("rope_parameters", rest_costless=True)
        said = inner.number("partial_rotary_factor") if inner is not None else None
    if said is None:
        return fraction
    if not 0 <= said <= 1:
        r.refuse("partial_rotary_factor", said, "a number from 0 to 1")
    return said


def latent_attention(r: Reader, *, bias: bool = False) -> LatentAttention:
    """Read multi-head latent attention. Key/value heads and head sizes follow from others; the config may say them."""
    hidden = r.size("hidden_size")
    heads = r.size("num_attention_heads")
    nope, rope = r.size("qk_nope_head_dim"), r.size("qk_rope_head_dim")
    r.agree("num_key_value_heads", heads, "num_attention_heads: every head has its own expanded keys")
    computed = ("qk_head_dim",) if "head_dim" in r.parameters else ("qk_head_dim", "head_dim")  # which others may have
    r.no_effect(computed, "the type computes it from qk_nope_head_dim and qk_rope_head_dim")
    return LatentAttention(
        hidden_size=hidden,
        num_attention_heads=heads,
        q_lora_rank=r.optional_size("q_lora_rank"),
        kv_lora_rank=r.size("kv_lora_rank"),
        qk_nope_head_dim=nope,
        qk_rope_head_dim=rope,
        v_head_dim=r.size_or("v_head_dim", lambda: _head_dim(r, hidden, heads)),
        bias=bias,
    )


def mlp(r: Reader, *, width: int | None = None, bias: bool = False, gated: bool = True) -> MLP:
    """Read a dense feed-forward network, of the usual width unless another is given."""
    return MLP(
        hidden_size=r.size("hidden_size"),
        intermediate_size=r.size("intermediate_size") if width is None else width,
        activation=activation(r),
        gated=gated,
        bias=bias,
    )


def activation(r: Reader) -> str:
    """Read the activation's name; swish is another name of SiLU."""
    name = r.text("hidden_act") or "silu"
    return "silu" if name == "swish" else name


def mixture_of_experts(
    r: Reader,
    *,
    score_correction_bias: Literal["buffer", "parameter"] | None = None,
    shared_bias: bool = False,
    gated: bool = True,
) -> MixtureOfExperts:
    """Read routed experts; `num_shared_experts` of the same shape are one MLP of their joint width.

    With `shared_bias` that MLP is there even without shared experts: of it, the output's bias is left.
    """
    hidden = r.size("hidden_size")
    experts, top_k = r.size("num_experts"), r.size("num_experts_per_tok")
    r.check("num_experts_per_tok", top_k <= experts, f"is {int(top_k)}, more than there are experts ({int(experts)})")
    width = r.size("moe_intermediate_size")
    count = r.count("num_shared_experts")
    act = activation(r)
    shared = None
    if count or shared_bias:
        shared = MLP(hidden_size=hidden, intermediate_size=width * count, activation=act, gated=gated, bias=shared_bias)
    return MixtureOfExperts(
        hidden_size=hidden,
        num_experts=experts,
        num_experts_per_tok=top_k,
        moe_intermediate_size=width,
        activation=act,
        gated=gated,
        score_correction_bias=score_correction_bias,
        shared=shared,
    )


def layers(r: Reader) -> int:
    """Read how many layers the decoder has."""
    return r.size("num_hidden_layers")


def windowed(
    r: Reader, base: Attention, sliding: Sequence[bool], *, both_sides: bool = False
) -> Attention | list[Attention]:
    """Return the attention of each layer, where `sliding` says which ones have the window of the config.

    An explicit `layer_types` in the config takes the place of `sliding`. With `both_sides` the config's window is that
    of earlier and later tokens together.
    """
    kinds = r.sequence("layer_types", len(sliding))
    if kinds is not None:
        for kind in kinds:
            if kind not in (FULL, SLIDING):
                r.refuse("layer_types", kind, f"a list of {FULL!r} and {SLIDING!r}")
                return base
        sliding = [kind == SLIDING for kind in kinds]
    if not any(sliding):
        r.no_effect(("sliding_window",), "no layer has sliding attention")
        return base
    window = r.optional_size("sliding_window")
    if window is None:
        return base
    narrow = replace(base, window=window // 2 + 1 if both_sides else window)
    return narrow if all(sliding) else [narrow if slides else base for slides in sliding]


def decoder(
    r: Reader,
    mixer: Component | Sequence[Component],
    feed_forward: Component | Sequence[Component],
    *,
    layout: Layout = pre_norm,
    norm: Norm | None = None,
    final_norm: bool = True,
    inputs: tuple[Component, ...] = (),
    head_bias: bool = False,
    mtp: Stack | None = None,
    softcap: float | None = None,
) -> ModelSpec:
    """Return a decoder whose layers have a mixer and a feed-forward network, one for all layers or one each.

    Layers with the same parts are one block. `norm` is the model's usual one, by default an RMS norm, and `layout`
    says where a layer has it; `final_norm` is the one before the head. `inputs` stand after the token embedding.
    """
    hidden, vocab, count = r.size("hidden_size"), r.size("vocab_size"), layers(r)
    norm = norm or Norm(hidden)
    distinct, order = blocks(mixer, feed_forward, norm, layout, count)
    text = Stack("text", distinct, order, after=(norm,) if final_norm else ())
    return ModelSpec(
        model_type=r.model_type,
        stacks=(text,) if mtp is None else (text, mtp),
        inputs=(Embedding(vocab_size=vocab, hidden_size=hidden), *inputs),
        outputs=head(r, hidden, vocab, softcap, head_bias),
        dtype=dtype(r),
    )


def layer_norm(r: Reader, *, bias: bool = True) -> Norm:
    """Return the layer norm over the hidden size."""
    return Norm(r.size("hidden_size"), "layer", bias=bias)


def blocks(
    mixer: Component | Sequence[Component],
    feed_forward: Component | Sequence[Component],
    norm: Norm,
    layout: Layout,
    count: int,
) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """Return the distinct blocks of `count` layers, and which of them each layer is."""
    mixers = (mixer,) if isinstance(mixer, Component) else mixer
    feed_forwards = (feed_forward,) if isinstance(feed_forward, Component) else feed_forward
    if len(mixers) == len(feed_forwards) == 1:
        return (Block("layer", layout(mixers[0], feed_forwards[0], norm)),), (0,) * count
    # Layers with the same parts share the objects, so that identity tells them apart, at no cost.
    ids = [islice(cycle(map(id, parts)), count) for parts in (mixers, feed_forwards) if len(parts) > 1]
    keys: list[object] = list(ids[0] if len(ids) == 1 else zip(*ids, strict=True))
    distinct = dict.fromkeys(keys)
    found: list[Block] = []
    for first in map(keys.index, distinct):
        mixer, feed_forward = mixers[first % len(mixers)], feed_forwards[first % len(feed_forwards)]
        sublayers = layout(mixer, feed_forward, norm)
        name = "cross" if sublayers[0].from_encoder else _name(mixer, feed_forward)
        alike = sum(block.name.startswith(name) for block in found)
        name = f"{name}_{alike + 1}" if alike else name
        found.append(Block(name, sublayers))
    index = dict(zip(distinct, range(len(distinct)), strict=True))
    return tuple(found), tuple(map(index.__getitem__, keys))


def _name(mixer: Component, feed_forward: Component) -> str:
    if mixer is feed_forward:
        return mixer.kind
    if isinstance(mixer, Attention):
        attends = "full" if mixer.window is None else "sliding"
    else:
        attends = "latent" if isinstance(mixer, LatentAttention) else mixer.kind
    return f"{attends}_moe" if isinstance(feed_forward, MixtureOfExperts) else f"{attends}_dense"


def next_token_stack(r: Reader, count: int, *mixers: Component) -> Stack | None:
    """Return the multi-token prediction stack of `count` modules, or None where there is none.

    Each module joins the next token's embedding to the hidden state, runs one more layer of these mixers, normalises,
    and uses the main model's head (DeepSeek-V3, arXiv:2412.19437, section 2.2).
    """
    if not count:
        return None
    hidden, vocab = r.size("hidden_size"), r.size("vocab_size")
    norm = Norm(hidden)
    layer = (Sublayer((mixer,), (norm,)) for mixer in mixers)
    join = Sublayer((NextTokenInput(hidden_size=hidden),), skip=False)
    predict = Sublayer((Head(hidden_size=hidden, vocab_size=vocab, weight_of="head"),), (norm,), skip=False)
    block = Block("module", (join, *layer, predict))
    return Stack("mtp", (block,), (0,) * count, optional=True, counted_by="num_nextn_predict_layers")


def head(r: Reader, hidden: int, vocab: int, softcap: float | None = None, bias: bool = False) -> tuple[Head, ...]:
    """Read which head the architecture has, and whether it is tied to the token embedding."""
    tied = r.flag("tie_word_embeddings")
    if not r.has_language_head():
        r.no_effect(("tie_word_embeddings",), f"{printable(r.architecture)} has no language-model head")
        return ()
    weight_of: Literal["embedding", "itself"] = "embedding" if tied else "itself"
    return (Head(hidden_size=hidden, vocab_size=vocab, weight_of=weight_of, bias=bias, softcap=softcap),)


_DTYPES: Final[dict[str, Literal["float32", "float16", "bfloat16"]]] = {
    "float32": "float32",
    "float": "float32",
    "float16": "float16",
    "half": "float16",
    "bfloat16": "bfloat16",
}


def dtype(r: Reader) -> str:
    """Read the checkpoint's number format; without one it is torch's default, float32."""
    said = r.text("dtype")
    if said is None:
        return "float32"
    name = _DTYPES.get(said.removeprefix("torch."))
    if name is None:
        r.refuse("dtype", said, f"one of {', '.join(_DTYPES)}")
        return "float32"
    return name
