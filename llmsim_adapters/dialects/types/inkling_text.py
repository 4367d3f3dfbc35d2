"""Inkling: convolutions of keys, values and what each mixer returns, and logits of distances in place of positions.

Sliding layers have heads of their own number and size; the router weighs the shared experts too. Source: transformers
`InklingTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.linear_attention import untied
from llmsim_adapters.dialects.assembly.patterns import experts_where, mlp_layer_types
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.spec.components import Attention, ConvolvedResidual, KeyValueConvolution, Norm, RelativeLogits
from llmsim_adapters.spec.model import Block, Sublayer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec, Stack

_FULL: Final = "hybrid"
_SLIDING: Final = "hybrid_sliding"
SIZES: Final = {
    False: ("num_attention_heads", "num_key_value_heads", "head_dim", "rel_extent"),
    True: ("swa_num_attention_heads", "swa_num_key_value_heads", "swa_head_dim", "sliding_window"),
}
"""Heads, key/value heads, their size and how far distances have logits, of full and of sliding layers."""


def read(r: Reader) -> ModelSpec:
    if r.has("dense_intermediate_size") and r.has("intermediate_size"):
        r.no_effect(("moe_intermediate_size",), "beside dense_intermediate_size, intermediate_size is that of experts")
        r.stand_in("moe_intermediate_size", "intermediate_size")
        r.stand_in("intermediate_size", "dense_intermediate_size")
    hidden = r.size("hidden_size")
    plain = ConvolvedResidual(hidden_size=hidden, conv_kernel=r.size("conv_kernel"))
    scaled = replace(plain, scaled=True)

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return Sublayer((mixer,), (norm,), residual=plain), Sublayer((feed_forward,), (norm,), residual=scaled)

    sliding, later = slides(r), _later(r)
    mixers = {kind: attention(r, sliding=kind) for kind in sorted({*sliding, *later})}
    without_layers(r, mixers)
    mtp = _next_tokens(r, mixers, later, (plain, scaled))
    is_sparse = mlp_layer_types(r, lambda: _after_dense(r))
    if r.has("mlp_layer_types"):
        r.no_vote(("dense_mlp_idx",), "mlp_layer_types", "which layers have experts")
    feed_forward = experts_where(r, is_sparse, lambda: mlp(r), lambda: _experts(r))
    mixing = [mixers[kind] for kind in sliding]
    return untied(r, decoder(r, mixing, feed_forward, layout=layout, inputs=(Norm(hidden),), mtp=mtp))


def attention(r: Reader, *, sliding: bool) -> Attention:
    heads, kv_heads, head_dim, extent = (r.size(name) for name in SIZES[sliding])
    fits = heads % kv_heads == 0
    r.check(SIZES[sliding][1], fits, lambda: f"is {int(kv_heads)}, which does not divide the {int(heads)} heads")
    hidden, channels = r.size("hidden_size"), kv_heads * head_dim
    convolution = KeyValueConvolution(
        input_size=hidden,
        num_key_value_heads=kv_heads,
        key_channels=channels,
        value_channels=channels,
        kernel=r.size("conv_kernel"),
    )
    logits = RelativeLogits(input_size=hidden, num_attention_heads=heads, size=r.size("d_rel"), extent=extent)
    return Attention(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=head_dim,
        q_norm=Norm(head_dim),
        k_norm=Norm(head_dim),
        window=extent if sliding else None,
        rotary_fraction=0.0,
        options=(convolution, logits),
    )


def without_layers(r: Reader, kinds: Collection[bool]) -> None:
    """Read the sizes of a kind of attention that no layer has."""
    for kind in {False, True}.difference(kinds):
        r.no_effect(SIZES[kind], "no layer slides" if kind else "every layer slides")


def _experts(r: Reader) -> MixtureOfExperts:
    experts = mixture_of_experts(r, score_correction_bias="buffer")
    return replace(experts, scored_shared_experts=r.count("num_shared_experts"))


def slides(r: Reader) -> list[bool]:
    """`layer_types`, else the layers in `local_layer_ids`, else all but every sixth."""
    count = layers(r)
    kinds = r.words("layer_types", (_FULL, _SLIDING), count)
    if kinds is not None:
        r.no_vote(("local_layer_ids",), "layer_types", "which layers slide")
        return [kind == _SLIDING for kind in kinds]
    numbers = r.indices("local_layer_ids")
    return [(i + 1) % 6 != 0 if numbers is None else i in numbers for i in range(count)]


def _after_dense(r: Reader) -> list[bool]:
    first = r.count("dense_mlp_idx")
    return [i >= first for i in range(layers(r))]


def _later(r: Reader) -> list[bool]:
    """Which of the layers that predict tokens after the next one slide."""
    count = prediction_modules(r)
    if not count:
        r.no_effect(("mtp_local_layer_ids", "chain_hidden_post_norm"), "there is no multi-token prediction")
        return []
    numbers = r.indices("mtp_local_layer_ids") or ()
    return [i in numbers for i in range(count)]


def _next_tokens(
    r: Reader, mixers: Mapping[bool, Attention], slides: list[bool], residuals: tuple[Component, ...]
) -> Stack | None:
    """Return the stack of multi-token prediction: its layers are dense, and have one last norm together or none."""
    kinds = sorted(set(slides))
    blocks = []
    stack = None
    for kind in kinds:
        stack = next_token_stack(r, len(slides), mixers[kind], mlp(r))
        if stack is not None:
            name = "sliding_module" if kind else "module"
            blocks.append(Block(name, _unnormed(stack.blocks[0].sublayers, residuals)))
    if stack is None:
        return None
    after = (Norm(r.size("hidden_size")),) if r.flag("chain_hidden_post_norm") else ()
    return replace(stack, blocks=tuple(blocks), order=tuple(kinds.index(kind) for kind in slides), after=after)


def _unnormed(sublayers: tuple[Sublayer, ...], residuals: tuple[Component, ...]) -> tuple[Sublayer, ...]:
    """Return the sublayers with these residuals, and a head that has no norm of its own."""
    join, mixer, feed_forward, predict = sublayers
    first, second = residuals
    inner = replace(mixer, residual=first), replace(feed_forward, residual=second)
    return (join, *inner, replace(predict, pre_norms=()))


DIALECT = Dialect(
    "inkling_text",
    read,
    aliases={"conv_kernel_size": "conv_kernel", "sconv_kernel_size": "conv_kernel"},
    neutral={"shared_expert_sink": True},
    costless={
        "log_scaling_alpha": "a factor on queries and logits: elementwise",
        "log_scaling_n_floor": "a factor on queries and logits: elementwise",
        "logits_mup_width_multiplier": "a factor on the last hidden states: elementwise",
        "mtp_hidden_states_first": "in which order two halves of an input are joined",
        "number_of_conv_states": "follows from the code: keys, values and both mixers' results",
        "rms_norm_eps_moe_gate": "an addend inside a norm: elementwise",
        "route_scale": "a factor on the experts' weights: elementwise",
        "unpadded_vocab_size": "logits beyond it are dropped after the product, which has vocab_size rows",
        "shared_expert_sink": "transformers' class has no other routing, SGLang's has",
    },
    defaults={
        "vocab_size": 201024,
        "hidden_size": 6144,
        "intermediate_size": 24576,
        "num_hidden_layers": 66,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "swa_num_attention_heads": 64,
        "swa_num_key_value_heads": 16,
        "swa_head_dim": 128,
        "sliding_window": 512,
        "d_rel": 16,
        "rel_extent": 1024,
        "local_layer_ids": None,
        "layer_types": None,
        "mlp_layer_types": None,
        "conv_kernel": 4,
        "hidden_act": "silu",
        "moe_intermediate_size": 3072,
        "num_experts": 256,
        "num_experts_per_tok": 6,
        "num_shared_experts": 2,
        "num_nextn_predict_layers": None,
        "mtp_local_layer_ids": None,
        "chain_hidden_post_norm": False,
        "tie_word_embeddings": False,
    },
)
