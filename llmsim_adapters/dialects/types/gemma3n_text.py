"""Gemma 3n's text model: alternating updates of several streams, borrowed caches, per-layer embeddings, LAuReL.

Source: transformers `Gemma3nTextConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, windowed
from llmsim_adapters.dialects.assembly.patterns import each_layer
from llmsim_adapters.dialects.assembly.per_layer import borrowed, lenders, per_layer_embedding, with_per_layer_input
from llmsim_adapters.dialects.types import gemma3_text
from llmsim_adapters.spec.components import MLP, AlternatingUpdates, Norm, StreamProjections
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec

_ELEMENTWISE = "which activations or streams are used, and how they are scaled: elementwise"


def read(r: Reader) -> ModelSpec:
    mixers = _mixers(r)
    owners = lenders(r, [mixer.window is None for mixer in mixers])
    streams = r.size("altup_num_inputs")
    spec = decoder(
        r,
        borrowed(mixers, owners),
        _feed_forwards(r),
        layout=with_per_layer_input(r, _layout(r, streams)),
        inputs=per_layer_embedding(r),
        softcap=r.number("final_logit_softcapping", least=0),
    )
    (text,) = spec.stacks
    others = (StreamProjections(hidden_size=r.size("hidden_size"), count=streams - 1),) if streams > 1 else ()
    text = replace(text, before=others, after=(*others, *text.after), cache_of=owners)
    return replace(spec, stacks=(text,))


def _mixers(r: Reader) -> list[Attention]:
    count = layers(r)
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True)
    base = replace(base, v_norm=Norm(base.head_dim, gain=False))
    return each_layer(windowed(r, base, [(i + 1) % 5 != 0 for i in range(count)]), count)


def _feed_forwards(r: Reader) -> list[Component]:
    """Read one size for all layers, or a list with the size of each."""
    count = layers(r)
    if not isinstance(r.raw.get("intermediate_size"), list):
        return [mlp(r)] * count
    sizes = r.integers("intermediate_size", count)
    if sizes is None:  # refused
        return [mlp(r, width=1)] * count
    made: dict[int, Component] = {}
    for i, size in enumerate(sizes):
        if size not in made:
            made[size] = mlp(r, width=r.derive(f"intermediate_size_of_layer_{i}", size))
    return [made[size] for size in sizes]


def _layout(r: Reader, streams: int) -> Layout:
    """Return the layout of a layer: a low-rank map beside attention (LAuReL), both normalised before and after."""
    hidden = r.size("hidden_size")
    laurel = MLP(hidden_size=hidden, intermediate_size=r.size("laurel_rank"), activation="linear", gated=False)
    updates = Sublayer((AlternatingUpdates(hidden_size=hidden, streams=streams),), skip=False)

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        beside = Sublayer((mixer, laurel), (norm,), (norm, norm))
        return updates, beside, Sublayer((feed_forward,), (norm,), (norm,))

    return layout


DIALECT = gemma3_text.DIALECT.like(
    "gemma3n_text",
    read=read,
    text_only=("Gemma3nForCausalLM",),
    costless=dict.fromkeys(
        ("activation_sparsity_pattern", "altup_active_idx", "altup_coef_clip", "altup_correct_scale"), _ELEMENTWISE
    ),
    vocab_size=262400,
    hidden_size=2048,
    intermediate_size=16384,
    num_hidden_layers=35,
    num_key_value_heads=2,
    sliding_window=512,
    final_logit_softcapping=30.0,
    vocab_size_per_layer_input=262144,
    hidden_size_per_layer_input=256,
    altup_num_inputs=4,
    num_kv_shared_layers=15,
    laurel_rank=64,
)
