"""Gemma 4's text model: wider heads in full layers, borrowed caches, per-layer embeddings, experts beside the MLP.

Source: transformers `Gemma4TextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import each_layer, per_layer_config
from llmsim_adapters.dialects.assembly.per_layer import borrowed, lenders, per_layer_embedding, with_per_layer_input
from llmsim_adapters.dialects.types import gemma3_text
from llmsim_adapters.spec.components import Norm, Scale
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec

_EXPERT_KEYS = ("num_experts", "num_experts_per_tok", "moe_intermediate_size")


def read(r: Reader) -> ModelSpec:
    return decoding(r)


def decoding(r: Reader, *, drafts: bool = False) -> ModelSpec:
    """Read the decoder; one that `drafts` has no layer to borrow a cache from, but the target."""
    mixers = attentions(r)
    owners = () if drafts else lenders(r, [mixer.window is None for mixer in mixers])
    first_borrower = 0 if drafts else len(mixers) - r.count("num_kv_shared_layers")
    dense = wide = mlp(r)
    if not owners and not drafts:
        r.no_effect(("use_double_wide_mlp",), "no layer borrows a cache")
    elif r.flag("use_double_wide_mlp"):
        wide = mlp(r, width=2 * r.size("intermediate_size"))
    spec = decoder(
        r,
        borrowed(mixers, owners),
        [dense if i < first_borrower else wide for i in range(len(mixers))],
        layout=layout(r),
        inputs=per_layer_embedding(r),
        softcap=r.number("final_logit_softcapping", least=0),
    )
    (text,) = spec.stacks
    return replace(spec, stacks=(replace(text, cache_of=owners),))


def attentions(r: Reader, *, same: bool | None = None) -> list[Attention]:
    """Read the attention of each layer; the last one always sees everything.

    `same`: whether keys are values in those that do, where no key says so.
    """
    count, whom = layers(r), r.text("use_bidirectional_attention")
    r.check("use_bidirectional_attention", whom in (None, "all", "vision"), "expected 'all', 'vision' or null")
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True, causal=whom != "all")
    base = replace(base, v_norm=Norm(base.head_dim, gain=False))
    mixers = each_layer(windowed(r, base, [(i + 1) % 6 != 0 for i in range(count)], both_sides=not base.causal), count)
    wide = [i for i, mixer in enumerate(mixers) if mixer.window is None or i == count - 1]
    full = full_attention(r, base, wide, r.flag("attention_k_eq_v") if same is None else same)
    return [full if i in wide else mixer for i, mixer in enumerate(mixers)]


def full_attention(r: Reader, base: Attention, wide: list[int], same: bool) -> Attention:
    """Read the sizes that the layers without a window have of their own; with the `same` projection keys are values."""
    if r.has("per_layer_config"):
        r.no_effect(("global_head_dim", "num_global_key_value_heads"), "per_layer_config says each layer's sizes")
        head_dim, kv_heads = _overrides(r, base, wide)
    else:
        head_dim, kv_heads = r.size("global_head_dim"), base.num_key_value_heads
        if same:
            kv_heads = r.optional_size("num_global_key_value_heads") or kv_heads
        else:
            r.no_effect(("num_global_key_value_heads",), "only models that use keys as values have it")
    r.check(
        "num_global_key_value_heads",
        base.num_attention_heads % kv_heads == 0,
        lambda: f"is {int(kv_heads)}, which does not divide num_attention_heads ({int(base.num_attention_heads)})",
    )
    norm = Norm(head_dim)
    return replace(
        base,
        head_dim=head_dim,
        num_key_value_heads=kv_heads,
        q_norm=norm,
        k_norm=norm,
        v_norm=Norm(head_dim, gain=False),
        keys_as_values=same,
    )


def _overrides(r: Reader, base: Attention, wide: list[int]) -> tuple[int, int]:
    """Read `per_layer_config`, which has to say the same of all layers without a window, and nothing of the others."""
    found = {
        number: (layer.optional_size("head_dim"), layer.optional_size("num_key_value_heads"))
        for number, layer in per_layer_config(r, layers(r)).items()
    }
    if found and (sorted(found) != wide or len(set(found.values())) != 1):
        r.refuse("per_layer_config", sorted(found), "one set of sizes for exactly the layers with full attention")
    head_dim, kv_heads = next(iter(found.values()), (None, None))
    return (
        base.head_dim if head_dim is None else r.derive("global_head_dim", int(head_dim)),
        base.num_key_value_heads if kv_heads is None else r.derive("num_global_key_value_heads", int(kv_heads)),
    )


def layout(r: Reader) -> Layout:
    """Return the layout of a layer, which ends with a stored factor."""
    experts = None
    if r.flag("enable_moe_block"):
        experts = scaled_experts(r)
    else:
        r.no_effect(_EXPERT_KEYS, "enable_moe_block is false")
    inner = with_per_layer_input(r, lambda mixer, feed_forward, norm: beside(mixer, feed_forward, norm, experts))
    return lambda mixer, feed_forward, norm: (*inner(mixer, feed_forward, norm), FACTOR)


FACTOR: Final = Sublayer((Scale(size=1, trained=False),), skip=False)
"""The stored factor of a layer's results."""


def scaled_experts(r: Reader) -> MixtureOfExperts:
    """Read experts, each with a factor of its own, whose router normalises what it gets."""
    routed = mixture_of_experts(r)
    return replace(routed, router_norm=Norm(routed.hidden_size), expert_scales=True)


def beside(
    mixer: Component, feed_forward: Component, norm: Norm, experts: MixtureOfExperts | None
) -> tuple[Sublayer, ...]:
    """Norms before and after; experts run beside the feed-forward network, and their sum is normalised once more."""
    if experts is None:
        return sandwich_norm(mixer, feed_forward, norm)
    attend, _ = sandwich_norm(mixer, feed_forward, norm)
    return attend, Sublayer((feed_forward, experts), (norm, norm), (norm, norm, norm))


DIALECT = gemma3_text.DIALECT.like(
    "gemma4_text",
    read=read,
    text_only=("Gemma4ForCausalLM",),
    aliases={"top_k_experts": "num_experts_per_tok"},
    vocab_size=262144,
    num_hidden_layers=30,
    sliding_window=512,
    use_bidirectional_attention=None,
    vocab_size_per_layer_input=262144,
    hidden_size_per_layer_input=256,
    attention_k_eq_v=False,
    num_kv_shared_layers=0,
    enable_moe_block=False,
    use_double_wide_mlp=False,
    num_experts=None,
    num_experts_per_tok=None,
    moe_intermediate_size=None,
    global_head_dim=512,
)
