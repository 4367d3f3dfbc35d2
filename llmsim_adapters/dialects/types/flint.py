"""Flint: sinks, sliding layers with rotary positions and full ones without, experts. Source: `FlintConfig`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import activation, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.options import with_sinks
from llmsim_adapters.dialects.assembly.patterns import each_layer, sparse_step, unrotated
from llmsim_adapters.dialects.types import qwen3, qwen3_moe
from llmsim_adapters.spec.components import MLP, MixtureOfExperts

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    count = layers(r)
    base = with_sinks(qwen3.normed_attention(r))
    slides = [i >= 2 and i % 4 != 1 and i != count - 1 for i in range(count)]
    mixers = each_layer(windowed(r, base, slides), count)
    return decoder(
        r,
        unrotated(mixers, [mixer.window is not None for mixer in mixers]),
        sparse_step(r, mlp, experts, otherwise=(0, 1)),
    )


def experts(r: Reader) -> MixtureOfExperts:
    """Read the experts, and the one beside them of a size of its own."""
    width = r.size("shared_expert_intermediate_size")
    shared = MLP(hidden_size=r.size("hidden_size"), intermediate_size=width, activation=activation(r))
    return replace(mixture_of_experts(r), shared=shared)


DIALECT = qwen3_moe.DIALECT.like(
    "flint",
    read=read,
    vocab_size=150144,
    num_hidden_layers=49,
    head_dim=128,
    sliding_window=513,
    num_experts=256,
    num_experts_per_tok=6,
    moe_intermediate_size=512,
    shared_expert_intermediate_size=1024,
)
