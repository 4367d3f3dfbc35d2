"""Keys that can't change any figure by the end of their name, or under one value."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from llmsim_adapters.spec.components import MixtureOfExperts

if TYPE_CHECKING:
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

_TOKEN_IDS: Final = ("_token_id", "_token_ids", "_token_index")
"""Keys that end so name token ids."""

NEUTRAL: Final[dict[str, tuple[object, str]]] = {
    "add_cross_attention": (False, "there is no cross attention"),
    "bias": (False, "there are no biases"),
    "cross_attention_hidden_size": (None, "no encoder's results are projected to a size of their own"),
    "full_attn_mod": (1, "every layer has full attention"),
    "language_model_only": (False, "the parts beside the language model are there, as the config has them"),
    "lm_head": (True, "there is a head, as the architecture says"),
    "lm_head_bias": (False, "the head has no bias"),
    "mlp_bias": (False, "feed-forward networks have no biases"),
    "moe_layer_freq": (1, "every layer that may have experts has them"),
    "num_reward_heads": (0, "there is no head of a reward model"),
    "qk_layer_norms": (False, "queries and keys have no norms"),
    "pruned_heads": ({}, "no head is taken away"),
    "rm_head": (False, "there is no head of a reward model"),
    "sliding_window": (None, "there is no window"),
    "use_backbone_lora": (0, "there are no adapters"),
    "use_llm_lora": (0, "there are no adapters"),
    "use_resampler": (False, "no resampler takes fewer tokens from an encoder's results"),
    "use_sliding_window": (False, "there is no window"),
}
"""Keys that cost nothing under one value, for the reason; under any other they are unread where nobody reads them."""


def says_nothing(key: str, value: object) -> bool:
    """Return whether a key that is not listed can't change any figure by the end of its name, or by its value."""
    if key in NEUTRAL:
        neutral = NEUTRAL[key][0]
        return value.__class__ is neutral.__class__ and value == neutral
    return key.endswith(_TOKEN_IDS)


def confirms(key: str, value: object, spec: ModelSpec) -> bool:
    """Return whether a key that nobody read says what the language model is anyway.

    One denies biases of attention. One says how experts are chosen, and with it whether scores are corrected by a bias
    of each (DeepSeek-V3, arXiv:2412.19437). Where the spec is otherwise the key contradicts it and stays unread.
    """
    if key == "topk_method":
        routers = [each for each in spec.language_model().components() if isinstance(each, MixtureOfExperts)]
        corrected = any(each.score_correction_bias for each in routers)
        return not routers or corrected is (value == "noaux_tc")
    if key != "attention_bias" or value is not False:
        return False
    attends = (component for component in spec.language_model().components() if component.attends)
    return not any(_has_bias(component) for component in attends)


def _has_bias(component: Component) -> bool:
    of = [field.name for field in fields(component) if field.name.endswith("bias")]
    return any(getattr(component, name) for name in of if name != "key_bias")  # which says something of qkv_bias
