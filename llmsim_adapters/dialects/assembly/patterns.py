"""Which layer is of which kind: every way in which configs say so, expanded in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.dialects.assembly.decoder import FULL, SLIDING, layers, windowed
from llmsim_adapters.spec.components import LatentAttention

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.dialects.assembly.options import Attends
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention, Component


def qwen_windows(r: Reader, base: Attention) -> Attention | list[Attention]:
    """`use_sliding_window`: the layers from `max_window_layers` on slide; without it, none does."""
    count = layers(r)
    if not r.flag("use_sliding_window"):
        return without_windows(r, base)
    if r.has("layer_types"):
        r.no_vote(("max_window_layers",), "layer_types", "which layers slide")
        return windowed(r, base, [False] * count)
    first = r.count("max_window_layers")
    return windowed(r, base, [i >= first for i in range(count)])


def without_windows(r: Reader, base: Attention) -> Attention:
    """`use_sliding_window` is false: no layer slides, also where `layer_types` says that some do."""
    said = r.words("layer_types", (FULL, SLIDING), layers(r)) or ()
    r.no_effect(("sliding_window", "max_window_layers", "layer_types"), "use_sliding_window is false")
    if SLIDING in said and r.has("sliding_window"):
        r.contradicts("use_sliding_window", f"{r.prefix}layer_types", SLIDING, f"{r.prefix}use_sliding_window", False)
    return base


def full_every(r: Reader, base: Attention, period: int, *, first: bool = False) -> Attention | list[Attention]:
    """Every `period`-th layer attends to all tokens, with `first` beginning at the first one; the others slide."""
    offset = 0 if first else 1
    return windowed(r, base, [(i + offset) % period != 0 for i in range(layers(r))])


def window_pattern(r: Reader, base: Attention) -> Attention | list[Attention]:
    """`sliding_window_pattern` p: every p-th layer attends to all tokens; null: all do; "LLLG": a G does, in turns."""
    if r.has("layer_types"):
        r.no_vote(("sliding_window_pattern",), "layer_types", "which layers slide")
        return full_every(r, base, 1)
    said = r.said("sliding_window_pattern")
    if said.__class__ is str and said and not set(said) - {"L", "G"}:
        turns = r.text("sliding_window_pattern") or "G"
        return windowed(r, base, [turns[i % len(turns)] == "L" for i in range(layers(r))])
    return full_every(r, base, r.optional_size("sliding_window_pattern") or 1)


def rotated_where_sliding(mixers: Attention | list[Attention]) -> list[Attention]:
    """Layers that attend to all tokens have no rotary positions (Cohere 2, EXAONE 4)."""
    given = mixers if isinstance(mixers, list) else [mixers]
    return unrotated(given, [mixer.window is not None for mixer in given])


def sparse_step(
    r: Reader,
    dense: Callable[[Reader], Component],
    sparse: Callable[[Reader], Component],
    otherwise: Sequence[int] = (),
) -> Component | list[Component]:
    """The layers of `sparse_layers` have experts, the others don't."""
    return experts_where(r, sparse_layers(r, otherwise), lambda: dense(r), lambda: sparse(r))


def sparse_layers(r: Reader, otherwise: Sequence[int] = ()) -> list[bool]:
    """`decoder_sparse_step` s: layers s-1, 2s-1, … have experts, except `mlp_only_layers`, by default `otherwise`."""
    count, step = layers(r), r.size("decoder_sparse_step")
    said = r.indices("mlp_only_layers")
    only = otherwise if said is None else said
    return [(i + 1) % step == 0 and i not in only for i in range(count)]


def experts_where(
    r: Reader,
    is_sparse: Sequence[bool],
    dense: Callable[[], Component],
    experts: Callable[[], Component],
    *,
    elsewhere: bool = False,
) -> Component | list[Component]:
    """Return the feed-forward network of each layer, where `is_sparse` says which ones have experts.

    `elsewhere`: whether experts are also where no layer is, in a prediction module.
    """
    if not any(is_sparse):
        if not elsewhere:
            r.no_effect(_EXPERT_PARAMETERS, "no layer has experts")
        return dense()
    if all(is_sparse):
        if "intermediate_size" not in r.parameters:  # something else may have this width, too
            r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
        return experts()
    mixture, mlp = experts(), dense()
    return [mixture if flag else mlp for flag in is_sparse]


def after_dense(r: Reader) -> list[bool]:
    """`first_k_dense_replace` layers are dense, all others have experts."""
    first = r.count("first_k_dense_replace")
    return [i >= first for i in range(layers(r))]


def after_dense_every(r: Reader) -> list[bool]:
    """`first_k_dense_replace` layers are dense; of the others, each that `moe_layer_freq` divides has experts."""
    later = after_dense(r)
    if not any(later[1:]):
        r.no_effect(("moe_layer_freq",), "no layer but the first has experts, and every number divides 0")
        return later
    frequency = r.size("moe_layer_freq")
    if frequency == 1:
        return later
    return [yes and i % frequency == 0 for i, yes in enumerate(later)]


def at_distances(r: Reader, kind: str) -> list[bool]:
    """`<kind>_layer_period` p and `<kind>_layer_offset` o: layers o, o + p, o + 2p, … (Jamba)."""
    period, offset = r.size(f"{kind}_layer_period"), r.count(f"{kind}_layer_offset")
    r.check(f"{kind}_layer_offset", offset < period, lambda: f"is {int(offset)}, not below the period ({int(period)})")
    return [i % period == offset for i in range(layers(r))]


def experts_in_range(r: Reader) -> list[bool]:
    """Every `moe_layer_interval`-th layer from `moe_layer_start_index` to `moe_layer_end_index`, -1 being the last."""
    return in_range(r, r.count("moe_layer_start_index"), r.number("moe_layer_end_index", least=-1))


def in_range(r: Reader, first: float, last: float | None) -> list[bool]:
    """Every `moe_layer_interval`-th layer from the first to the last of a range, None or -1 being the last there is."""
    every = r.size("moe_layer_interval")
    last = layers(r) if last is None or last == -1 else last
    return [first <= i <= last and (i + 1) % every == 0 for i in range(layers(r))]


def experts_listed(r: Reader) -> list[bool]:
    """`moe_layers` has the numbers of layers with experts; else every `interleave_moe_layer_step`-th layer has them."""
    numbers = r.indices("moe_layers")
    if numbers is not None:
        r.no_vote(("interleave_moe_layer_step",), "moe_layers", "which layers have experts")
        return [i in numbers for i in range(layers(r))]
    step = r.size("interleave_moe_layer_step")
    return [(i + 1) % step == 0 for i in range(layers(r))]


def experts_enumerated(r: Reader) -> list[bool] | None:
    """`moe_layers_enum` has the numbers of layers with experts, in a text with commas or a list; None: it is absent."""
    if r.is_list("moe_layers_enum"):
        listed = r.indices("moe_layers_enum") or ()
        return [i in listed for i in range(layers(r))]
    said = r.text("moe_layers_enum")
    if said is None:
        return None
    numbers = said.replace(" ", "").split(",")
    if not all(number.isdecimal() for number in numbers):
        r.refuse("moe_layers_enum", said, "numbers of layers with commas between them")
    return [str(i) in numbers for i in range(layers(r))]


def rotated_layers(r: Reader) -> list[bool]:
    """`no_rope_layers` has a 1 for each layer with rotary positions; else every n-th layer has none.

    The list may be longer than the model, and an empty one says nothing.
    """
    count, said = layers(r), r.sequence("no_rope_layers")
    if not said:
        every = r.size("no_rope_layer_interval")
        return [(i + 1) % every != 0 for i in range(count)]
    r.no_vote(("no_rope_layer_interval",), "no_rope_layers", "which layers have rotary positions")
    if len(said) < count or any(value.__class__ not in (int, bool) or value not in (0, 1) for value in said):
        r.refuse("no_rope_layers", said, "a 0 or 1 for each layer")
        return [True] * count
    return [value == 1 for value in said[:count]]


def mlp_layer_types(r: Reader, otherwise: Callable[[], Sequence[bool]]) -> Sequence[bool]:
    """`mlp_layer_types` names the feed-forward network of each layer; a config without it means `otherwise`."""
    kinds = r.words("mlp_layer_types", (_DENSE, _SPARSE), layers(r))
    if kinds is None:
        return otherwise()
    others = ("first_k_dense_replace", "moe_layer_freq", "is_moe_layer")
    r.no_vote(others, "mlp_layer_types", "which layers have experts")
    return [kind == _SPARSE for kind in kinds]


def layer_flags(r: Reader, name: str, count: int | None = None) -> list[bool] | None:
    """A list with a truth value, or 0 or 1, for each of `count` layers, by default all; None where it is absent."""
    said = r.sequence(name, layers(r) if count is None else count)
    if said is None:
        return None
    if any(value.__class__ not in (int, bool) or value not in (0, 1) for value in said):
        r.refuse(name, said, "0 or 1, or false or true, for each layer")
    return [bool(value) for value in said]


def dense_first(
    r: Reader, dense: Callable[[], Component], experts: Component, *, elsewhere: bool = False
) -> Component | list[Component]:
    """`first_k_dense_replace` layers are dense, the others have experts, of those every `moe_layer_freq`-th.

    `elsewhere`: whether experts are also where no layer is, in a prediction module.
    """
    is_sparse = after_dense_every(r)
    if not any(is_sparse) and not elsewhere:
        r.no_effect(_EXPERT_PARAMETERS, "no layer has experts")
    if all(is_sparse):
        r.no_effect(("intermediate_size",), "no layer has a dense feed-forward network")
        return experts
    mlp = dense()
    return [experts if flag else mlp for flag in is_sparse]


def attention_types(r: Reader, base: Attention) -> Attention | list[Attention]:
    """`attention_layers` says what each layer attends to; without it, `attention_types` does in runs (GPT-Neo)."""
    count = layers(r)
    kinds = r.words("attention_layers", (_GLOBAL, _LOCAL), count)
    if kinds is not None:
        r.no_vote(("attention_types",), "attention_layers", "what each layer attends to")
    else:
        kinds = []
        said = r.sequence("attention_types")
        for run in [[[_GLOBAL, _LOCAL], 12]] if said is None else said:
            match run:
                case [list(repeated), int(times)] if 0 <= times * len(repeated) <= count:
                    kinds = [*kinds, *repeated * times]
                case _:
                    r.refuse("attention_types", run, f"lists of kinds and how often they come, of {int(count)} layers")
        r.check("attention_types", len(kinds) == count, lambda: f"is for {len(kinds)} layers, of {int(count)}")
    for kind in kinds:
        if kind not in (_GLOBAL, _LOCAL):
            r.refuse("attention_types", kind, f"{_GLOBAL!r} or {_LOCAL!r}")
    return windowed(r, base, [kind == _LOCAL for kind in kinds])


_GLOBAL = "global"
_LOCAL = "local"
_DENSE = "dense"
_SPARSE = "sparse"


def each_layer(mixers: Attends | Sequence[Attends], count: int) -> list[Attends]:
    """Return the attention of each layer, where one may stand for all."""
    return list(mixers) if isinstance(mixers, Sequence) else [mixers] * count


def each_changed(mixers: Sequence[Attends], change: Callable[[Attends], Attends]) -> list[Attends]:
    """Return the changed attention of each layer; layers that share one share the changed one, which is made once."""
    distinct = {id(mixer): mixer for mixer in mixers}
    changed = {key: change(mixer) for key, mixer in distinct.items()}
    return [changed[id(mixer)] for mixer in mixers]


def unrotated(mixers: Attends | Sequence[Attends], rotates: Sequence[bool]) -> list[Attends]:
    """The layers that `rotates` says no of have no rotary positions; their heads have the same size."""
    given = each_layer(mixers, len(rotates))
    bare = each_changed(given, _without_positions)
    return [mixer if yes else without for mixer, without, yes in zip(given, bare, rotates, strict=True)]


def _without_positions(mixer: Attends) -> Attends:
    if isinstance(mixer, LatentAttention):
        size = mixer.qk_nope_head_dim + mixer.qk_rope_head_dim
        return replace(mixer, qk_nope_head_dim=size, qk_rope_head_dim=0)
    return replace(mixer, rotary_fraction=0.0)


_EXPERT_PARAMETERS = (
    "num_experts",
    "num_experts_per_tok",
    "moe_intermediate_size",
    "num_shared_experts",
    "shared_expert_intermediate_size",
)


def per_layer_config(r: Reader, count: int) -> dict[int, Reader]:
    """Return a reader of what `per_layer_config` says of each of `count` layers that it numbers, be it as "07"."""
    outer = r.nested("per_layer_config")
    found: dict[int, Reader] = {}
    for key in () if outer is None else outer.raw:
        number = int(key) if key.isdecimal() and len(key) <= _DIGITS else count
        layer = outer.nested(key) if outer is not None and number < count else None
        if layer is None:
            r.refuse("per_layer_config", key, "the number of a layer")
        else:
            found[number] = layer
    return found


_DIGITS: Final = 8
