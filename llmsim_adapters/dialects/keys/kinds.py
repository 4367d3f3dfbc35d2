"""What a key's value has to be like wherever it stands, be it of effect on a model or not.

A reader checks what it reads by a type and a range. These are keys that most types read and some do without, where a
value that can't be is refused, too: it says that the config is not what it seems.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.keys.aliases import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LARGEST: Final = 2**28

_FLAG: Final = "true or false"
_COUNT: Final = f"an integer from 0 to {_LARGEST}"
_SHARE: Final = "a number from 0 to 1"
_WORD: Final = "a string"
_WORDS: Final = "a list of strings"
_OBJECT: Final = "an object"


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_count, value))


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


_CHECKS: Final[Mapping[str, Callable[[object], bool]]] = {
    _FLAG: lambda value: isinstance(value, bool),
    _COUNT: lambda value: _is_count(value) or value == "auto" or _are_counts(value),
    _SHARE: _is_share,
    _WORD: lambda value: isinstance(value, str),
    _OBJECT: lambda value: isinstance(value, dict),
    _WORDS: lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
}

KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("attention_bias", "mlp_bias", "qkv_bias", "tie_word_embeddings", "use_bidirectional_attention"),
            *("use_sliding_window", "qk_norm", "lm_head_bias", "add_cross_attention", "attn_output_gate"),
        ),
        _FLAG,
    ),
    **dict.fromkeys(
        (
            *("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "max_position_embeddings"),
            *("num_attention_heads", "num_key_value_heads", "head_dim", "sliding_window", "max_window_layers"),
            *("num_experts", "num_experts_per_tok", "moe_intermediate_size", "num_shared_experts"),
            *("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim", "qk_head_dim"),
            *("state_size", "conv_kernel", "time_step_rank", "mamba_num_heads", "mamba_head_dim", "mamba_n_groups"),
            *("num_nextn_predict_layers", "first_k_dense_replace", "index_topk", "index_n_heads", "index_head_dim"),
        ),
        _COUNT,
    ),
    "hidden_act": _WORD,
    "layer_types": _WORDS,
    "mlp_layer_types": _WORDS,
    "partial_rotary_factor": _SHARE,
    "rope_scaling": _OBJECT,
    "rope_parameters": _OBJECT,
}
"""What each key, by its canonical name, has to be where it is not null."""

OF_NO_WEIGHT: Final = frozenset(
    {
        *("sliding_window", "max_window_layers", "attention_chunk_size", "mamba_chunk_size"),
        *("num_experts_per_tok", "index_topk", "num_nextn_predict_layers"),
    }
)
"""Numbers that no weight of a model by itself depends on: what a step runs and keeps, and prediction modules."""

MAKES_SIZES: Final = frozenset(
    {"block_ffn_dim_multiplier", "downsample_ratio", "expand_v", "ffn_mult", "mlp_ratio", "pixel_shuffle_ratio"}
)
"""Numbers that need not be whole and that a size is multiplied with."""

SPELLED: Final = {key: name for key, name in CANONICAL.items() if name in KINDS} | {name: name for name in KINDS}
"""The canonical name of every spelling of these keys."""


def is_size(name: str) -> bool:
    """Return whether a parameter may be a size or a number of something, by all that is known of it."""
    return KINDS.get(name, _COUNT) == _COUNT


def may_be_list(name: str) -> bool:
    """Return whether a parameter may have an entry for each layer, by all that is known of it."""
    return is_size(name) or KINDS[name] == _WORDS


def implausible(name: str, value: object) -> str | None:
    """Return what a key's value has to be, if it is not that."""
    kind = KINDS.get(name)
    return None if kind is None or value is None or _CHECKS[kind](value) else kind
