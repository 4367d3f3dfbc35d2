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

    def at(path: str) -> str:
        return path if path.partition(".")[0] in config else f"{key}.{path}"

    found = {
        name: parameter if parameter.key is None else parameter._replace(key=at(parameter.key))
        for name, parameter in reading.parameters.items()
    }
    without_effect = {at(path): why for path, why in reading.without_effect.items()}
    return replace(reading, parameters=found, without_effect=without_effect)


def _inside(config: Mapping[str, Any]) -> str:
    """Return the key under which the config of the layers stands; empty where it is no such config."""
    typed = isinstance(config.get("model_type"), str) and config["model_type"] in _ASSISTANTS
    key = "text_config" if typed else _LAYER
    there = isinstance(config.get(key), dict) and (typed or "speculators_model_type" in config)
    return key if there else ""
