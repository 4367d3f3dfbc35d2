"""Nemotron of neural architecture search (DeciLM): Llama whose layers differ in width, some without attention.

Source: the published config of nvidia/Llama-3_3-Nemotron-Super-49B-v1_5 and SGLang's `nemotron_nas.py`; `llama` with
the same layers is the proof. A layer's entry in `block_configs` says how many query heads share keys and values, and
the width of the feed-forward network as a multiple of the hidden size, of which two thirds are taken and rounded up.
Either may be left out, or be one linear map (the remote code's `DeciLMLinearAttention` and `DeciLMLinearMLP`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.layouts import alone, pre_norm
from llmsim_adapters.dialects.types import xverse
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.components import Projection

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec, Sublayer

_MULTIPLE: Final = 256
_LARGEST_MULTIPLE: Final = 1024


_NONE: Final = 0
_LINEAR: Final = -1
"""In place of a number of heads or a width: the layer has no such part, or one linear map in its place."""

_NEUTRAL: Final = (None, False)
_SPECIAL: Final = {
    "attention": (
        *("num_sink_tokens", "sparsify", "unshifted_sink", "window_length"),
        "use_prefill_window_in_sink_attention",
    ),
    "ffn": ("sparsify",),
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
    mixers: dict[float, Component | None] = {_NONE: None}
    networks: dict[float, Component | None] = {_NONE: None}
    for group in sorted({group for group, _ in entries if group}):
        if group == _LINEAR:
            mixers[group] = Projection(input_size=hidden, output_size=hidden, bias=bias)
            continue
        r.check(
            "block_configs",
            heads % group == 0,
            f"has {group} query heads to a key, which do not divide the heads",
        )
        mixers[group] = attention(r, bias=bias, kv_heads=r.derive("num_key_value_heads", heads // group))
    for multiple in sorted({multiple for _, multiple in entries if multiple}):
        if multiple == _LINEAR:
            networks[multiple] = Projection(input_size=hidden, output_size=hidden, bias=mlp_bias)
        else:
            width = int(2 * multiple * int(hidden) / 3)
            width = r.derive("intermediate_size", width + -width % _MULTIPLE)
            networks[multiple] = mlp(r, width=width, bias=mlp_bias)
    if all(multiple in (_NONE, _LINEAR) for _, multiple in entries):
        r.derive("intermediate_size", 0, least=0)
        r.no_effect(("hidden_act",), "no layer has a network")
    nothing = Projection(input_size=hidden, output_size=hidden)
    pairs = [(mixers[group], networks[multiple]) for group, multiple in entries]
    first = [mixer or network or nothing for mixer, network in pairs]
    second = [network or mixer or nothing for mixer, network in pairs]

    def layout(mixer: Component, network: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        if mixer is nothing:
            return ()
        return alone(mixer, mixer, norm) if mixer is network else pre_norm(mixer, network, norm)

    return decoder(r, first, second, layout=layout)


def _entry(entry: Reader) -> tuple[int, float]:
    """Return how many query heads share keys and values in a layer, and the multiple of its network's width."""
    attends, network = _part(entry, "attention"), _part(entry, "ffn")
    if attends is None or network is None:
        return 1, 1.0
    group = _instead(attends, "n_heads_in_group")
    group = attends.size("n_heads_in_group") if group is None else group
    instead = _instead(network, "ffn_mult")
    if instead is not None:
        return group, instead
    multiple = network.number("ffn_mult", least=0, most=_LARGEST_MULTIPLE)
    if not multiple:
        network.refuse("ffn_mult", multiple, f"a number above 0, at most {_LARGEST_MULTIPLE}")
    return group, multiple or 1.0


def _instead(part: Reader, size: str) -> int | None:
    """Return what stands in a part's place, nothing or a linear map; None: the part is there."""
    absent, linear = part.flag("no_op"), part.flag("replace_with_linear")
    if not (absent or linear):
        return None
    part.no_effect((size,), "the layer has no such part")
    if absent and linear:
        keys = " and ".join(f"`{part.prefix}{name}`" for name in ("replace_with_linear", "no_op"))
        part.gaps.append(Gap(GapKind.CONFLICTING_KEYS, "no_op", f"{keys} are both true: the latter is taken"))
    return _NONE if absent else _LINEAR


def _part(entry: Reader, name: str) -> Reader | None:
    """Return the reader of one part of a layer, by itself: each of its keys has to be neutral in its own place."""
    part = entry.nested(name)
    if part is None:
        entry.refuse_key(entry.prefix + name, "is not there; expected an object")
        return None
    neutral = [key for key in _SPECIAL[name] if any(part.raw.get(key, 0) is none for none in _NEUTRAL)]
    part.no_effect(neutral, "the layer has none")
    return part


DIALECT = xverse.DIALECT.like(
    "nemotron-nas", read=read, classes=("DeciLMForCausalLM",), attention_bias=False, mlp_bias=False
)
