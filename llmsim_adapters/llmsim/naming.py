"""LLMSim's names of our operators, what it has as one operator, and which operator keeps which weight."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str, str, str]
"""Stack, block, and name in the block."""

_ATTENTION: Final = {
    "q_b_proj": "q_b",
    "kv_b_proj": "kv_b",
    "q_absorb": "q_absorb",
    "o_absorb": "o_absorb",
    "o_proj": "o_proj",
    "scores": "qk",
    "values": "qkv",
    "o_proj.all_reduce": "attn_all_reduce",
}
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "attention": _ATTENTION,
    "latent_attention": _ATTENTION,
    "mlp": {
        "up_proj": "dense_up_proj",
        "down_proj": "dense_down_proj",
        "down_proj.all_reduce": "dense_all_reduce",
    },
    "mixture_of_experts": {
        "router": "moe_gate",
        "experts.up": "moe_up",
        "experts.down": "moe_down",
        "shared_experts.up_proj": "share_up",
        "shared_experts.down_proj": "share_down",
        "experts.dispatch": "dispatch",
        "experts.combine": "combine",
        "experts.all_gather": "moe_all_gather",
        "experts.all_reduce": "moe_all_reduce",
    },
    "embedding": {"lookup": "embedding", "lookup.all_reduce": "embedding_all_reduce"},
    "next_token_input": {"lookup": "embedding", "lookup.all_reduce": "embedding_all_reduce"},
    "head": {"logits": "lm_head", "logits.all_gather": "logits_all_gather"},
}
"""LLMSim's name, by kind of component and name in it; the last three rows are in its manner, for what it leaves out."""

_FUSED: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "attention": (("qkv_proj", ("q_proj", "k_proj", "v_proj")), ("qkv_proj", ("q_proj", "k_proj"))),
    "latent_attention": (("q_a_kv_a", ("q_a_proj", "kv_a_proj")),),
    "mlp": (("dense_gate_up_proj", ("gate_proj", "up_proj")),),
    "mixture_of_experts": (("share_up", ("shared_experts.gate_proj", "shared_experts.up_proj")),),
}
"""What is one product in LLMSim, by kind of component: the first row that is there in full."""

_KEPT_BY: Final = {
    "experts.gate_up_proj": ("experts.up",),
    "kv_b_proj": ("q_absorb", "o_absorb"),
    "weight": ("lookup",),
}
"""Weights that are not named as the operators that use them."""

REST: Final = "other_weights"
"""The operator that keeps what no operator uses by itself: sinks, offsets of a router, gains of heads."""


class Part(NamedTuple):
    """One operator of LLMSim: the indices of ours that it is, and its name."""

    name: str
    operators: tuple[int, ...]


class Plan(NamedTuple):
    """`parts` in the order of the graph, and for each weight the parts that share it; none: nobody uses it."""

    parts: tuple[Part, ...]
    keepers: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=1024)
def name_of(path: Path) -> str:
    """Return LLMSim's name of an operator or a transfer, or a readable one of ours."""
    label, _, inner = path[2].partition(".")
    return _NAMES.get(_kind(label), {}).get(inner) or own_name(path)


def own_name(path: Path) -> str:
    """Return a name of ours: component and name in it."""
    return path[2].replace(".", "_").removesuffix("_weight")


@lru_cache(maxsize=256)
def plan(operators: tuple[Path, ...], weights: tuple[Path, ...]) -> Plan:
    """Return what becomes of the operators and weights of a graph, whatever their sizes."""
    index = {path: i for i, path in enumerate(operators)}
    parts, part_of = _fused(index)
    components: dict[Path, list[int]] = {}
    for path, i in index.items():
        components.setdefault(_component(path), []).append(part_of[i])
    return Plan(tuple(parts), tuple(_keepers(path, index, part_of, components) for path in weights))


def _fused(index: Mapping[Path, int]) -> tuple[list[Part], dict[int, int]]:
    """Return the parts, and the part of each operator."""
    parts: list[Part] = []
    part_of: dict[int, int] = {}
    for path, i in index.items():
        if i in part_of:
            continue
        stack, block, full = path
        label, _, inner = full.partition(".")
        found = Part(name_of(path), (i,))
        for name, wanted in _FUSED.get(_kind(label), ()):
            together = [index.get((stack, block, f"{label}.{each}")) for each in wanted]
            if inner in wanted and None not in together:
                found = Part(name, tuple(each for each in together if each is not None))
                break
        part_of.update(dict.fromkeys(found.operators, len(parts)))
        parts.append(found)
    return parts, part_of


def _keepers(
    path: Path, index: Mapping[Path, int], part_of: Mapping[int, int], components: Mapping[Path, list[int]]
) -> tuple[int, ...]:
    """Return the parts that use a weight: of the operator that it is named after, or of its component's only one."""
    stack, block, name = path
    end = len(name)
    while end > 0:
        named = index.get((stack, block, name[:end]))
        if named is not None:
            return (part_of[named],)
        end = max(name.rfind(".", 0, end), name.rfind("_", 0, end))
    label, _, inner = name.partition(".")
    for weight, users in _KEPT_BY.items():
        if inner == weight or inner.startswith(f"{weight}_"):
            found = [index.get((stack, block, f"{label}.{user}")) for user in users]
            if None not in found:
                return tuple(part_of[each] for each in found if each is not None)
    of_component = components.get(_component(path), [])
    return tuple(of_component) if len(of_component) == 1 else ()


def _component(path: Path) -> Path:
    return path[0], path[1], path[2].partition(".")[0]


def _kind(label: str) -> str:
    """Return the kind of a component from its label in the block, which is numbered from the second one of a kind."""
    return re.sub(r"_\d+$", "", label)
