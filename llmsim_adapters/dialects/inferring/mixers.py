"""Mixers by keys alone: attention and what stands in its place, and which layers have which."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, latent_attention
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, layers, windowed
from llmsim_adapters.dialects.assembly.linear_attention import last_of_every
from llmsim_adapters.dialects.assembly.options import gated, with_options
from llmsim_adapters.dialects.assembly.patterns import (
    at_distances,
    attention_types,
    layer_flags,
    qwen_windows,
    window_pattern,
)
from llmsim_adapters.dialects.assembly.recurrent import LINEAR
from llmsim_adapters.dialects.assembly.sparse_attention import chosen_tokens, indexer_schedule, indexer_types
from llmsim_adapters.dialects.inferring.biases import of_attention
from llmsim_adapters.dialects.inferring.recurrences import nothing_else, recurrence
from llmsim_adapters.spec.components import Differential, LatentAttention, Norm
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.inferring.manner import Habits, Manner
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component

CHUNKED: Final = "chunked_attention"

_NAMES: Final = {
    **dict.fromkeys(("attention", "full", "global", "global_attention", "attn", "indexed_attention"), FULL),
    **dict.fromkeys(("sliding", "local", "local_attention", "swa", "sliding_window"), SLIDING),
    **dict.fromkeys(("linear", "mamba", "mamba2", "recurrent", "conv", "short_conv"), LINEAR),
}
"""What layer lists call layers, and what that is."""

_KNOWN: Final = (FULL, SLIDING, LINEAR, CHUNKED)


def mixers(r: Reader, how: Manner, habits: Habits) -> Component | Sequence[Component]:
    """Read the mixer of each layer."""
    recurs = recurrence(r)
    if recurs is None:
        return _all_attend(r, how, habits)
    kinds = None if nothing_else(r) else layer_kinds(r) or _attending(r)
    if kinds is None:
        return recurs(r)
    parts: dict[str, Component] = {LINEAR: recurs(r)} if LINEAR in kinds else {}
    if len(set(kinds)) > len(parts):
        base = one_attention(r, how, habits)
        parts[FULL] = base
        parts[SLIDING] = replace(base, window=_window(r)) if SLIDING in kinds else base
    return [parts[kind] if kind in parts else parts[FULL] for kind in kinds]


def beside(r: Reader, how: Manner, habits: Habits) -> Attention | LatentAttention | None:
    """Return the attention that stands beside the mixer with a state, where no key says which layers have which."""
    if recurrence(r) is None or nothing_else(r) or any(r.has(name) for name in _WHICH):
        return None
    r.inferred("layer_types", "no key says which layers attend: taken to be all, beside the other mixer")
    return one_attention(r, how, habits)


def layer_kinds(r: Reader, *others: str) -> list[str] | None:
    """Read what each layer is, in one set of words and these others; None where no list says so."""
    said = r.sequence("layer_types", layers(r))
    if said is None:
        return None
    known = (*_KNOWN, *others)
    names = [_NAMES.get(kind, kind) if kind.__class__ is str else "" for kind in said]
    unknown = sorted({printable(kind) for kind in names if kind not in known})
    if unknown:
        r.inferred("layer_types", f"no name is known for layers of kind {', '.join(unknown)}: taken to be attention")
    r.no_effect(("max_window_layers",), "layer_types says what each layer is")  # Qwen's, by custom without force
    elsewhere = ("sliding_window_pattern", "full_attention_interval", "full_attn_idxs")
    r.no_vote((*elsewhere, "attn_layer_indices", "layer_group_size"), "layer_types", "what each layer is")
    return [kind if kind in known else FULL for kind in names]


def _all_attend(r: Reader, how: Manner, habits: Habits) -> Component | Sequence[Component]:
    """Read the attention of each layer of a model without other mixers."""
    base = one_attention(r, how, habits)
    kinds = None if r.has("use_sliding_window") and not r.flag("use_sliding_window") else layer_kinds(r)
    if kinds is not None and LINEAR in kinds:
        r.inferred("layer_types", "no sizes are known for layers that are said not to attend: taken to be attention")
    if isinstance(base, LatentAttention):
        return _indexed(r, base)
    if kinds is None:
        return _windows(r, base)
    narrow: dict[str, Attention] = {}
    if SLIDING in kinds:
        narrow[SLIDING] = replace(base, window=_window(r))
    if CHUNKED in kinds:
        narrow[CHUNKED] = replace(base, window=r.optional_size("attention_chunk_size"), chunked=True)
    if not narrow:
        r.no_effect(("sliding_window", "attention_chunk_size"), "no layer has sliding attention")
    return [narrow.get(kind, base) for kind in kinds]


def one_attention(r: Reader, how: Manner, habits: Habits) -> Attention | LatentAttention:
    """Read the attention that layers have unless something else is said of them."""
    if r.has("kv_lora_rank") and r.has("qk_rope_head_dim"):
        r.inferred("attention", "attention is taken to have no gate, no sinks and no other parts")
        return latent_attention(r, bias=of_attention(r, how, habits)[0])
    qkv_bias, o_bias = of_attention(r, how, habits)
    rotated = 1.0 if how.positions == "rotary" else 0.0
    base = attention(r, bias=qkv_bias, o_bias=o_bias, kv_heads=_kv_heads(r), rotary_fraction=rotated)
    if not r.has("head_dim"):
        r.inferred("head_dim", "no key says so: taken to be hidden_size // num_attention_heads")
    base = _normed(r, base, habits)
    if r.has("v_head_dim"):
        base = replace(base, value_head_dim=r.size("v_head_dim"))
    if r.has("lambda_std_dev"):  # the initial spread of what differential attention trains beside its projections
        base = with_options(base, Differential(head_dim=base.head_dim))
    if r.has("use_attention_gate"):
        return gated(base, per_head=True) if r.flag("use_attention_gate") else base
    gate = habits.gate
    if r.has("attn_output_gate"):
        gate = r.flag("attn_output_gate")
    else:
        taken = f"a gate for each result{habits.like}, but no" if gate else "no gate, no"
        r.inferred(
            "attention", f"attention is taken to have the same sizes everywhere, {taken} sinks and no other parts"
        )
    if not gate:
        return base
    return gated(base, bias=base.qkv_bias)


def _kv_heads(r: Reader) -> int | None:
    """Return the key/value heads that `multi_query` says, None where their number counts."""
    if r.has("multi_query"):
        single = r.flag("multi_query")
        if r.has("new_decoder_architecture") and r.flag("new_decoder_architecture"):
            return None
        r.no_effect(("num_key_value_heads",), "multi_query says how many there are")
        return 1 if single else r.size("num_attention_heads")
    inner = r.nested("attn_config")
    if inner is not None and inner.has("kv_n_heads"):
        return inner.size("kv_n_heads")
    if not r.has("num_key_value_heads"):
        r.inferred("num_key_value_heads", "no key says so: every query head is taken to have its own")
    return None


def _normed(r: Reader, base: Attention, habits: Habits) -> Attention:
    """Return attention with the norms of queries and keys; a key that speaks of a layer norm means one with a bias."""
    normed = habits.qk_norm
    if r.has("qk_norm"):
        normed = r.flag("qk_norm")
    else:
        taken = f"to be normalised{habits.like}" if normed else "not to be normalised"
        r.inferred("qk_norm", f"no key says so: query and key heads are taken {taken}")
    if not normed:
        return base
    norm = Norm(base.head_dim)
    if "qk_layernorm" in r.raw:
        norm = replace(norm, form="layer", bias=True)
    return replace(base, q_norm=norm, k_norm=norm)


def _windows(r: Reader, base: Attention) -> Attention | list[Attention]:
    """Read which layers slide where no list of layers says so."""
    if r.has("use_sliding_window"):
        return qwen_windows(r, base)
    if r.has("sliding_window_pattern"):
        return window_pattern(r, base)
    if r.has("attention_layers"):
        return attention_types(r, base)
    if r.has("sliding_window"):
        r.inferred("sliding_window", "no key says which layers have the window: taken to be all")
    return windowed(r, base, [r.has("sliding_window")] * layers(r))


def _window(r: Reader) -> int | None:
    return r.optional_size("sliding_window")


def _indexed(r: Reader, base: LatentAttention) -> LatentAttention | list[LatentAttention]:
    """Read which tokens latent attention goes to: those that an indexer chooses, where there is one."""
    if not r.has("index_topk"):
        return base
    if r.has("indexer_types") or r.has("index_topk_freq") or r.has("index_topk_pattern"):
        return indexer_types(r, base, indexer_schedule(r))
    r.inferred("indexer", "no key says which layers have an indexer: taken to be all")
    return chosen_tokens(r, base)


_WHICH: Final = (
    "layer_types",
    "attn_layer_period",
    "full_attention_interval",
    "attn_layer_indices",
    "full_attn_idxs",
    "attn_type_list",
)
"""What says which layers attend."""


def _attending(r: Reader) -> list[str] | None:
    """Read which layers attend where no list names each layer; None where nothing says so."""
    count = layers(r)
    if r.has("attn_type_list"):
        flags = layer_flags(r, "attn_type_list") or []
    elif r.has("attn_layer_period"):
        flags = at_distances(r, "attn")
    elif r.has("full_attention_interval"):
        flags = last_of_every(r, "full_attention_interval")
    else:
        name = "attn_layer_indices" if r.has("attn_layer_indices") else "full_attn_idxs"
        numbers = r.indices(name)
        if numbers is None:
            return None
        flags = [i in numbers for i in range(count)]
    return [FULL if flag else LINEAR for flag in flags]
