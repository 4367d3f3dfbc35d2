"""Llama 4: experts beside a shared one; attention in chunks, but without positions in every fourth layer.

Source: transformers `Llama4TextConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, decoder
from llmsim_adapters.dialects.assembly.patterns import experts_listed, experts_where, rotated_layers
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, MixtureOfExperts
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    feed_forward = experts_where(r, experts_listed(r), lambda: mlp(r), lambda: _experts(r))
    return decoder(r, _mixers(r), feed_forward)


def _experts(r: Reader) -> MixtureOfExperts:
    experts = mixture_of_experts(r)
    return replace(experts, shared=mlp(r, width=experts.moe_intermediate_size))


def _mixers(r: Reader) -> list[Attention]:
    """Layers with rotary positions normalise their heads, and attend in chunks unless `layer_types` says otherwise."""
    base = attention(r, bias=r.flag("attention_bias"))
    norm = Norm(base.head_dim, gain=False) if r.flag("qk_norm") else None
    rotates = rotated_layers(r)
    in_chunks = _in_chunks(r, rotates)
    chunk = None
    if any(in_chunks):
        chunk = r.size("attention_chunk_size")
    else:
        r.no_effect(("attention_chunk_size",), "no layer attends in chunks")
    kinds = {}
    for turned, chunked in set(zip(rotates, in_chunks, strict=True)):
        mixer = replace(base, q_norm=norm, k_norm=norm) if turned else replace(base, rotary_fraction=0.0)
        kinds[turned, chunked] = replace(mixer, window=chunk, chunked=True) if chunked else mixer
    return [kinds[kind] for kind in zip(rotates, in_chunks, strict=True)]


def _in_chunks(r: Reader, otherwise: list[bool]) -> list[bool]:
    kinds = r.words("layer_types", (FULL, _CHUNKED), len(otherwise))
    return otherwise if kinds is None else [kind == _CHUNKED for kind in kinds]


_CHUNKED = "chunked_attention"

DIALECT = llama.DIALECT.like(
    "llama4_text",
    read=read,
    text_only=("Llama4ForCausalLM",),
    aliases={
        "intermediate_size": "moe_intermediate_size",
        "intermediate_size_mlp": "intermediate_size",
        "nope_layer_interval": "no_rope_layer_interval",
    },
    costless={
        "attn_temperature_tuning": "a factor on the queries: elementwise",
        "attn_scale": "a factor on the queries: elementwise",
        "floor_scale": "a factor on the queries: elementwise",
        "for_llm_compressor": "how experts are laid out while one library quantizes them",
    },
    vocab_size=202048,
    hidden_size=5120,
    intermediate_size=16384,
    num_hidden_layers=48,
    num_attention_heads=40,
    num_key_value_heads=8,
    head_dim=128,
    qk_norm=True,
    attention_chunk_size=8192,
    no_rope_layer_interval=4,
    interleave_moe_layer_step=1,
    num_experts=16,
    num_experts_per_tok=1,
    moe_intermediate_size=8192,
)
