"""The parts of dialects with linear attention: from a reader to mixers, and which layer has which."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.decoder import FULL, layers
from llmsim_adapters.dialects.assembly.recurrent import LINEAR
from llmsim_adapters.spec.components import GatedDeltaNet, Head, KimiDeltaAttention, LightningAttention
from llmsim_adapters.spec.dtypes import BITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

CHUNK: Final = 64
"""Tokens of a chunk of the delta rule: fixed in the code of every implementation."""

LINEAR_PARAMETERS: Final = (
    "linear_num_key_heads",
    "linear_num_value_heads",
    "linear_key_head_dim",
    "linear_value_head_dim",
    "linear_conv_kernel_dim",
    "mamba_ssm_dtype",
)
ATTENTION_PARAMETERS: Final = (
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
    "attention_bias",
    "attn_output_gate",
    "partial_rotary_factor",
)
LATENT_PARAMETERS: Final = (
    *("num_key_value_heads", "q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "qk_head_dim"),
    *("v_head_dim", "attention_bias"),
)


def delta_rule_chunk(r: Reader) -> int:
    """Return how many tokens of a prefill the delta rule takes together."""
    return r.derive("delta_rule_chunk", CHUNK)


def lightning_block(r: Reader) -> int:
    """Return how many tokens of a prefill lightning attention takes together, where no key says it."""
    return r.constant("lightning_block", CHUNK, "tokens of a prefill that kernels of linear attention take")


def gated_delta_net(r: Reader) -> GatedDeltaNet:
    """Read a gated delta net. Absent heads are as many as those of attention, absent sizes follow from OLMo's shares.

    That is keys of three quarters of the hidden size, and values twice as wide.
    """
    hidden = r.size("hidden_size")
    key_heads = r.size_or("linear_num_key_heads", lambda: r.size("num_attention_heads"))
    value_heads = r.size_or("linear_num_value_heads", lambda: r.size("num_attention_heads"))
    key_dim = r.size_or("linear_key_head_dim", lambda: 3 * hidden // (4 * key_heads))
    r.check(
        "linear_num_value_heads",
        value_heads % key_heads == 0,
        lambda: f"is {int(value_heads)}, which linear_num_key_heads ({int(key_heads)}) does not divide",
    )
    return GatedDeltaNet(
        hidden_size=hidden,
        num_key_heads=key_heads,
        num_value_heads=value_heads,
        key_head_dim=key_dim,
        value_head_dim=r.size_or("linear_value_head_dim", lambda: 2 * key_dim),
        conv_kernel=r.size("linear_conv_kernel_dim"),
        chunk_size=delta_rule_chunk(r),
        state_dtype=_state_dtype(r),
    )


def _state_dtype(r: Reader) -> str:
    """Read the number format of states, which implementations keep in float32 unless a config says otherwise."""
    said = r.text("mamba_ssm_dtype") or "float32"
    if said not in BITS:
        r.refuse("mamba_ssm_dtype", said, f"one of {', '.join(BITS)}")
        return "float32"
    return said


def kimi_delta_attention(r: Reader, *, low_rank: bool = False) -> KimiDeltaAttention:
    """Read Kimi's delta attention; with `low_rank`, decays and gate are projected by way of a head's size."""
    head_dim = r.size("linear_head_dim")
    return KimiDeltaAttention(
        hidden_size=r.size("hidden_size"),
        num_heads=r.size("linear_num_heads"),
        head_dim=head_dim,
        conv_kernel=r.size("linear_conv_kernel_dim"),
        chunk_size=delta_rule_chunk(r),
        decay_rank=head_dim if low_rank else None,
        gate_rank=head_dim if low_rank else None,
    )


def lightning_attention(r: Reader) -> LightningAttention:
    """Read lightning attention, whose heads are those of softmax attention."""
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    return LightningAttention(
        hidden_size=hidden,
        num_heads=heads,
        head_dim=r.size_or("head_dim", lambda: hidden // heads),
        block_size=r.size("block_size"),
    )


def linear_or_full(
    r: Reader,
    linear: Callable[[], Component],
    full: Callable[[], Component],
    otherwise: Callable[[], Sequence[bool]],
    *,
    linear_parameters: Sequence[str] = LINEAR_PARAMETERS,
    full_parameters: Sequence[str] = ATTENTION_PARAMETERS,
    names: Sequence[str] = (FULL,),
) -> Component | list[Component]:
    """`layer_types`: each layer has `linear` attention or the `full` one; a config without it means `otherwise`.

    `otherwise` says which layers attend to all tokens, for which `layer_types` has one of `names`. The parameters of a
    kind that no layer has are without effect.
    """
    said = _attends(r, names)
    attends = otherwise() if said is None else said
    if all(attends):
        r.no_effect(linear_parameters, "no layer has linear attention")
        return full()
    if not any(attends):
        r.no_effect(full_parameters, "every layer has linear attention")
        return linear()
    recurs, attention = linear(), full()
    return [attention if flag else recurs for flag in attends]


def _attends(r: Reader, names: Sequence[str]) -> list[bool] | None:
    kinds = r.words("layer_types", (*names, LINEAR), layers(r))
    if kinds is None:
        return None
    r.no_vote(("full_attention_interval", "layer_group_size"), "layer_types", "which layers have which attention")
    return [kind != LINEAR for kind in kinds]


def last_of_every(r: Reader, name: str) -> list[bool]:
    """A parameter p says that layers p-1, 2p-1, … attend to all tokens."""
    period = r.size(name)
    return [(i + 1) % period == 0 for i in range(layers(r))]


def untied(r: Reader, spec: ModelSpec) -> ModelSpec:
    """Return the spec with a head of its own, whatever the config says."""
    r.no_effect(("tie_word_embeddings",), "the class ties nothing")
    return spec.transform(Head, lambda h: h if h.weight_of == "head" else replace(h, weight_of="itself"))
