"""The usual components of a type, read from the usual canonical parameters.

What a family fixes in its code instead of its config is an argument; a dialect that needs something else builds its
components itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from llmsim_adapters.spec.components import MLP, Attention, LatentAttention, MixtureOfExperts, Norm
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader


_ACTIVATIONS: Final = frozenset(
    """
    gegelu geglu gelu gelu_10 gelu_accurate gelu_fast gelu_new gelu_python gelu_python_tanh gelu_pytorch_tanh laplace
    leaky_relu linear mish quick_gelu relu relu2 relu6 sigmoid silu situ swiglu swigluoai swish tanh xielu
    """.split()  # noqa: SIM905
)
"""Names of activations, of which xIELU alone has trained numbers: transformers' `ACT2FN`, and Phi-3 small's."""


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
        lambda: f"is {int(kv_heads)}, which does not divide num_attention_heads ({int(heads)})",
    )
    if r.has("is_causal"):  # embedding models say it of decoders of any type
        causal = r.flag("is_causal") and causal
    causal = causal and not r.sees_both_ways
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
        lambda: f"is {int(heads)}, which does not divide hidden_size ({int(hidden)}), and the config has no head_dim",
    )
    return hidden // heads


def computed_head_dim(r: Reader) -> None:
    """Derive the size of heads where the class computes it, whatever the config says."""
    r.no_effect(("head_dim",), "the class computes it from hidden_size and num_attention_heads")
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    r.derive("head_dim", _head_dim(r, hidden, heads))


def partial_rotary(r: Reader, fraction: float) -> float:
    """Read which part of each head is rotated; transformers 5 keeps it inside `rope_parameters`."""
    said = r.number("partial_rotary_factor", least=0, most=1)
    rope = r.raw.get("rope_parameters")
    if rope.__class__ is dict and "partial_rotary_factor" in rope:
        inner = r.nested("rope_parameters", rest_costless=True)
        said = inner.number("partial_rotary_factor", least=0, most=1) if inner is not None else None
    return fraction if said is None else said


def latent_attention(
    r: Reader, *, bias: bool = False, counts_kv_heads: bool = True, rotated: bool = True
) -> LatentAttention:
    """Read multi-head latent attention. Key/value heads and head sizes follow from others; the config may say them.

    Where nothing `counts_kv_heads`, their key may say anything. One that isn't `rotated` has no positions.
    """
    hidden = r.size("hidden_size")
    heads = r.size("num_attention_heads")
    nope, rope = r.size("qk_nope_head_dim"), r.size("qk_rope_head_dim") if rotated else r.count("qk_rope_head_dim")
    r.check("qk_rope_head_dim", rotated or not rope, lambda: f"is {int(rope)}; the type's attention has no positions")
    if counts_kv_heads:
        r.agree("num_key_value_heads", heads, "num_attention_heads: every head has its own expanded keys")
    else:
        r.no_effect(("num_key_value_heads",), "every head has its own expanded keys, whatever it says")
    computed = ("qk_head_dim",) if "head_dim" in r.parameters else ("qk_head_dim", "head_dim")  # which others may have
    r.no_effect(computed, "the type computes it from qk_nope_head_dim and qk_rope_head_dim")
    partial_rotary(r, 1.0)
    r.no_effect(("partial_rotary_factor",), "rotation is elementwise")
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
    """Read a dense feed-forward network, of the usual width unless another is given.

    xIELU has two trained numbers in each layer, and two constants that checkpoints store.
    """
    name = activation(r)
    size = r.size("intermediate_size") if width is None else width
    r.check("intermediate_size", size > 0, "leaves the feed-forward network no width")
    own = 2 if name == "xielu" else 0
    return MLP(
        hidden_size=r.size("hidden_size"),
        intermediate_size=size,
        activation=name,
        gated=gated,
        bias=bias,
        activation_parameters=own,
        activation_constants=own,
    )


def activation(r: Reader, key: str = "hidden_act") -> str:
    """Read the activation's name; swish is another name of SiLU. One that is not known may have trained numbers."""
    name = r.text(key)
    if name is None:
        return "silu"
    if name not in _ACTIVATIONS:
        r.inferred(key, f"no activation {printable(name, 40)!r} is known: taken to have no trained numbers")
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
    r.check(
        "num_experts_per_tok",
        top_k <= experts,
        lambda: f"is {int(top_k)}, more than there are experts ({int(experts)})",
    )
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
