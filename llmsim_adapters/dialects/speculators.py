"""Drafts whose config has that of their layers inside: those of speculators, a library, and Gemma 4's assistants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reading import Reading

_LAYER: Final = "transformer_layer_config"
_ASSISTANTS: Final = ("gemma4_assistant", "gemma4_unified_assistant")


def flattened(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a config in which the keys of the layers stand beside those of the draft, which win.

    The type is the layer's where the draft's says nothing of it.
    """
    key = _inside(config)
    if not key:
        return config
    typed, layer = key != _LAYER, config[key]
    of_draft = {name: value for name, value in config.items() if name != key}
    of_layer = {} if typed or "model_type" not in layer else {"model_type": layer["model_type"]}
    return {**layer, **of_draft, **of_layer}


def located(reading: Reading, config: Mapping[str, Any]) -> Reading:
    """Return the reading of such a config with the paths that keys have in it, before it was flattened."""
    key = _inside(config)
    if not key:
        return reading
    found = {
        name: parameter._replace(key=f"{key}.{parameter.key}")
        if parameter.key is not None and parameter.key.partition(".")[0] not in config
        else parameter
        for name, parameter in reading.parameters.items()
    }
    return replace(reading, parameters=found)


def _inside(config: Mapping[str, Any]) -> str:
    """Return the key under which the config of the layers stands; empty where it is no such config."""
    typed = isinstance(config.get("model_type"), str) and config["model_type"] in _ASSISTANTS
    key = "text_config" if typed else _LAYER
    there = isinstance(config.get(key), dict) and (typed or "speculators_model_type" in config)
    return key if there else ""
