"""dots3.note's picture encoder: normed heads, and in late layers experts, more of them from layer to layer.

Source: transformers `Dots3NoteVisionConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import activation, attention, mlp
from llmsim_adapters.dialects.assembly.decoder import layers
from llmsim_adapters.dialects.assembly.tower import encoder, patches
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.reading.limits import LARGEST
from llmsim_adapters.spec.components import MixtureOfExperts, Norm
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

_PYRAMID: Final = [*[-1] * 25, *range(4, 65, 4), 64]
"""How many experts each layer has where no key says it; -1: it is dense."""


def read(r: Reader) -> ModelSpec:
    norm = Norm(r.size("hidden_size"))
    mixer = replace(attention(r, bias=r.flag("attention_bias"), qk_norm=True, causal=False), cached=False)
    feed_forwards = _feed_forwards(r, _experts(r))
    return encoder(r, mixer, feed_forwards, norm, before=(patches(r), norm), after=(norm,))


def _experts(r: Reader) -> Sequence[int]:
    """Read how many experts each layer has, -1 or 0: it is dense."""
    count = layers(r)
    said = r.integers("pyramid_num_routed", least=-1, most=LARGEST["num_experts"])
    if said is None and not r.has("mlp_layer_types"):
        said = _PYRAMID
    if said is not None:
        r.no_effect(("mlp_layer_types", "per_layer_config", "num_experts"), "a list says how many experts layers have")
        if len(said) != count:
            r.refuse("pyramid_num_routed", len(said), f"the number of experts of each of {int(count)} layers")
            return [0] * count
        return said
    kinds = r.words("mlp_layer_types", ("dense", "sparse"), count) or ["dense"] * count
    sparse = [kind == "sparse" for kind in kinds]
    own = _per_layer(r)
    if all(i in own for i, yes in enumerate(sparse) if yes):
        r.no_effect(("num_experts",), "per_layer_config says it of every layer with experts")
    return [(own.get(i) or r.size("num_experts")) if yes else 0 for i, yes in enumerate(sparse)]


def _per_layer(r: Reader) -> dict[int, int]:
    """Read `per_layer_config`, which says how many experts a layer has where that differs from the usual."""
    outer = r.nested("per_layer_config")
    found: dict[int, int] = {}
    for key in () if outer is None else outer.raw:
        layer = outer.nested(key) if outer is not None else None
        if layer is None or not key.isdecimal():
            r.refuse("per_layer_config", key, "the number of a layer")
            continue
        layer.no_effect(("num_experts_per_tok",), "how many experts a patch goes to: all of them are stored")
        number = layer.optional_size("num_local_experts")
        if number is not None:
            found[int(key)] = number
    return found


def _feed_forwards(r: Reader, experts: Sequence[int]) -> Sequence[Component]:
    """Return the network of each layer; layers with as many experts share one."""
    kinds = {int(number) for number in experts}
    numbers = sorted(number for number in kinds if number > 0)
    of: dict[int, Component] = {}
    if len(numbers) == len(kinds):
        r.no_effect(("intermediate_size", "mlp_bias"), "no layer has a dense feed-forward network")
    else:
        dense = mlp(r, bias=r.flag("mlp_bias"))
        of = dict.fromkeys(kinds - set(numbers), dense)
    if not numbers:
        r.no_effect(("num_experts", "num_experts_per_tok", "moe_intermediate_size"), "no layer has experts")
        return [of[int(number)] for number in experts]
    for number in numbers:
        count = r.derive("num_experts", number)
        of[number] = MixtureOfExperts(
            hidden_size=r.size("hidden_size"),
            num_experts=count,
            num_experts_per_tok=minimum(r.size("num_experts_per_tok"), count),
            moe_intermediate_size=r.size("moe_intermediate_size"),
            activation=activation(r),
            score_correction_bias="buffer",
        )
    return [of[int(number)] for number in experts]


DIALECT = Dialect(
    "dots3_note_vision_encoder",
    read,
    {
        "hidden_size": 1536,
        "intermediate_size": 4224,
        "num_hidden_layers": 42,
        "num_attention_heads": 24,
        "num_channels": 3,
        "patch_size": 14,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "moe_intermediate_size": 2112,
        "num_experts": 64,
        "num_experts_per_tok": 2,
        "spatial_merge_size": 2,
    },
    aliases={"embed_dim": "hidden_size", "capacity_factor": "num_experts_per_tok"},
    costless=dict.fromkeys(("router_scaling_factor", "router_scale"), "how experts are weighted: elementwise"),
)
