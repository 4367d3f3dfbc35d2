"""Which projections have biases: every key that says so, and what is taken where none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.dialects.inferring.manner import Habits, Manner
    from llmsim_adapters.dialects.reading.reader import Reader


def _switch(r: Reader) -> bool | None:
    """Read the switch for all projections together, None where there is none."""
    if r.has("no_bias"):
        return not r.flag("no_bias")
    return r.flag("use_bias") if r.has("use_bias") else None


def of_attention(r: Reader, how: Manner, habits: Habits) -> tuple[bool, bool]:
    """Return whether queries, keys and values have biases, and whether the output has one."""
    general = _switch(r)
    if general is None and r.has("bias"):
        general = r.flag("bias")
    said = r.flag("o_bias") if r.has("o_bias") else None
    if r.has("qkv_bias"):
        return r.flag("qkv_bias"), bool(general) if said is None else said
    if r.has("attention_bias"):
        general = r.flag("attention_bias")
        if general and said is None:
            r.inferred(
                "attention_bias", "no key says so: the output is taken to have a bias as queries, keys and values"
            )
    elif general is None:
        general = how.biased and habits.attention_bias
        r.inferred("attention_bias", _taken(general or habits.qkv_bias) + habits.like)
        if habits.qkv_bias:
            return True, bool(said)
    return general, general if said is None else said


def of_networks(r: Reader, how: Manner) -> bool:
    """Return whether feed-forward networks have biases; `bias` says so only of those without a gate (InternLM)."""
    if r.has("mlp_bias"):
        return r.flag("mlp_bias")
    general = _switch(r)
    if general is None and r.has("bias") and not how.gated:
        general = r.flag("bias")
    if general is not None:
        return general
    r.inferred("mlp_bias", _taken(how.biased))
    return how.biased


def _taken(present: bool) -> str:
    return f"no key says so: biases are taken to be {'there' if present else 'absent'}"
