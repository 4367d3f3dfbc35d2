"""The inferring dialect: a config of a type that nobody declared, read by its keys alone.

Each assumption that no key confirms is an `inferred` gap, so that such a model is never better than partially
supported, and its figures are as good as the list of assumptions says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly import (
    attention,
    decoder,
    latent_attention,
    layers,
    mixture_of_experts,
    mlp,
    windowed,
)
from llmsim_adapters.dialects.dialect import Dialect
from llmsim_adapters.dialects.patterns import dense_first, qwen_windows, sparse_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.inferred(
        "layers",
        "pre-norm layers of attention and a feed-forward network, with RMS norms and rotary positions",
    )
    mixer: Component | Sequence[Component]
    if r.has("kv_lora_rank") and r.has("qk_rope_head_dim"):
        mixer = latent_attention(r, bias=_bias(r, "attention_bias"))
    else:
        mixer = _windows(r, _attention(r))
    feed_forward = _feed_forward(r)
    if not r.has("tie_word_embeddings"):
        r.inferred("tie_word_embeddings", "no key says so: the head is taken to have a table of its own")
    return decoder(r, mixer, feed_forward)


def _attention(r: Reader) -> Attention:
    bias = _bias(r, "qkv_bias" if r.has("qkv_bias") else "attention_bias")
    if not r.has("num_key_value_heads"):
        r.inferred("num_key_value_heads", "no key says so: every query head is taken to have its own")
    if not r.has("head_dim"):
        r.inferred("head_dim", "no key says so: taken to be hidden_size // num_attention_heads")
    if not r.has("qk_norm"):
        r.inferred("qk_norm", "no key says so: query and key heads are taken not to be normalised")
    return attention(r, bias=bias, qk_norm=r.flag("qk_norm"))


def _windows(r: Reader, base: Attention) -> Attention | list[Attention]:
    if r.has("use_sliding_window"):
        return qwen_windows(r, base)
    if r.has("sliding_window") and not r.has("layer_types"):
        r.inferred("sliding_window", "no key says which layers have the window: taken to be all")
    return windowed(r, base, [r.has("sliding_window")] * layers(r))


def _feed_forward(r: Reader) -> Component | list[Component]:
    bias = _bias(r, "mlp_bias")
    r.inferred("mlp", "feed-forward networks are taken to be gated")
    if not r.has("num_experts"):
        return mlp(r, bias=bias)
    r.inferred("router", "experts are taken to be gated, the router to have no bias, shared experts no gate")
    if not r.has("moe_intermediate_size"):
        r.inferred("moe_intermediate_size", "no key says so: experts are taken to be of intermediate_size")
        r.stand_in("moe_intermediate_size", "intermediate_size")
    if r.has("first_k_dense_replace"):
        return dense_first(r, lambda: mlp(r, bias=bias), mixture_of_experts(r))
    if r.has("decoder_sparse_step"):
        return sparse_step(r, lambda reader: mlp(reader, bias=bias), mixture_of_experts)
    r.inferred("experts", "no key says which layers have experts: taken to be all")
    r.no_effect(("intermediate_size",), "no layer is taken to have a dense feed-forward network")
    return mixture_of_experts(r)


def _bias(r: Reader, name: str) -> bool:
    if not r.has(name):
        r.inferred(name, "no key says so: taken to be absent")
    return r.flag(name)


DIALECT: Final = Dialect("", read, defaults={"moe_layer_freq": 1, "decoder_sparse_step": 1})
