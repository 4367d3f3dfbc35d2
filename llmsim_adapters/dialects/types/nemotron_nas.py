"""Nemotron of neural architecture search (DeciLM): Llama whose layers differ in width, some without attention.

Source: the published config of nvidia/Llama-3_3-Nemotron-Super-49B-v1_5 and SGLang's `nemotron_nas.py`; `llama` with
the same layers is the proof. A layer's entry in `block_configs` says how many query heads share keys and values, and
the width of the feed-forward network as a multiple of the hidden size, of which two thirds are taken and rounded up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import alone, pre_norm
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer

_MULTIPLE: Final = 256
_LARGEST_MULTIPLE: Final = 1024


_NONE: Final = (None, False)
_SPECIAL: Final = {
    "attention": (
        *("num_sink_tokens", "replace_with_linear", "sparsify", "unshifted_sink", "window_length"),
        "use_prefill_window_in_sink_attention",
    ),
    "ffn": ("replace_with_linear", "sparsify"),
}
"""What a layer's parts may have, which is not modelled: null or false where they have not."""


def read(r: Reader) -> ModelSpec:
    bias, mlp_bias = r.flag("attention_bias"), r.flag("mlp_bias")
    heads, hidden = r.size("num_attention_heads"), r.size("hidden_size")
    r.no_effect(("num_key_value_heads", "intermediate_size"), "block_configs says it layer by layer")
    if not r.has("block_configs"):
        r.missing("block_configs", "an object for each layer")
    objects = r.objects("block_configs", layers(r))
    read_once = {id(entry): _entry(entry) for entry in dict.fromkeys(objects)}
    entries = [read_once[id(entry)] for entry in objects] or [(1, 1.0)]
    attentions: dict[int, Component] = {}
    for group in sorted({group for group, _ in entries if group}):
        r.check("block_configs", heads % group == 0, f"has {group} query heads to a key, which do not divide the heads")
        attentions[group] = attention(r, bias=bias, kv_heads=r.derive("num_key_value_heads", heads // group))
    networks: dict[float, Component] = {}
    for multiple in sorted({multiple for _, multiple in entries}):
        width = int(2 * multiple * int(hidden) / 3)
        width = r.derive("intermediate_size", width + -width % _MULTIPLE)
        networks[multiple] = mlp(r, width=width, bias=mlp_bias)
    feed_forwards = [networks[multiple] for _, multiple in entries]
    mixers = [attentions[group] if group else networks[multiple] for group, multiple in entries]
    return decoder(r, mixers, feed_forwards, layout=_layout)


def _entry(entry: Reader) -> tuple[int, float]:
    """Return how many query heads share keys and values, 0 where there is no attention, and the network's multiple."""
    attends, network = _part(entry, "attention"), _part(entry, "ffn")
    if attends is None or network is None:
        return 0, 1.0
    if attends.flag("no_op"):
        attends.no_effect(("n_heads_in_group",), "the layer has no attention")
        group = 0
    else:
        group = attends.size("n_heads_in_group")
    if network.flag("no_op"):
        network.refuse("no_op", True, "false: layers without a feed-forward network are not modelled")
    multiple = network.number("ffn_mult", least=0, most=_LARGEST_MULTIPLE)
    if not multiple:
        network.refuse("ffn_mult", multiple, f"a number above 0, at most {_LARGEST_MULTIPLE}")
    return group, multiple or 1.0


def _part(entry: Reader, name: str) -> Reader | None:
    """Return the reader of one part of a layer, by itself: each of its keys has to be neutral in its own place."""
    part = entry.nested(name)
    if part is None:
        entry.refuse_key(entry.prefix + name, "is not there; expected an object")
        return None
    neutral = [key for key in _SPECIAL[name] if any(part.raw.get(key, 0) is none for none in _NONE)]
    part.no_effect(neutral, "the layer has none")
    return part


def _layout(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
    return alone(mixer, mixer, norm) if mixer is feed_forward else pre_norm(mixer, feed_forward, norm)


DIALECT = xverse.DIALECT.like(
    "nemotron-nas", read=read, classes=("DeciLMForCausalLM",), attention_bias=False, mlp_bias=False
)
