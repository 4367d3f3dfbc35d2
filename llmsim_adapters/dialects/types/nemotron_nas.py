"""Nemotron of neural architecture search (DeciLM): Llama whose layers differ in width, some without attention.

Source: the published config of nvidia/Llama-3_3-Nemotron-Super-49B-v1_5 and SGLang's `nemotron_nas.py`; `llama` with
the same layers is the proof. A layer's entry in `block_configs` says how many query heads share keys and values, and
the width of the feed-forward network as a multiple of the hidden size, of which two thirds are taken and rounded up.
Either may be left out, or be one linear map (the remote code's `DeciLMLinearAttention` and `DeciLMLinearMLP`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import alone, pre_norm
from llmsim_adapters.dialects.types import xverse
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer

_MULTIPLE: Final = 256


def read(r: Reader) -> ModelSpec:
    bias, mlp_bias = r.flag("attention_bias"), r.flag("mlp_bias")
    heads, hidden = r.size("num_attention_heads"), r.size("hidden_size")
    r.no_effect(("num_key_value_heads", "intermediate_size"), "block_configs says it layer by layer")
    entries = [_entry(r, entry) for entry in r.sequence("block_configs", layers(r)) or ()] or [(1, 1.0)]
    mixers: dict[float | None, Component | None] = {_NONE: None}
    networks: dict[float | None, Component | None] = {_NONE: None}
    for group in sorted({group for group, _ in entries if group}):
        if group == _LINEAR:
            mixers[group] = Projection(input_size=hidden, output_size=hidden, bias=bias)
        else:
            mixers[group] = attention(r, bias=bias, kv_heads=r.derive("num_key_value_heads", heads // int(group)))
    for multiple in sorted({multiple for _, multiple in entries if multiple}):
        if multiple == _LINEAR:
            networks[multiple] = Projection(input_size=hidden, output_size=hidden, bias=mlp_bias)
        else:
            width = int(2 * multiple * int(hidden) / 3)
            width = r.derive("intermediate_size", width + -width % _MULTIPLE)
            networks[multiple] = mlp(r, width=width, bias=mlp_bias)
    if all(multiple in (_NONE, _LINEAR) for _, multiple in entries):
        r.derive("intermediate_size", 0)
    nothing = Projection(input_size=hidden, output_size=hidden)
    pairs = [(mixers[group], networks[multiple]) for group, multiple in entries]
    first = [mixer or network or nothing for mixer, network in pairs]
    second = [network or mixer or nothing for mixer, network in pairs]

    def layout(mixer: Component, network: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        if mixer is nothing:
            return ()
        return alone(mixer, mixer, norm) if mixer is network else pre_norm(mixer, network, norm)

    return decoder(r, first, second, layout=layout)


_NONE: Final = 0
_LINEAR: Final = -1
"""In place of a number of heads or a width: the layer has no such part, or one linear map in its place."""


def _entry(r: Reader, entry: Any) -> tuple[int, float]:
    """Return how many query heads share keys and values in a layer, and the multiple of its network's width."""
    if entry.__class__ is dict:
        group, multiple = _part(entry.get("attention"), "n_heads_in_group"), _part(entry.get("ffn"), "ffn_mult")
        heads = r.size("num_attention_heads")
        shared = group.__class__ is int and (group <= 0 or heads % group == 0)
        if shared and multiple is not None and multiple < 1024:
            return int(group or 0), float(multiple)
    r.refuse("block_configs", entry, "attention in groups that divide num_attention_heads, a network, or a linear map")
    return _NONE, _NONE


def _part(said: Any, size: str) -> float | None:
    """Return the size of one part of a layer, by itself; None where something else is in effect, or it is no number."""
    if said.__class__ is not dict or any(value for key, value in said.items() if key not in (size, *_INSTEAD)):
        return None
    if any(said.get(key) not in (True, False, None) for key in _INSTEAD):
        return None
    if said.get("no_op"):
        return _NONE
    if said.get("replace_with_linear"):
        return _LINEAR
    value = said.get(size)
    return value if value.__class__ in (int, float) and value > 0 else None


_INSTEAD: Final = ("no_op", "replace_with_linear")

DIALECT = xverse.DIALECT.like("nemotron-nas", read=read, attention_bias=False, mlp_bias=False)
