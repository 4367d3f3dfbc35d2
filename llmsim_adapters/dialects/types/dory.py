"""Dory: a normalised transformer (nGPT, arXiv:2410.01131) some of whose layers run several times.

Norms have no weights; queries, gates, the network's two halves, residuals and logits have trained factors, one for each
channel. Released configs list a layer's attention and network apart, and count both. Source: transformers `DoryConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, decoder, layers
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Norm, Scale

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component
    from llmsim_adapters.spec.model import ModelSpec, Sublayer

_NETWORK = "mlp"
_COUNTS = ("num_hidden_layers", "n_input_layers", "n_recurrent_layers", "n_output_layers")
_LOOPS = ("per_loop", "last_loop")


def read(r: Reader) -> ModelSpec:
    slides = _slides(r)
    full = _attention(r)
    sliding = replace(full, window=r.size("sliding_window")) if any(slides) else full
    if not any(slides):
        r.no_effect(("sliding_window",), "no layer slides")
    network = mlp(r, bias=r.flag("mlp_bias"))
    network = replace(network, factors=True, inner_norm=Norm(network.intermediate_size, gain=False))
    hidden, vocab = full.hidden_size, r.size("vocab_size")
    rate = Scale(size=hidden)

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return tuple(replace(each, residual=rate) for each in sandwich_norm(mixer, feed_forward, norm))

    mixers = [sliding if each else full for each in slides]
    spec = decoder(r, mixers, network, layout=layout, norm=Norm(hidden, gain=False))
    if spec.outputs and r.has_language_head():
        spec = replace(spec, outputs=(*spec.outputs, Scale(size=vocab)))
    return _looped(r, spec)


def _slides(r: Reader) -> list[bool]:
    """Read which layers slide; where networks are listed as layers, the numbers of layers are of both."""
    said = r.said("layer_types")
    if said.__class__ is list and _NETWORK in said:
        r.size("num_hidden_layers")  # of which there is one at least
        counts = {name: r.count(name) for name in _COUNTS if r.has(name)}
        kinds = r.words("layer_types", (FULL, SLIDING, _NETWORK), counts.get("num_hidden_layers"))
        pairs = kinds is not None and set(kinds[1::2]) == {_NETWORK} and _NETWORK not in kinds[::2]
        r.check("layer_types", pairs, "has a network that follows no attention")
        for name, count in counts.items():
            r.derive(name, count // 2, least=0)
        return [kind == SLIDING for kind in (kinds or ())[::2]] if pairs else [False] * layers(r)
    kinds = r.words("layer_types", (FULL, SLIDING), layers(r))
    return [(i + 1) % 4 != 0 for i in range(layers(r))] if kinds is None else [kind == SLIDING for kind in kinds]


def _attention(r: Reader) -> Attention:
    """Queries and keys are of unit length; those of queries have a factor for each channel, and so have gates."""
    base = attention(r, bias=r.flag("attention_bias"))
    head_dim, heads = base.head_dim, base.num_attention_heads
    normed = replace(
        base,
        q_norm=Norm(head_dim, sets=heads),
        k_norm=Norm(head_dim, gain=False),
        output_norm=Norm(heads * head_dim, gain=False),
    )
    return gated(normed, factors=True)


def _looped(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return the decoder with its middle layers in loops, which share weights and may each have a cache."""
    count, loops = int(layers(r)), int(r.size("n_recurrent_loops"))
    first, last = int(r.count("n_input_layers")), int(r.count("n_output_layers"))
    if r.has("n_recurrent_layers"):
        middle = int(r.count("n_recurrent_layers"))
    else:
        middle = int(r.derive("n_recurrent_layers", count - first - last, least=0))
    total = first + middle + last
    r.check(
        "n_recurrent_layers",
        total == count,
        lambda: f"makes {total} layers with `n_input_layers` and `n_output_layers`, not {count}",
    )
    most = LARGEST["num_hidden_layers"]
    fits = first + middle * loops + last <= most
    r.check("n_recurrent_loops", fits, lambda: f"is {loops}, which makes more than {most} layers run")
    kept = r.word("recurrent_kv_cache_mode", _LOOPS)
    if r.invalid:
        return spec
    (text,) = spec.stacks
    ran = [*range(first), *[*range(first, first + middle)] * loops, *range(first + middle, count)]
    owner: dict[int, int] = {}
    owners = tuple(owner.setdefault(layer, i) for i, layer in enumerate(ran))
    text = replace(
        text,
        order=tuple(text.order[layer] for layer in ran),
        weights_of=owners,
        cache_of=owners if kept == "last_loop" else (),
    )
    return replace(spec, stacks=(text,))


DIALECT = llama.DIALECT.like(
    "dory",
    read=read,
    costless={"ngpt_alpha_init": "the first value of a trained rate"},
    vocab_size=131072,
    hidden_size=2560,
    intermediate_size=7168,
    num_hidden_layers=36,
    num_attention_heads=16,
    num_key_value_heads=4,
    head_dim=256,
    sliding_window=1024,
    layer_types=None,
    n_input_layers=8,
    n_recurrent_layers=None,
    n_output_layers=8,
    n_recurrent_loops=2,
    recurrent_kv_cache_mode="per_loop",
)
