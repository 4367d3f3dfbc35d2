"""Models whose layers are one mixer or one network each, by lists that name networks beside mixers (Nemotron-H)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import FULL
from llmsim_adapters.dialects.assembly.recurrent import LINEAR
from llmsim_adapters.dialects.inferring.biases import of_networks
from llmsim_adapters.dialects.inferring.mixers import layer_kinds, one_attention
from llmsim_adapters.dialects.inferring.networks import experts, one_dense
from llmsim_adapters.dialects.inferring.recurrences import recurrence
from llmsim_adapters.dialects.reading.limits import LARGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.inferring.manner import Habits, Manner
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component

DENSE: Final = "mlp"
EXPERTS: Final = "moe"

_SIGNS: Final = {"M": LINEAR, "*": FULL, "-": DENSE, "E": EXPERTS}
"""What Megatron's patterns of layers call them."""


def single_kinds(r: Reader) -> Sequence[str] | None:
    """Return what each layer is, where networks are layers of their own; None where they are not."""
    pattern = r.raw.get("hybrid_override_pattern")
    if pattern.__class__ is str and pattern and not r.is_list("layer_types"):
        signs = r.text("hybrid_override_pattern") or ""
        if not set(signs) - _SIGNS.keys():
            return _counted(r, [_SIGNS[sign] for sign in signs])
        r.inferred("layer_types", "hybrid_override_pattern has signs that are not known: taken to say nothing")
    if not r.is_list("layer_types"):
        return None
    if not r.has("num_hidden_layers"):
        _counted(r, r.sequence("layer_types") or ())
    kinds = layer_kinds(r, DENSE, EXPERTS)
    return kinds if kinds and {DENSE, EXPERTS} & set(kinds) else None


def _counted(r: Reader, kinds: Sequence[str]) -> Sequence[str]:
    """Let the list say how many layers there are."""
    r.overruled("num_hidden_layers", len(kinds), "length of the list of layers")
    if not 0 < len(kinds) <= LARGEST["num_hidden_layers"]:
        r.refuse("num_hidden_layers", len(kinds), f"a list of 1 to {LARGEST['num_hidden_layers']} layers")
        kinds = [DENSE]
    r.derive("num_hidden_layers", len(kinds))
    return kinds


def one_each(r: Reader, kinds: Sequence[str], how: Manner, habits: Habits) -> list[Component]:
    """Return the mixer or network of each layer."""
    parts: dict[str, Component] = {}
    for kind in dict.fromkeys(kinds):
        recurs = recurrence(r)
        if kind == DENSE:
            parts[kind] = one_dense(r, how, of_networks(r, how))
        elif kind == EXPERTS:
            parts[kind] = experts(r, how, habits)
        else:
            parts[kind] = recurs(r) if kind == LINEAR and recurs is not None else one_attention(r, how, habits)
    return [parts[kind] for kind in kinds]
