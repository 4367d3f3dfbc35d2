"""Drafts whose config has that of their layers inside: those of speculators, a library, and Gemma 4's assistants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAYER: Final = "transformer_layer_config"
_ASSISTANTS: Final = ("gemma4_assistant", "gemma4_unified_assistant")


def flattened(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config in which the keys of the layers stand beside those of the draft, which win.

    The type is the layer's where the draft's says nothing of it.
    """
    typed = isinstance(config.get("model_type"), str) and config["model_type"] in _ASSISTANTS
    key = "text_config" if typed else _LAYER
    layer = config.get(key)
    if not isinstance(layer, dict) or not (typed or "speculators_model_type" in config):
        return config
    of_draft = {name: value for name, value in config.items() if name != key}
    of_layer = {} if typed or "model_type" not in layer else {"model_type": layer["model_type"]}
    return {**layer, **of_draft, **of_layer}
