"""Nemotron of neural architecture search (DeciLM): Llama whose layers differ in width, some without attention.

Source: the published config of nvidia/Llama-3_3-Nemotron-Super-49B-v1_5 and SGLang's `nemotron_nas.py`; `llama` with
the same layers is the proof. A layer's entry in `block_configs` says how many query heads share keys and values, and
the width of the feed-forward network as a multiple of the hidden size, of which two thirds are taken and rounded up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import alone, pre_norm
from llmsim_adapters.dialects.types import xverse

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
    attentions: dict[int, Component] = {}
    for group in sorted({group for group, _ in entries if group}):
        attentions[group] = attention(r, bias=bias, kv_heads=r.derive("num_key_value_heads", heads // group))
    networks: dict[float, Component] = {}
    for multiple in sorted({multiple for _, multiple in entries}):
        width = int(2 * multiple * int(hidden) / 3)
        width = r.derive("intermediate_size", width + -width % _MULTIPLE)
        networks[multiple] = mlp(r, width=width, bias=mlp_bias)
    feed_forwards = [networks[multiple] for _, multiple in entries]
    mixers = [attentions[group] if group else networks[multiple] for group, multiple in entries]
    return decoder(r, mixers, feed_forwards, layout=_layout)


def _entry(r: Reader, entry: Any) -> tuple[int, float]:
    """Return how many query heads share keys and values, 0 where there is no attention, and the network's multiple."""
    match entry:
        case {"attention": {**attends}, "ffn": {"no_op": False, "ffn_mult": int() | float() as multiple, **network}}:
            group = 0 if attends.pop("no_op", None) is True else attends.pop("n_heads_in_group", None)
            attends.pop("n_heads_in_group", None)
            neutral = {**attends, **network}.values()
            if group.__class__ is int and 0 < multiple < 1024 and not any(neutral):
                if group and (group < 0 or r.size("num_attention_heads") % group):
                    r.refuse("block_configs", entry, "groups that divide num_attention_heads")
                    group = 1
                return group, float(multiple)
    r.refuse("block_configs", entry, "attention, or none, and a feed-forward network, with nothing else in effect")
    return 0, 1.0


def _layout(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
    return alone(mixer, mixer, norm) if mixer is feed_forward else pre_norm(mixer, feed_forward, norm)


DIALECT = xverse.DIALECT.like("nemotron-nas", read=read, attention_bias=False, mlp_bias=False)
